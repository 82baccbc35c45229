import {
  type Abi,
  decodeErrorResult,
  decodeFunctionData,
  decodeFunctionResult,
  formatEther,
  isAddress,
  size,
  slice,
  toFunctionSelector,
} from "viem";
import type { ChainNumber, Hex } from "../rpc-types.ts";
import type { Knowledge } from "./knowledge.ts";
import { orUndefined } from "./or-undefined.ts";

/** Characters of a value that are shown. */
const MOST = 120;

/** A call in words, with its result. */
export interface CallInWords {
  readonly function: string;
  readonly args: readonly string[];
  /** Undefined: nothing came back, or it is not known how to read it. */
  readonly result: string | undefined;
}

/** What a call asks for and what it gives, as far as some ABI tells. */
export function callInWords(
  { chain, to, input, output }: { chain: ChainNumber; to?: Hex; input: Hex; output?: Hex | undefined },
  knowledge: Knowledge,
): CallInWords | undefined {
  if (size(input) < 4) return undefined;
  const selector = slice(input, 0, 4);
  const own = to === undefined ? undefined : knowledge.abiOf(chain, to);
  for (const abi of [...(own === undefined ? [] : [own]), ...knowledge.abis]) {
    const item = abi.find((each) => each.type === "function" && toFunctionSelector(each) === selector);
    if (item?.type !== "function") continue;
    const decoded = orUndefined(() => decodeFunctionData({ abi: [item], data: input }));
    if (decoded === undefined) continue;
    const data = output;
    const result =
      data === undefined || data === "0x" || item.outputs.length === 0
        ? undefined
        : orUndefined(() => decodeFunctionResult({ abi: [item], functionName: item.name, data }));
    const args = Array.isArray(decoded.args) ? decoded.args : [];
    return {
      function: item.name,
      args: args.map((value: unknown) => inWords(value, chain, knowledge)),
      result: result === undefined ? undefined : inWords(result, chain, knowledge),
    };
  }
  return undefined;
}

/** Revert data in words: the error, if some ABI has it. */
export function errorInWords(
  data: Hex | undefined,
  chain: ChainNumber,
  knowledge: Knowledge,
): string | undefined {
  if (data === undefined || size(data) < 4) return undefined;
  // Solidity's own, `Error` and `Panic`, are known to every ABI.
  for (const abi of [...knowledge.abis, [] satisfies Abi]) {
    const decoded = orUndefined(() => decodeErrorResult({ abi, data }));
    if (decoded === undefined) continue;
    const args: readonly unknown[] = Array.isArray(decoded.args) ? decoded.args : [];
    return `${decoded.errorName}(${args.map((value) => inWords(value, chain, knowledge)).join(", ")})`;
  }
  return undefined;
}

/** A value as a person reads it: addresses by name, long bytes shortened. */
export function inWords(value: unknown, chain: ChainNumber, knowledge: Knowledge): string {
  if (typeof value === "bigint" || typeof value === "number" || typeof value === "boolean")
    return value.toString();
  if (Array.isArray(value))
    return shortened(`[${value.map((each: unknown) => inWords(each, chain, knowledge)).join(", ")}]`);
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(
      ([name, field]: [string, unknown]) => `${name}: ${inWords(field, chain, knowledge)}`,
    );
    return shortened(`{ ${fields.join(", ")} }`);
  }
  if (typeof value !== "string") return String(value);
  if (isAddress(value, { strict: false })) return addressInWords(value, chain, knowledge);
  return value.startsWith("0x") ? shortBytes(value) : shortened(JSON.stringify(value));
}

/** An address by its name. */
export function addressInWords(address: Hex, chain: ChainNumber, knowledge: Knowledge): string {
  const lower: Hex = `0x${address.slice(2).toLowerCase()}`;
  return knowledge.nameOf(chain, lower) ?? `0x${lower.slice(2, 8)}…${lower.slice(-4)}`;
}

/** Bytes, the middle left out. */
export function shortBytes(bytes: string): string {
  return bytes.length <= 26
    ? bytes
    : `${bytes.slice(0, 14)}…${bytes.slice(-6)} (${(bytes.length - 2) / 2} bytes)`;
}

/** Ether, with its unit. */
export function etherInWords(wei: bigint): string {
  return wei < 10n ** 12n ? `${wei} wei` : `${formatEther(wei)} ETH`;
}

function shortened(text: string): string {
  return text.length <= MOST ? text : `${text.slice(0, MOST)}…`;
}
