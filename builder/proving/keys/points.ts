import { invert } from "@noble/curves/abstract/modular.js";
import { BASE_FIELD_MODULUS } from "./base-field.ts";
import { POINT_BYTES } from "./curve-memory.ts";
import { ELEMENT_BYTES, readElement } from "./little-endian.ts";
import type { G1Point, G2Point } from "./verification-key.ts";

/** 2^-256 in the base field: takes coordinates out of Montgomery form. */
const MONTGOMERY_INVERSE = invert(1n << 256n, BASE_FIELD_MODULUS);
/** First byte of the uncompressed form of the point at infinity. */
const INFINITY_FLAG = 0x40;

/**
 * The affine point at `offset` in the form of snarkjs' files; (0, 0) is the point at infinity.
 * @throws `KEY_CORRUPT`.
 */
export function readG1(bytes: Uint8Array, offset: number): G1Point {
  return [coordinate(bytes, offset), coordinate(bytes, offset + ELEMENT_BYTES)];
}

/** As {@link readG1}, in G2. */
export function readG2(bytes: Uint8Array, offset: number): G2Point {
  return [readG1(bytes, offset), readG1(bytes, offset + 2 * ELEMENT_BYTES)];
}

/** The form in which snarkjs hashes points: big-endian, imaginary parts first. */
export function uncompressedG1(bytes: Uint8Array, offset: number): Uint8Array {
  return bigEndian(readG1(bytes, offset), POINT_BYTES.g1.affine);
}

/** As {@link uncompressedG1}, in G2. */
export function uncompressedG2(bytes: Uint8Array, offset: number): Uint8Array {
  const [[x0, x1], [y0, y1]] = readG2(bytes, offset);
  return bigEndian([x1, x0, y1, y0], POINT_BYTES.g2.affine);
}

function bigEndian(coordinates: readonly bigint[], size: number): Uint8Array {
  const hex = coordinates.map((value) => value.toString(16).padStart(2 * ELEMENT_BYTES, "0")).join("");
  const bytes = Uint8Array.from(Buffer.from(hex, "hex"));
  if (bytes.length !== size) throw new RangeError(`${bytes.length} bytes in a point of ${size}`);
  if (coordinates.every((value) => value === 0n)) bytes[0] = INFINITY_FLAG;
  return bytes;
}

function coordinate(bytes: Uint8Array, offset: number): bigint {
  return (readElement(bytes, offset) * MONTGOMERY_INVERSE) % BASE_FIELD_MODULUS;
}
