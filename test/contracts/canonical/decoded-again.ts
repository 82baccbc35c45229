import { decodeFunctionData, encodeFunctionData, type Hex } from "viem";
import { rollupsAbi } from "../../../builder/protocol/abi.ts";

/**
 * Calldata of `postBatch`, made again from what viem reads in it.
 * @throws when viem cannot read it.
 */
export function decodedAgain(data: Hex): Hex {
  const { functionName, args } = decodeFunctionData({ abi: rollupsAbi, data });
  if (functionName !== "postBatch") throw new Error("not a batch");
  return encodeFunctionData({ abi: rollupsAbi, functionName, args });
}
