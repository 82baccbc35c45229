import path from "node:path";
import pc from "picocolors";
import type { GenesisAccounts } from "../../../kinds/evm/genesis/read.ts";
import { type Circuits, keysWarning } from "../../../node/circuits.ts";
import type { DevnetDescription } from "../../../node/deployment/description.ts";
import { UNPROVEN_LABEL, unprovenWarning } from "../../show/unproven-label.ts";

/** Where everything is, and what of it is UNPROVEN. */
export function printDevnet(
  { l1, rollups, accounts, page }: DevnetDescription,
  file: string,
  circuits: Circuits,
  genesis: readonly GenesisAccounts[],
): void {
  console.log(`\n${pc.bold("Devnet")}`);
  if (page !== undefined) console.log(`  page              ${pc.bold(page)}  what happens, in a browser`);
  console.log(`  L1 node           ${l1.rpc}  (chain id ${l1.chainId})`);
  if (l1.fork !== undefined)
    console.log(
      `  forked            chain ${l1.fork.chainId} at block ${l1.fork.block}; here it is chain ${l1.chainId}`,
    );
  console.log(`  L1 gateway        ${l1.gateway}  point wallets and dApps here`);
  console.log(`  Rollups           ${l1.rollups}`);
  for (const { id, name, kind, proven, gateway, chainId, contract } of rollups) {
    const label = proven ? "" : `  ${UNPROVEN_LABEL}`;
    console.log(
      `  ${`${name} (${kind} ${id})`.padEnd(18)}${gateway}  (chain id ${chainId}), contract ${contract}${label}`,
    );
  }
  for (const [index, own] of genesis.entries())
    for (const address of own.keys())
      console.log(`  ${`on ${rollups[index]?.name ?? ""}`.padEnd(18)}${address}  yours, from genesis on`);
  console.log(`  accounts          ${accounts.length} with public keys, see ${path.relative("", file)}`);
  const forTests = rollups.some(({ cheats }) => cheats === true);
  if (!forTests) console.log(pc.yellow(`  ${keysWarning(circuits)}`));
  const unproven = rollups.filter(({ proven }) => !proven).map(({ name }) => name);
  const warning = unprovenWarning(unproven, forTests ? "it was asked for (--proofs none)" : undefined);
  if (warning !== undefined) console.log(`  ${warning}`);
  console.log("  Ctrl-C stops it.");
}
