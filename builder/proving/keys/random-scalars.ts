import { randomBytes } from "node:crypto";
import { ELEMENT_BYTES } from "./little-endian.ts";
import { shared } from "./shared-bytes.ts";

/**
 * Bits of the random factors with which many equations are checked as one. Equations of which one is wrong
 * pass together with a chance of at most 2^-130: whatever the others are, one value of its factor at most
 * makes the sum fit.
 */
export const FACTOR_BITS = 130;
/** Windows of combinations in G2 may not be wider: see `PointThreads.sum`. */
export const FACTOR_WIDTH = 13;
const FACTOR_BYTES = Math.ceil(FACTOR_BITS / 8);
const TOP_MASK = (1 << (FACTOR_BITS % 8)) - 1;

/** Factors that were unknown when the equations were made: 32 bytes each, little-endian, in shared memory. */
export function randomScalars(count: number): Uint8Array<SharedArrayBuffer> {
  const scalars = shared(count * ELEMENT_BYTES);
  const random = randomBytes(count * FACTOR_BYTES);
  for (let index = 0; index < count; index++) {
    scalars.set(random.subarray(index * FACTOR_BYTES, (index + 1) * FACTOR_BYTES), index * ELEMENT_BYTES);
    const top = index * ELEMENT_BYTES + FACTOR_BYTES - 1;
    scalars[top] = (scalars[top] ?? 0) & TOP_MASK;
  }
  return scalars;
}
