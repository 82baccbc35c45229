import {
  type Abi,
  decodeErrorResult,
  decodeFunctionData,
  decodeFunctionResult,
  formatEther,
  type Hex,
  isAddress,
  size,
} from "viem";
import { plainText, quotedText } from "../../../packages/client/src/words/plain-text.ts";
import { type Action, ActionKind } from "../../protocol/action.ts";
import type { Names } from "../../devnet/names.ts";

/**
 * An action in a line.
 * @param answered the call that it answers, if it is a result.
 */
export function describeAction(action: Action, names: Names, answered: Action | undefined): string {
  const { from, to, sender, target, data } = action;
  const route = `${names.chain(from)} → ${names.chain(to)}`;
  switch (action.kind) {
    case ActionKind.CALL: {
      const caller = names.contract(from, sender)?.name ?? shorten(sender);
      const callee = names.contract(to, target)?.name ?? shorten(target);
      const value = action.value === 0n ? "" : ` with ${formatEther(action.value)} ETH`;
      const does = action.isStatic ? "reads" : "calls";
      return `${route}  ${caller} ${does} ${callee}${calldata(action, names)}${value}`;
    }
    case ActionKind.RESULT:
      return `${route}  ${action.failed ? `fails: ${revertData(data, names)}` : `returns ${returnData(data, names, answered)}`}`;
    case ActionKind.L2TX:
      return `${route}  a transaction signed for ${names.chain(to)}, ${size(data)} bytes`;
    case ActionKind.REVERT:
      return `${route}  a frame of ${names.chain(from)} reverts, and the calls made in it are undone on all chains`;
    case ActionKind.REVERT_CONTINUE:
      return `${route}  they are undone`;
  }
}

/** Functions that are known by name, others by their selector. */
function calldata({ to, target, data }: Action, names: Names): string {
  if (data === "0x") return "";
  try {
    const call = decodeFunctionData({ abi: names.contract(to, target)?.abi ?? [], data });
    return `.${call.functionName}(${listOf(call.args, names)})`;
  } catch {
    return ` ${shorten(data.slice(0, 10))}…`;
  }
}

/** What a call returned, in words if the function is known. */
function returnData(data: Hex, names: Names, call: Action | undefined): string {
  const abi = call === undefined ? undefined : names.contract(call.to, call.target)?.abi;
  if (call === undefined || abi === undefined || data === "0x") return shorten(data);
  try {
    const { functionName } = decodeFunctionData({ abi, data: call.data });
    return inWords(decodeFunctionResult({ abi, functionName, data }), names);
  } catch {
    return shorten(data);
  }
}

/** The error may be that of a contract further down. */
function revertData(data: Hex, names: Names): string {
  for (const abi of names.abis) {
    const error = errorIn(abi, data);
    if (error !== undefined) return `${error.errorName}(${listOf(error.args, names)})`;
  }
  return shorten(data);
}

function errorIn(
  abi: Abi,
  data: Hex,
): { errorName: string; args?: readonly unknown[] | undefined } | undefined {
  try {
    return decodeErrorResult({ abi, data });
  } catch {
    return undefined;
  }
}

function listOf(values: readonly unknown[] = [], names: Names): string {
  return values.map((value) => inWords(value, names)).join(", ");
}

function inWords(value: unknown, names: Names): string {
  if (typeof value === "bigint") return value >= 10n ** 12n ? `${formatEther(value)} ETH` : value.toString();
  if (typeof value !== "string")
    return typeof value === "boolean" ? String(value) : plainText(JSON.stringify(value, inJson));
  if (isAddress(value)) return names.ofAddress(value)?.name ?? shorten(value);
  return value.startsWith("0x") ? shorten(value) : quotedText(value);
}

/** JSON has no integers of this size. */
function inJson(_name: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

function shorten(hex: string): string {
  if (hex === "0x") return "nothing";
  const digits = hex.slice(2).replace(/^0{8,}(?=.)/, "…");
  return digits.length <= 24 ? `0x${digits}` : `0x${digits.slice(0, 8)}…${digits.slice(-6)}`;
}
