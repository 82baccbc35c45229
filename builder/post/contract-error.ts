import { BaseError, decodeErrorResult, type Hex, isHex } from "viem";
import { groth16ProofSystemAbi, rollupsAbi } from "../protocol/abi.ts";

const abi = [...rollupsAbi, ...groth16ProofSystemAbi];

/** The contract's own error, with its arguments, in revert data; nothing if it is none of ours. */
export function contractErrorIn(data: Hex): string | undefined {
  try {
    const { errorName, args } = decodeErrorResult({ abi, data });
    return `${errorName}(${args.map(String).join(", ")})`;
  } catch {
    return undefined;
  }
}

/** Revert data that a node sent along with an error. */
export function revertData(error: unknown): Hex | undefined {
  if (!(error instanceof BaseError)) return undefined;
  let found: Hex | undefined;
  error.walk((cause) => {
    found ??= dataOf(cause);
    return found !== undefined;
  });
  return found;
}

/** Nodes send the data as the error's `data`, or within it. */
function dataOf(cause: unknown): Hex | undefined {
  if (typeof cause !== "object" || cause === null || !("data" in cause)) return undefined;
  const { data } = cause;
  if (isHex(data)) return data;
  return dataOf(data);
}
