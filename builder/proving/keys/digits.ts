import { ELEMENT_BYTES } from "./little-endian.ts";

/** Bits `[from, from + width)` of the 256-bit little-endian number at `offset`; width ≤ 16. */
export function digitAt(bytes: Uint8Array, offset: number, from: number, width: number): number {
  const first = from >> 3;
  let value = bytes[offset + first] ?? 0;
  if (first + 1 < ELEMENT_BYTES) value |= (bytes[offset + first + 1] ?? 0) << 8;
  if (first + 2 < ELEMENT_BYTES) value |= (bytes[offset + first + 2] ?? 0) << 16;
  return (value >> (from & 7)) & ((1 << width) - 1);
}
