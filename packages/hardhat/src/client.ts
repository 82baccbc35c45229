import type { EthereumProvider } from "hardhat/types/providers";
import type { Devnet } from "lockstep-client";
import type { LockstepConnection } from "./connection.ts";

/** Milliseconds between two questions for a receipt: most are there by then. */
const POLLING = 50;

/** The packages that it is made of: while a devnet starts, this process has nothing else to do. */
export const clientPackages = () => Promise.all([import("viem"), import("lockstep-client")]);

/** A client of viem's on L1 with Lockstep's actions. The packages are loaded now, and not with the plugin. */
export async function clientOf(
  { provider }: { readonly provider: EthereumProvider },
  { description }: { readonly description: Devnet },
): Promise<LockstepConnection["client"]> {
  const [{ createClient, custom }, { chainsOf, lockstepActions }] = await clientPackages();
  const [first] = description.accounts;
  if (first === undefined) throw new TypeError("a devnet has accounts");
  return createClient({
    account: first.address,
    chain: chainsOf(description).L1,
    transport: custom(provider),
    pollingInterval: POLLING,
  }).extend(lockstepActions(description));
}
