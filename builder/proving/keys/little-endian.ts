import { KeyCorruptError } from "./errors.ts";

/** Bytes of a field element in the files of circom and snarkjs. */
export const ELEMENT_BYTES = 32;

export function readElement(bytes: Uint8Array, offset: number): bigint {
  if (offset + ELEMENT_BYTES > bytes.length)
    throw new KeyCorruptError("A field element reaches past its section");
  return BigInt(
    `0x${Buffer.from(bytes.subarray(offset, offset + ELEMENT_BYTES))
      .reverse()
      .toString("hex")}`,
  );
}

/** @param value in [0, 2^256). */
export function elementBytes(value: bigint): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(value.toString(16).padStart(2 * ELEMENT_BYTES, "0"), "hex").reverse());
}

const WORD_BITS = 64n;
const WORD_BYTES = ELEMENT_BYTES / 4;

/**
 * As {@link elementBytes}, into memory that is there: several times as fast for small values.
 * @param value in [0, 2^256).
 */
export function writeElement(view: DataView, offset: number, value: bigint): void {
  let rest = value;
  for (let at = offset; at < offset + ELEMENT_BYTES; at += WORD_BYTES) {
    view.setBigUint64(at, BigInt.asUintN(64, rest), true);
    rest >>= WORD_BITS;
  }
}

/** Four bytes. */
export function u32(value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
