import type { BigBuffer, Command, Curve, Group, Point } from "ffjavascript";
import { ELEMENT_BYTES } from "../../../keys/little-endian.ts";

const SCALAR_BITS = 254;
const MAX_WINDOW = 16;

/**
 * Replaces the curve's multi-exponentiation, which is three quarters of a proof's work. ffjavascript's takes windows as
 * wide as the number of points allows, so that most additions are spent on summing up buckets, hands every window
 * all points anew, and does not leave out zeros, of which witnesses and keys have many.
 */
export function installMultiExponentiation(curve: Curve): void {
  curve.G1.multiExpAffine = (bases, scalars) => multiExponentiate(curve, curve.G1, "g1m", bases, scalars);
  curve.G2.multiExpAffine = (bases, scalars) => multiExponentiate(curve, curve.G2, "g2m", bases, scalars);
}

async function multiExponentiate(
  curve: Curve,
  group: Group,
  prefix: "g1m" | "g2m",
  allBases: Uint8Array | BigBuffer,
  allScalars: Uint8Array | BigBuffer,
): Promise<Point> {
  const affine = 2 * group.F.n8;
  const jacobian = 3 * group.F.n8;
  const { bases, scalars, count } = withoutZeros(contiguous(allBases), contiguous(allScalars), affine);
  if (count === 0) return group.zero;
  const window = bestWindow(count);
  const windows = Math.ceil(SCALAR_BITS / window);
  const bucketBytes = 2 ** window * (jacobian + 8) + 8 * count;
  const threads = Math.min(curve.tm.concurrency, windows);
  // Neighbouring windows go to different threads: small scalars leave the high ones nearly empty.
  const sums = await Promise.all(
    Array.from({ length: threads }, (_, thread) => {
      const own = Array.from(
        { length: Math.ceil((windows - thread) / threads) },
        (_, index) => thread + index * threads,
      );
      return curve.tm.queueAction([
        { cmd: "ALLOCSET", var: 0, buff: bases },
        { cmd: "ALLOCSET", var: 1, buff: scalars },
        // The threads make sure that as much is free behind an allocation as it takes: room for the buckets.
        { cmd: "ALLOC", var: 2, len: Math.max(own.length * jacobian, bucketBytes) },
        ...own.map((index, position): Command => {
          const width = Math.min(window, SCALAR_BITS - index * window);
          const parameters = [ELEMENT_BYTES, count, index * window, width].map((val) => ({ val }));
          return {
            cmd: "CALL",
            fnName: `${prefix}_multiexpAffine_chunk`,
            params: [{ var: 0 }, { var: 1 }, ...parameters, { var: 2, offset: position * jacobian }],
          };
        }),
        { cmd: "GET", out: 0, var: 2, len: own.length * jacobian },
      ]);
    }),
  );
  let result = group.zero;
  for (let index = windows - 1; index >= 0; index--) {
    if (!group.isZero(result)) for (let bit = 0; bit < window; bit++) result = group.double(result);
    const position = Math.floor(index / threads) * jacobian;
    const sum = sums[index % threads]?.[0]?.slice(position, position + jacobian);
    if (sum === undefined) throw new RangeError("A thread returned too few sums");
    result = group.add(result, sum);
  }
  return result;
}

/** The width with the fewest additions: one per point and window, two per bucket and window. */
function bestWindow(count: number): number {
  const cost = (width: number): number => Math.ceil(SCALAR_BITS / width) * (count + 2 ** (width + 1));
  let best = 1;
  for (let width = 2; width <= MAX_WINDOW; width++) if (cost(width) < cost(best)) best = width;
  return best;
}

function withoutZeros(
  bases: Uint8Array,
  scalars: Uint8Array,
  affine: number,
): { bases: Uint8Array; scalars: Uint8Array; count: number } {
  const total = scalars.length / ELEMENT_BYTES;
  const baseWords = words(bases);
  const scalarWords = words(scalars);
  const keptBases = new Uint8Array(bases.length);
  const keptScalars = new Uint8Array(scalars.length);
  let count = 0;
  for (let index = 0; index < total; index++) {
    if (isZero(scalarWords, index, ELEMENT_BYTES) || isZero(baseWords, index, affine)) continue;
    keptBases.set(bases.subarray(index * affine, (index + 1) * affine), count * affine);
    keptScalars.set(
      scalars.subarray(index * ELEMENT_BYTES, (index + 1) * ELEMENT_BYTES),
      count * ELEMENT_BYTES,
    );
    count++;
  }
  return {
    bases: keptBases.slice(0, count * affine),
    scalars: keptScalars.slice(0, count * ELEMENT_BYTES),
    count,
  };
}

function isZero(view: Uint32Array, index: number, bytes: number): boolean {
  const size = bytes / 4;
  for (let word = index * size; word < (index + 1) * size; word++) if (view[word] !== 0) return false;
  return true;
}

function words(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}

function contiguous(bytes: Uint8Array | BigBuffer): Uint8Array {
  return bytes instanceof Uint8Array ? bytes : bytes.slice(0, bytes.byteLength);
}
