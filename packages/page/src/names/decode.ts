import {
  type Argument,
  bytesInWords,
  callInWords,
  errorInWords,
  plainText,
  resultInWords,
} from "lockstep-client/words";
import type { AbiFunction, Hex } from "viem";
import { formatAbiItem } from "viem/utils";
import type { Abis } from "./abis.ts";

export { etherInWords as ether } from "lockstep-client/words";

/** Calldata in words. */
export interface DecodedCall {
  /** Undefined where no ABI at hand has the function. */
  readonly item: AbiFunction | undefined;
  readonly name: string;
  readonly arguments: readonly Argument[];
}

/** How addresses are shown. */
export type AddressText = (address: string) => string;

export function decodeCall(data: Hex, abis: Abis, addressText: AddressText): DecodedCall {
  if (data === "0x") return { item: undefined, name: "", arguments: [] };
  return (
    callInWords(data, [abis.index], addressText) ?? {
      item: undefined,
      name: data.length < 10 ? data : `${data.slice(0, 10)}…`,
      arguments: [],
    }
  );
}

/** What a call returned. */
export function decodeResult(data: Hex, item: AbiFunction | undefined, addressText: AddressText): string {
  if (data === "0x") return "";
  return resultInWords(data, item, addressText) ?? bytesInWords(data);
}

/** Revert data: it may be that of a contract further down. */
export function decodeError(data: Hex, abis: Abis, addressText: AddressText): string {
  if (data === "0x") return "";
  return errorInWords(data, abis.index, addressText) ?? bytesInWords(data);
}

export function signatureText(item: AbiFunction): string {
  return plainText(formatAbiItem(item, { includeName: true }), MOST_SIGNATURE);
}

const MOST_SIGNATURE = 600;

/** A hash or other bytes, in at most `most` characters. */
export function shorten(hex: string, most = 14): string {
  return hex.length <= most ? hex : `${hex.slice(0, most - 6)}…${hex.slice(-4)}`;
}
