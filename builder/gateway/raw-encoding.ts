import { concatHex, type Hex, numberToHex, toRlp } from "viem";

/** What RLP takes: bytes, and lists of such. */
export type RlpItem = Hex | readonly RlpItem[];

/** A number as Ethereum encodes one: without leading zeros. */
export function quantityItem(value: bigint): Hex {
  if (value === 0n) return "0x";
  const hex = numberToHex(value);
  return hex.length % 2 === 0 ? hex : `0x0${hex.slice(2)}`;
}

export interface EncodedReceipt {
  /** Of the transaction (EIP-2718). */
  readonly type: number;
  readonly success: boolean;
  readonly cumulativeGasUsed: bigint;
  readonly logsBloom: Hex;
  readonly logs: readonly { readonly address: Hex; readonly topics: readonly Hex[]; readonly data: Hex }[];
}

/** A receipt as blocks commit to it. */
export function encodeReceipt({ type, success, cumulativeGasUsed, logsBloom, logs }: EncodedReceipt): Hex {
  const items = logs.map(({ address, topics, data }) => [address, [...topics], data]);
  const encoded = toRlp([success ? "0x01" : "0x", quantityItem(cumulativeGasUsed), logsBloom, items]);
  return type === 0 ? encoded : concatHex([numberToHex(type, { size: 1 }), encoded]);
}
