import {
  decodeErrorResult,
  decodeFunctionData,
  decodeFunctionResult,
  formatEther,
  type Hex,
  isAddress,
  size,
} from "viem";
import { ledgerAbi } from "../kinds/ledger/abi.ts";
import { ActionKind } from "../protocol/action.ts";
import type { PostedAction, PostedExecution } from "./posted.ts";

/** What to call the chains and contracts of a trace. */
export interface Names {
  /** By Lockstep's number of the chain. */
  readonly chains: ReadonlyMap<bigint, string>;
  /** By lower-case address. */
  readonly contracts: ReadonlyMap<string, string>;
}

/** An execution as lines of text: calls nest, each answered by the result on its own level. */
export function traceLines(execution: PostedExecution, names: Names): string[] {
  const lines: string[] = [];
  /** What is not answered yet, outermost first. */
  const open: PostedAction[] = [];
  for (const action of execution.actions) {
    const answered = action.kind === ActionKind.RESULT ? open.pop() : undefined;
    lines.push("  ".repeat(open.length) + describe(action, names, answered));
    if (action.kind !== ActionKind.RESULT) open.push(action);
  }
  return lines;
}

function describe(action: PostedAction, names: Names, answered: PostedAction | undefined): string {
  const chain = (id: bigint): string => names.chains.get(id) ?? `chain ${id}`;
  const contract = (address: string): string =>
    names.contracts.get(address.toLowerCase()) ?? shorten(address);
  const route = `${chain(action.from)} → ${chain(action.to)}`;
  switch (action.kind) {
    case ActionKind.CALL: {
      const value = action.value === 0n ? "" : ` with ${formatEther(action.value)} ETH`;
      const kind = action.isStatic ? "reads" : "calls";
      return `${route}  ${contract(action.sender)} ${kind} ${contract(action.target)}${calldata(action.data, contract)}${value}`;
    }
    case ActionKind.RESULT:
      return `${route}  ${action.failed ? `fails: ${revertData(action.data)}` : `returns ${returnData(action.data, answered)}`}`;
    case ActionKind.L2TX:
      return `${route}  a transaction signed for ${chain(action.to)}, ${size(action.data)} bytes`;
    default:
      return `${route}  action of kind ${action.kind}`;
  }
}

/** The ledger's functions by name, other calls by their selector. */
function calldata(data: Hex, contract: (address: string) => string): string {
  if (data === "0x") return "";
  try {
    const { functionName, args } = decodeFunctionData({ abi: ledgerAbi, data });
    return `.${functionName}(${args.map((value) => (isAddress(String(value)) ? contract(String(value)) : amountOrHex(value))).join(", ")})`;
  } catch {
    return ` ${shorten(data.slice(0, 10))}…`;
  }
}

/** What a call of the ledger returned, in words; other answers as they are. */
function returnData(data: Hex, call: PostedAction | undefined): string {
  if (call === undefined || data === "0x") return shorten(data);
  try {
    const { functionName } = decodeFunctionData({ abi: ledgerAbi, data: call.data });
    const result = decodeFunctionResult({ abi: ledgerAbi, functionName, data });
    return typeof result === "boolean" ? String(result) : amountOrHex(result);
  } catch {
    return shorten(data);
  }
}

function amountOrHex(value: bigint | string): string {
  if (typeof value === "string") return shorten(value);
  return value >= 10n ** 12n ? `${formatEther(value)} ETH` : value.toString();
}

function revertData(data: Hex): string {
  try {
    const { errorName, args } = decodeErrorResult({ abi: ledgerAbi, data });
    return `${errorName}(${args.map((value) => amountOrHex(value)).join(", ")})`;
  } catch {
    return shorten(data);
  }
}

function shorten(hex: string): string {
  if (hex === "0x") return "nothing";
  const digits = hex.slice(2).replace(/^0{8,}(?=.)/, "…");
  return digits.length <= 24 ? `0x${digits}` : `0x${digits.slice(0, 8)}…${digits.slice(-6)}`;
}
