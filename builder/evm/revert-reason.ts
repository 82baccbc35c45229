import { type Abi, decodeErrorResult, type Hex, parseAbi } from "viem";

const STANDARD: Abi = parseAbi(["error Error(string reason)", "error Panic(uint256 code)"]);

/** Solidity's panics, in the words that geth has for them. */
const PANICS: ReadonlyMap<bigint, string> = new Map([
  [0x00n, "generic panic"],
  [0x01n, "assert(false)"],
  [0x11n, "arithmetic underflow or overflow"],
  [0x12n, "division or modulo by zero"],
  [0x21n, "enum overflow"],
  [0x22n, "invalid encoded storage byte array accessed"],
  [0x31n, "out-of-bounds array access; popping on an empty array"],
  [0x32n, "out-of-bounds access of an array or bytesN"],
  [0x41n, "out of memory"],
  [0x51n, "uninitialized function"],
]);

/** What revert data of Solidity's own errors says; nothing for other errors. */
export function revertReason(data: Hex): string | undefined {
  let decoded: { readonly errorName: string; readonly args?: readonly unknown[] | undefined };
  try {
    decoded = decodeErrorResult({ abi: STANDARD, data });
  } catch {
    return undefined;
  }
  const [value] = decoded.args ?? [];
  if (decoded.errorName === "Error") return typeof value === "string" ? value : undefined;
  if (typeof value !== "bigint") return undefined;
  return PANICS.get(value) ?? `unknown panic code: 0x${value.toString(16)}`;
}

/** The words in which libraries look for a revert and its reason. */
export function revertMessage(data: Hex): string {
  const reason = revertReason(data);
  return reason === undefined || reason === "" ? "execution reverted" : `execution reverted: ${reason}`;
}
