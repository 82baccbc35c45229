import { decodeErrorResult, encodeFunctionData, type Hex, parseAbi } from "viem";
import { rollupsAbi } from "../../../builder/protocol/abi.ts";
import { revertData } from "../outcome.ts";
import type { Setup } from "../setup.ts";

const plannerAbi = parseAbi(["function plan(bytes message) view"]);

/**
 * What `Rollups` would hear of its planner: the error by which it refuses calldata; nothing if it takes it.
 */
export type PlannerCall = (
  calldata: Hex,
) => Promise<{ readonly errorName: string; readonly args: unknown } | undefined>;

export async function plannerOf(setup: Setup): Promise<PlannerCall> {
  const to = await setup.rollups.read.PLANNER();
  const account = setup.rollups.address;
  return async (calldata) => {
    const data = encodeFunctionData({ abi: plannerAbi, functionName: "plan", args: [calldata] });
    const reason: unknown = await setup.publicClient.call({ to, data, account, gas: 16_000_000n }).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (reason === undefined) return undefined;
    const { errorName, args: given } = decodeErrorResult({ abi: rollupsAbi, data: revertData(reason) });
    return { errorName, args: given };
  };
}
