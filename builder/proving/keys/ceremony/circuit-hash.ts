import { createHash } from "node:crypto";
import { u32 } from "../little-endian.ts";
import { type CurveMemory, type GroupName, POINT_BYTES } from "../curve-memory.ts";
import type { RowPoints } from "./powers-of-tau.ts";

/** Points that are converted at the same time. */
const PIECE = 1 << 14;

/** What snarkjs hashes of a key before contributions: affine points as in the key. */
export interface HashedParts {
  /** α, β, β in G2, γ, δ, δ in G2: the order of the key's header, where γ is in G2. */
  readonly header: readonly (readonly [group: GroupName, point: Uint8Array])[];
  readonly publicPart: Uint8Array;
  readonly quotientPowers: RowPoints["quotientPowers"];
  readonly domainSize: number;
  readonly privatePart: Uint8Array;
  readonly a: Uint8Array;
  readonly b1: Uint8Array;
  readonly b2: Uint8Array;
}

/** snarkjs' "Circuit Hash", hexadecimal: BLAKE2b-512 of what a circuit and powers of tau begin with. */
export function circuitHash(memory: CurveMemory, parts: HashedParts): string {
  const hash = createHash("blake2b512");
  const add = (group: GroupName, points: Uint8Array): void => {
    const { affine } = POINT_BYTES[group];
    const convert = memory.function(`${group}m_batchLEMtoU`);
    for (let at = 0; at < points.length; at += PIECE * affine) {
      const piece = points.subarray(at, at + PIECE * affine);
      memory.scoped(() => {
        const [from, to] = [memory.allocate(piece.length), memory.allocate(piece.length)];
        memory.write(from, piece);
        convert(from, piece.length / affine, to);
        hash.update(memory.bytes(to, piece.length).slice());
      });
    }
  };
  const addAll = (group: GroupName, points: Uint8Array): void => {
    hash.update(u32(points.length / POINT_BYTES[group].affine).reverse());
    add(group, points);
  };
  for (const [group, point] of parts.header) add(group, point);
  addAll("g1", parts.publicPart);
  // Announced as one less than the domain, however many snarkjs then hashes.
  hash.update(u32(parts.domainSize - 1).reverse());
  for (const points of differences(memory, parts.quotientPowers)) add("g1", points);
  addAll("g1", parts.privatePart);
  addAll("g1", parts.a);
  addAll("g1", parts.b1);
  addAll("g2", parts.b2);
  return hash.digest("hex");
}

/**
 * high − low, point by point; with the module's own functions, for the last of high may be no point at all.
 */
function* differences(
  memory: CurveMemory,
  { high, low }: RowPoints["quotientPowers"],
): Generator<Uint8Array> {
  const { affine, jacobian } = POINT_BYTES.g1;
  const [subtract, toAffine] = [memory.function("g1m_subAffine"), memory.function("g1m_batchToAffine")];
  for (let at = 0; at < high.length; at += PIECE * affine) {
    const [minuends, subtrahends] = [high, low].map((points) => points.subarray(at, at + PIECE * affine));
    if (minuends === undefined || subtrahends === undefined) throw new RangeError("two operands");
    const count = minuends.length / affine;
    yield memory.scoped(() => {
      const [a, b] = [memory.allocate(count * affine), memory.allocate(count * affine)];
      const difference = memory.allocate(count * jacobian);
      memory.scratch((count + 2) * jacobian);
      memory.write(a, minuends);
      memory.write(b, subtrahends);
      for (let index = 0; index < count; index++)
        subtract(a + index * affine, b + index * affine, difference + index * jacobian);
      toAffine(difference, count, a);
      return memory.bytes(a, count * affine).slice();
    });
  }
}
