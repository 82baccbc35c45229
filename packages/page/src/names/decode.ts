import { type AbiFunction, type AbiParameter, decodeAbiParameters, formatEther, type Hex } from "viem";
import { formatAbiItem } from "viem/utils";
import type { AbiError, Abis } from "./abis.ts";

/** A value with what it is called. */
export interface Argument {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

/** Calldata in words. */
export interface DecodedCall {
  /** Undefined where no ABI at hand has the function. */
  readonly item: AbiFunction | undefined;
  readonly name: string;
  readonly arguments: readonly Argument[];
}

/** Standard errors of Solidity. */
const SOLIDITY_ERRORS: readonly AbiError[] = [
  { type: "error", name: "Error", inputs: [{ name: "message", type: "string" }] },
  { type: "error", name: "Panic", inputs: [{ name: "code", type: "uint256" }] },
];
const ERROR = "0x08c379a0";
const PANIC = "0x4e487b71";

/** How addresses are shown. */
export type AddressText = (address: string) => string;

export function decodeCall(data: Hex, abis: Abis, addressText: AddressText): DecodedCall {
  if (data === "0x") return { item: undefined, name: "", arguments: [] };
  const item = abis.function(data);
  const values = item && tryDecode(item.inputs, data);
  if (item === undefined || values === undefined)
    return { item: undefined, name: data.length < 10 ? data : `${data.slice(0, 10)}…`, arguments: [] };
  return { item, name: item.name, arguments: argumentsOf(item.inputs, values, addressText) };
}

/** What a call returned. */
export function decodeResult(data: Hex, item: AbiFunction | undefined, addressText: AddressText): string {
  if (data === "0x") return "";
  const values = item && tryDecode(item.outputs, `0x00000000${data.slice(2)}`);
  if (item === undefined || values === undefined) return shorten(data);
  const shown = argumentsOf(item.outputs, values, addressText).map(({ text }) => text);
  return shown.length === 1 ? (shown[0] ?? "") : `(${shown.join(", ")})`;
}

/** Revert data: it may be that of a contract further down. */
export function decodeError(data: Hex, abis: Abis, addressText: AddressText): string {
  if (data === "0x") return "";
  const standard = data.startsWith(ERROR)
    ? SOLIDITY_ERRORS[0]
    : data.startsWith(PANIC)
      ? SOLIDITY_ERRORS[1]
      : undefined;
  const item = standard ?? abis.error(data);
  const values = item && tryDecode(item.inputs, data);
  if (item === undefined || values === undefined) return shorten(data);
  const shown = argumentsOf(item.inputs, values, addressText).map(({ text }) => text);
  return standard?.name === "Error" ? (shown[0] ?? "") : `${item.name}(${shown.join(", ")})`;
}

export function signatureText(item: AbiFunction): string {
  return formatAbiItem(item, { includeName: true });
}

function tryDecode(parameters: readonly AbiParameter[], data: Hex): readonly unknown[] | undefined {
  if (parameters.length === 0) return [];
  try {
    const values: readonly unknown[] = decodeAbiParameters(parameters, `0x${data.slice(10)}`);
    return values;
  } catch {
    return undefined;
  }
}

function argumentsOf(
  parameters: readonly AbiParameter[],
  values: readonly unknown[],
  addressText: AddressText,
): Argument[] {
  return parameters.map(({ name = "", type }, index) => ({
    name,
    type,
    text: inWords(values[index], type, addressText),
  }));
}

const MOST_ELEMENTS = 12;
const MOST_CHARACTERS = 240;
const ETHER = 10n ** 12n;

function inWords(value: unknown, type: string, addressText: AddressText): string {
  if (Array.isArray(value)) {
    const inner: readonly unknown[] = value;
    const element = type.replace(/\[\d*\]$/, "");
    const shown = inner.slice(0, MOST_ELEMENTS).map((each) => inWords(each, element, addressText));
    const more = inner.length - shown.length;
    return `[${[...shown, ...(more > 0 ? [`${more} more`] : [])].join(", ")}]`;
  }
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "string") {
    if (type === "address") return addressText(value);
    return value.startsWith("0x") ? shorten(value) : JSON.stringify(plain(value));
  }
  if (typeof value === "object" && value !== null)
    return `{${Object.entries(value)
      .map(
        ([name, each]) =>
          `${name}: ${inWords(each, typeof each === "string" && /^0x[0-9a-fA-F]{40}$/.test(each) ? "address" : "", addressText)}`,
      )
      .join(", ")}}`;
  return String(value);
}

/** Marks by which a text would have others around it read backwards. */
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A text from a chain, so that it says what it says and no more than fits. */
function plain(text: string): string {
  const said = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
  return said.replace(DIRECTIONS, "�");
}

/** Wei in the unit in which it is read. */
export function ether(wei: bigint): string {
  return wei !== 0n && wei < ETHER ? `${wei.toString()} wei` : `${formatEther(wei)} ETH`;
}

/** A hash or other bytes, in at most `most` characters. */
export function shorten(hex: string, most = 14): string {
  return hex.length <= most ? hex : `${hex.slice(0, most - 6)}…${hex.slice(-4)}`;
}
