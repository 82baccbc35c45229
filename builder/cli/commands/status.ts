import { createPublicClient, formatEther, http } from "viem";
import { rollupsAbi } from "../../protocol/abi.ts";
import { answers, descriptionFile, readDescription } from "../../node/deployment/description.ts";
import { NoDevnetError } from "../../node/errors.ts";
import { UNPROVEN_LABEL, unprovenWarning } from "../show/unproven-label.ts";

export interface StatusOptions {
  readonly data: string;
}

/**
 * `npm run status`.
 * @throws `NO_DEVNET`.
 */
export async function showStatus({ data }: StatusOptions): Promise<void> {
  const { l1, rollups } = readDescription(data);
  if (!(await answers(l1.rpc)))
    throw new NoDevnetError(descriptionFile(data), "was left by a devnet that is gone");
  const client = createPublicClient({ transport: http(l1.rpc) });
  console.log(`L1       ${l1.rpc}, chain id ${l1.chainId}, block ${await client.getBlockNumber()}`);
  console.log(`gateway  ${l1.gateway} ${(await answers(l1.gateway)) ? "answers" : "DOES NOT ANSWER"}`);
  for (const { id, name, kind, proven, gateway } of rollups) {
    const { root, etherBalance } = await client.readContract({
      address: l1.rollups,
      abi: rollupsAbi,
      functionName: "rollupOf",
      args: [BigInt(id)],
    });
    const state = (await answers(gateway)) ? "answers" : "DOES NOT ANSWER";
    console.log(
      `${name} (${kind} ${id}) ${gateway} ${state}, root ${root}, ${formatEther(etherBalance)} ETH` +
        (proven ? "" : `  ${UNPROVEN_LABEL}`),
    );
  }
  const warning = unprovenWarning(rollups.filter(({ proven }) => !proven).map(({ name }) => name));
  if (warning !== undefined) console.log(warning);
}
