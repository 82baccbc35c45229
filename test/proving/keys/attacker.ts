import { bn254 } from "@noble/curves/bn254.js";
import { invert, pow } from "@noble/curves/abstract/modular.js";
import { buildBn128 } from "ffjavascript";
import { BASE_FIELD_MODULUS as Q } from "../../../builder/proving/keys/base-field.ts";
import { readBinaryFile, viewOf, writeBinaryFile } from "../../../builder/proving/keys/binary-file.ts";
import { developmentContribution } from "../../../builder/proving/keys/contribution.ts";
import { rootOfUnity } from "../../../builder/proving/keys/lagrange.ts";
import { ELEMENT_BYTES, elementBytes } from "../../../builder/proving/keys/little-endian.ts";
import { readG1, readG2 } from "../../../builder/proving/keys/points.ts";
import type { G1Point } from "../../../builder/proving/keys/verification-key.ts";
import { FIELD_MODULUS as R } from "../../../builder/protocol/ids.ts";

/** What an attacker does to the files of a ceremony, on bigints: for keys of some rows. */

type Point1 = InstanceType<typeof bn254.G1.Point>;

/** Of 2q − r, G2's cofactor. */
const LEAST_FACTOR = 10069n;
const G1_BYTES = 2 * ELEMENT_BYTES;
const G2_BYTES = 4 * ELEMENT_BYTES;
/** Offset of δ in G1 in section 2; that in G2 follows. */
const DELTA = 2 * (4 + ELEMENT_BYTES) + 12 + 2 * G1_BYTES + 2 * G2_BYTES;
const SECTIONS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;

/** A copy of the sections, to be changed. */
export type Sections = Map<number, Uint8Array>;

export function openKey(key: Uint8Array): Sections {
  const file = readBinaryFile(key, "zkey", "the key");
  // A slice of a Buffer would be no copy.
  return new Map(SECTIONS.map((id) => [id, Uint8Array.from(file.section(id))]));
}

export function closeKey(sections: Sections): Uint8Array {
  return writeBinaryFile("zkey", 1, [...sections]);
}

export function section(sections: Sections, id: number): Uint8Array {
  const found = sections.get(id);
  if (found === undefined) throw new RangeError(`no section ${id}`);
  return found;
}

/** Coordinates of a point as a key holds them, whatever curve it is on. */
export function coordinates(bytes: Uint8Array, index: number): G1Point {
  return readG1(bytes, index * G1_BYTES);
}

/** Writes any two coordinates in the form of a key. */
export function place(bytes: Uint8Array, index: number, [x, y]: G1Point): void {
  bytes.set(montgomery(x), index * G1_BYTES);
  bytes.set(montgomery(y), index * G1_BYTES + ELEMENT_BYTES);
}

export function pointAt(bytes: Uint8Array, index: number): Point1 {
  const [x, y] = coordinates(bytes, index);
  return x === 0n && y === 0n ? bn254.G1.Point.ZERO : bn254.G1.Point.fromAffine({ x, y });
}

export function placePoint(bytes: Uint8Array, index: number, point: Point1): void {
  const { x, y } = point.is0() ? { x: 0n, y: 0n } : point.toAffine();
  place(bytes, index, [x, y]);
}

export function times(point: Point1, scalar: bigint): Point1 {
  const reduced = ((scalar % R) + R) % R;
  return reduced === 0n || point.is0() ? bn254.G1.Point.ZERO : point.multiply(reduced);
}

export function inverse(value: bigint, modulus = R): bigint {
  return invert(value, modulus);
}

/** Divides all points of the sections 8 and 9 by the number, as a contribution does. */
export function divideSections(sections: Sections, secret: bigint): void {
  for (const id of [8, 9]) {
    const bytes = section(sections, id);
    for (let index = 0; index < bytes.length / G1_BYTES; index++)
      placePoint(bytes, index, times(pointAt(bytes, index), inverse(secret)));
  }
}

