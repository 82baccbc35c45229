import { type Address, fromRlp, type Hex, isHex } from "viem";

/** What a transaction's bytes say of themselves, without the cost of recovering who signed them. */
export interface Envelope {
  readonly nonce: bigint;
  /** Absent where it creates a contract. */
  readonly to: Address | undefined;
}

/** Where the fields stand, and how many there are, by the first byte of types 1 and 2. */
const TYPED = new Map<string, { readonly nonce: number; readonly to: number; readonly fields: number }>([
  ["01", { nonce: 1, to: 4, fields: 11 }],
  ["02", { nonce: 1, to: 5, fields: 12 }],
]);
const LEGACY = { nonce: 0, to: 3, fields: 9 };

/**
 * Reads a transaction of type 0, 1 or 2 for this chain.
 * @returns nothing for every other one, and for what is none: decoding it says why.
 */
export function envelopeOf(raw: Hex, chainId: bigint): Envelope | undefined {
  const typed = TYPED.get(raw.slice(2, 4));
  const items = fieldsOf(typed === undefined ? raw : `0x${raw.slice(4)}`);
  const place = typed ?? LEGACY;
  if (items?.length !== place.fields) return undefined;
  const [first, to, nonce] = [items[0], items[place.to], quantityOf(items[place.nonce])];
  if (!isHex(to) || (to !== "0x" && to.length !== 42) || nonce === undefined) return undefined;
  const isForThisChain =
    typed === undefined ? isLegacyOf(quantityOf(items[6]), chainId) : quantityOf(first) === chainId;
  return isForThisChain ? { nonce, to: to === "0x" ? undefined : to } : undefined;
}

function fieldsOf(bytes: Hex): readonly unknown[] | undefined {
  if (!isHex(bytes) || bytes.length % 2 !== 0) return undefined;
  try {
    const items = fromRlp(bytes, "hex");
    return typeof items === "string" ? undefined : items;
  } catch {
    return undefined;
  }
}

function quantityOf(item: unknown): bigint | undefined {
  if (item === "0x") return 0n;
  return isHex(item) && item.length <= 66 && !item.startsWith("0x00") ? BigInt(item) : undefined;
}

/** Signed for this chain (EIP-155), or for every chain. */
function isLegacyOf(v: bigint | undefined, chainId: bigint): boolean {
  if (v === undefined) return false;
  return v === 27n || v === 28n || v === chainId * 2n + 35n || v === chainId * 2n + 36n;
}
