import { createPublicClient, formatEther, http } from "viem";
import { rollupsAbi } from "../../protocol/abi.ts";
import { answers, descriptionFile, readDescription } from "../../node/deployment/description.ts";
import { NoDevnetError } from "../../node/errors.ts";
import type { Activity } from "lockstep-client/rpc-types";
import { z } from "zod";
import { Upstream } from "../../gateway/upstream.ts";
import { LockstepError } from "../../protocol/errors.ts";
import { activityLines } from "../show/activity-lines.ts";
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
  const names = new Map(rollups.map(({ id, name }) => [`0x${id.toString(16)}`, name]));
  for (const line of await activityOf(l1.gateway, (id) => names.get(id) ?? "L1")) console.log(line);
  const warning = unprovenWarning(rollups.filter(({ proven }) => !proven).map(({ name }) => name));
  if (warning !== undefined) console.log(warning);
}

/** What the builder tells of itself; nothing while its gateway does not answer, which was said before. */
async function activityOf(gateway: string, chain: (id: string) => string): Promise<string[]> {
  const schema = z.custom<Activity>((value) => typeof value === "object" && value !== null);
  try {
    const activity = await new Upstream(gateway).ask(schema, "lockstep_getActivity", [{ limit: 20 }]);
    return activityLines(activity, chain, Date.now());
  } catch (error) {
    if (error instanceof LockstepError) return [];
    throw error;
  }
}
