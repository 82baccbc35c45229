import type { AbiFunction, Hex } from "viem";
import type { AbiError, AbiIndex } from "./abi-index.ts";
import { plainText } from "./plain-text.ts";
import { type AddressText, type Argument, argumentsInWords } from "./values.ts";

/** Calldata in words. */
export interface DecodedCall {
  readonly item: AbiFunction;
  readonly name: string;
  readonly arguments: readonly Argument[];
}

/** Solidity's own errors, which are in no ABI. */
const SOLIDITY: Readonly<Record<string, AbiError>> = {
  "0x08c379a0": { type: "error", name: "Error", inputs: [{ name: "message", type: "string" }] },
  "0x4e487b71": { type: "error", name: "Panic", inputs: [{ name: "code", type: "uint256" }] },
};

const SELECTOR_END = 10;

/** What a call asks for: by the first index that has a function which the data fits. */
export function callInWords(
  data: Hex,
  indices: readonly AbiIndex[],
  addressText: AddressText,
): DecodedCall | undefined {
  if (data.length < SELECTOR_END) return undefined;
  for (const item of indices.flatMap((index) => index.functions(data))) {
    const found = argumentsInWords(item.inputs, `0x${data.slice(SELECTOR_END)}`, addressText);
    if (found !== undefined) return { item, name: plainText(item.name), arguments: found };
  }
  return undefined;
}

/** Revert data in words; undefined where no error is known that it would be. */
export function errorInWords(data: Hex, index: AbiIndex, addressText: AddressText): string | undefined {
  if (data.length < SELECTOR_END) return undefined;
  const standard = SOLIDITY[data.slice(0, SELECTOR_END)];
  for (const item of standard === undefined ? index.errors(data) : [standard]) {
    const told = argumentsInWords(item.inputs, `0x${data.slice(SELECTOR_END)}`, addressText);
    if (told !== undefined) return `${plainText(item.name)}(${told.map(({ text }) => text).join(", ")})`;
  }
  return undefined;
}

/** What a call returned; undefined where the function is not known, or the data does not fit it. */
export function resultInWords(
  data: Hex,
  item: AbiFunction | undefined,
  addressText: AddressText,
): string | undefined {
  const told = item && argumentsInWords(item.outputs, data, addressText);
  if (told === undefined || told.length === 0) return undefined;
  const texts = told.map(({ text }) => text);
  return texts.length === 1 ? texts[0] : `(${texts.join(", ")})`;
}
