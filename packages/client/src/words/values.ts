import { type AbiParameter, decodeAbiParameters, formatEther, type Hex } from "viem";
import { orUndefined } from "./or-undefined.ts";
import { ended, plainText, quotedText } from "./plain-text.ts";

/** How addresses are shown: by a name, or shortened. */
export type AddressText = (address: Hex) => string;

/** A value with what it is called. */
export interface Argument {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

/** Elements of a list that are shown. */
const MOST_ELEMENTS = 12;
/** Characters of a list or struct that are shown. */
const MOST = 240;
const BYTES = /^0x[0-9a-fA-F]*$/;
const LEAST_ETHER = 10n ** 12n;

/** ABI-encoded values in words; undefined for data that does not fit. */
export function argumentsInWords(
  parameters: readonly AbiParameter[],
  data: Hex,
  addressText: AddressText,
): readonly Argument[] | undefined {
  if (parameters.length === 0) return [];
  const values: readonly unknown[] | undefined = orUndefined(() => decodeAbiParameters(parameters, data));
  return values?.map((value, index) => {
    const { name = "", type = "" } = parameters[index] ?? {};
    return { name: plainText(name), type, text: valueInWords(value, parameters[index], addressText) };
  });
}

/** A value as a person reads it: addresses by name, long bytes and lists shortened, texts harmless. */
export function valueInWords(
  value: unknown,
  parameter: AbiParameter | undefined,
  addressText: AddressText,
): string {
  if (Array.isArray(value)) {
    const elements: readonly unknown[] = value;
    const shown = elements
      .slice(0, MOST_ELEMENTS)
      .map((each, index) => valueInWords(each, elementOf(parameter, index), addressText));
    const more = elements.length - shown.length;
    return ended(`[${[...shown, ...(more > 0 ? [`${more} more`] : [])].join(", ")}]`, MOST);
  }
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(([name, field]: [string, unknown]) => {
      const component = componentsOf(parameter).find((each) => each.name === name);
      return `${plainText(name)}: ${valueInWords(field, component, addressText)}`;
    });
    return ended(`{ ${fields.join(", ")} }`, MOST);
  }
  if (typeof value !== "string") return String(value);
  if (parameter?.type === "address") return addressText(hexOf(value));
  return parameter?.type !== "string" && BYTES.test(value) ? bytesInWords(value) : quotedText(value);
}

/** Bytes, the middle left out. */
export function bytesInWords(bytes: string): string {
  return bytes.length <= 26
    ? bytes
    : `${bytes.slice(0, 14)}…${bytes.slice(-6)} (${(bytes.length - 2) / 2} bytes)`;
}

/** Ether, with its unit. */
export function etherInWords(wei: bigint): string {
  return wei !== 0n && wei < LEAST_ETHER ? `${wei.toString()} wei` : `${formatEther(wei)} ETH`;
}

/** Of a list, or of a struct whose fields have no names. */
function elementOf(parameter: AbiParameter | undefined, index: number): AbiParameter | undefined {
  if (parameter === undefined || parameter.type === "tuple") return componentsOf(parameter)[index];
  return { ...parameter, type: parameter.type.replace(/\[\d*\]$/, "") };
}

function componentsOf(parameter: AbiParameter | undefined): readonly AbiParameter[] {
  return parameter !== undefined && "components" in parameter ? parameter.components : [];
}

function hexOf(text: string): Hex {
  return `0x${text.slice(2)}`;
}