/** The first contribution to an initial key, by a contributor who keeps the secret. */
export async function contributeKnown(initial: Uint8Array, secret: bigint): Promise<Sections> {
  const sections = openKey(initial);
  divideSections(sections, secret);
  const header = section(sections, 2);
  placePoint(header.subarray(DELTA), 0, times(bn254.G1.Point.BASE, secret));
  const { x, y } = bn254.G2.Point.BASE.multiply(secret).toAffine();
  header.set(Buffer.concat([x.c0, x.c1, y.c0, y.c1].map(montgomery)), DELTA + G1_BYTES);
  const circuitHash = section(sections, 10).subarray(0, 64);
  sections.set(10, developmentContribution(await buildBn128(true), circuitHash, secret));
  return sections;
}

/** Where the header has δ in G1 and then in G2. */
export function deltas(sections: Sections): { readonly g1: Uint8Array; readonly g2: Uint8Array } {
  const header = section(sections, 2);
  return { g1: header.subarray(DELTA, DELTA + G1_BYTES), g2: header.subarray(DELTA + G1_BYTES) };
}

/**
 * Adds to the points of section 9 what snarkjs' verification cannot see, so that `top` of them becomes the
 * point.
 */
export function hideInQuotient(sections: Sections, point: Point1): void {
  const points = section(sections, 9);
  const rows = domainSize(sections);
  const share = times(top(sections).subtract(point), inverse(BigInt(rows)));
  for (let row = 0; row < rows; row++)
    placePoint(points, row, pointAt(points, row).add(times(share, oddRoot(rows, row))));
}

/** Σ x^(n−1)·H(x) over the n odd roots of unity x: the one combination that no quotient uses. */
export function top(sections: Sections): Point1 {
  const points = section(sections, 9);
  const rows = domainSize(sections);
  let sum = bn254.G1.Point.ZERO;
  for (let row = 0; row < rows; row++)
    sum = sum.add(times(pointAt(points, row), pow(oddRoot(rows, row), BigInt(rows - 1), R)));
  return sum;
}

function oddRoot(rows: number, row: number): bigint {
  return pow(rootOfUnity(Math.log2(rows) + 1), BigInt(2 * row + 1), R);
}

/**
 * A point of G2's curve whose order is the least factor of the cofactor: outside of the subgroup by as little
 * as can be.
 */
export function smallOrderPoint(): InstanceType<typeof bn254.G2.Point> {
  const { Fp2 } = bn254.fields;
  const base = bn254.G2.Point.BASE.toAffine();
  const b = Fp2.sub(Fp2.sqr(base.y), Fp2.mul(Fp2.sqr(base.x), base.x));
  // r·(2q − r) points are on the curve.
  const rest = (R * (2n * Q - R)) / LEAST_FACTOR;
  for (let real = 1n; ; real++) {
    const x = Fp2.fromBigTuple([real, 1n]);
    const square = Fp2.add(Fp2.mul(Fp2.sqr(x), x), b);
    let y: typeof x;
    try {
      y = Fp2.sqrt(square);
    } catch {
      // x is not on the curve.
      continue;
    }
    const point = multiplied(bn254.G2.Point.fromAffine({ x, y }), rest);
    if (!point.is0()) return point;
  }
}

/** With numbers above the group's order, which the library refuses. */
function multiplied(
  point: InstanceType<typeof bn254.G2.Point>,
  scalar: bigint,
): InstanceType<typeof bn254.G2.Point> {
  let result = bn254.G2.Point.ZERO;
  for (const bit of scalar.toString(2)) {
    result = result.double();
    if (bit === "1") result = result.add(point);
  }
  return result;
}

export function placePoint2(
  bytes: Uint8Array,
  index: number,
  point: InstanceType<typeof bn254.G2.Point>,
): void {
  const { x, y } = point.toAffine();
  bytes.set(Buffer.concat([x.c0, x.c1, y.c0, y.c1].map(montgomery)), index * G2_BYTES);
}

export function point2At(bytes: Uint8Array, index: number): InstanceType<typeof bn254.G2.Point> {
  const [[x0, x1], [y0, y1]] = readG2(bytes, index * G2_BYTES);
  return bn254.G2.Point.fromAffine({ x: { c0: x0, c1: x1 }, y: { c0: y0, c1: y1 } });
}

/** Rows of the circuit's domain. */
export function domainSize(sections: Sections): number {
  return viewOf(section(sections, 2)).getUint32(2 * (4 + ELEMENT_BYTES) + 8, true);
}

function montgomery(value: bigint): Uint8Array {
  return elementBytes((value << 256n) % Q);
}
