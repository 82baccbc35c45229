import { type Abi, encodeErrorResult, getAbiItem, type Hex, slice, size, toFunctionSelector } from "viem";
import { rollupsAbi } from "./abi.ts";

/**
 * What `relay` may say in words of its own (`CrossChain.isManagers` in
 * `contracts/interfaces/CrossChain.sol`).
 */
const OWN = [
  "ExecutionNotFound",
  "UnexpectedAction",
  "RemoteError",
  "InsufficientRollupBalance",
  "NativeTokenRollup",
  "UnknownRollup",
  "ValueTooLarge",
  "ReturnDataTooLarge",
  "InsufficientCallGas",
  "InsufficientProbeGas",
] as const;

const abi: Abi = rollupsAbi;
const selectors = new Set<Hex>(
  OWN.map((name) => {
    const item = getAbiItem({ abi, name });
    if (item?.type !== "error") throw new TypeError(`${name} is no error of Rollups`);
    return toFunctionSelector(`${item.name}(${item.inputs.map(({ type }) => type).join(",")})`);
  }),
);

/** What a proxy on L1 reverts with when the remote contract has reverted with this. */
export function revertDataOnL1(data: Hex): Hex {
  if (size(data) < 4 || !selectors.has(slice(data, 0, 4))) return data;
  return encodeErrorResult({ abi: rollupsAbi, errorName: "RemoteError", args: [data] });
}
