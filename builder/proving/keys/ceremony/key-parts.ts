import { type BinaryFile, readBinaryFile } from "../binary-file.ts";
import { type GroupName, POINT_BYTES } from "../curve-memory.ts";
import { ELEMENT_BYTES } from "../little-endian.ts";
import { type ProvingKeyHeader, readProvingKey } from "../zkey.ts";
import type { KeyTools } from "./key-tools.ts";

const { g1, g2 } = POINT_BYTES;
/** Offset of α in section 2 of a `.zkey`. */
const START = 2 * (4 + ELEMENT_BYTES) + 12;

/** A proving key in the parts that are checked. Points are affine, and not checked yet. */
export interface KeyParts extends ProvingKeyHeader {
  /** α and β in G1, β in G2. */
  readonly start: Uint8Array;
  readonly alpha1: Uint8Array;
  readonly beta1: Uint8Array;
  readonly beta2: Uint8Array;
  readonly gamma2: Uint8Array;
  readonly delta1: Uint8Array;
  readonly delta2: Uint8Array;
  section(id: SectionId): Uint8Array;
}

/** What the sections of points hold; 8 and 9 are divided by δ. */
export const SECTION = {
  publicPart: 3,
  coefficients: 4,
  a: 5,
  b1: 6,
  b2: 7,
  privatePart: 8,
  quotient: 9,
  history: 10,
} as const;

export type SectionId = (typeof SECTION)[keyof typeof SECTION];

/** @throws `KEY_CORRUPT` when the file is not what its format says. */
export function readKeyParts(bytes: Uint8Array, name: string): KeyParts {
  const header = readProvingKey(bytes, name);
  const file: BinaryFile = readBinaryFile(bytes, "zkey", name);
  const points = file.section(2);
  let at = START;
  const next = (group: GroupName): Uint8Array => {
    at += POINT_BYTES[group].affine;
    return points.subarray(at - POINT_BYTES[group].affine, at);
  };
  return {
    ...header,
    start: points.subarray(START, START + 2 * g1.affine + g2.affine),
    alpha1: next("g1"),
    beta1: next("g1"),
    beta2: next("g2"),
    gamma2: next("g2"),
    delta1: next("g1"),
    delta2: next("g2"),
    section: (id) => file.section(id),
  };
}

/**
 * What of the points that a contribution multiplies by its secret δ is none: those of the sections 8 and 9,
 * and δ. It has to be asked before there is a secret.
 */
export async function invalidMultiplicand(
  { check, threads }: KeyTools,
  key: KeyParts,
): Promise<string | undefined> {
  if (!check.g1.isGenuine(key.delta1)) return "δ in G1 is no point of the group";
  if (!check.g2.isGenuine(key.delta2)) return "δ in G2 is no point of the group";
  for (const id of [SECTION.privatePart, SECTION.quotient]) {
    const found = await threads.firstInvalid("g1", key.section(id));
    if (found !== undefined) return `point ${found} of section ${id} is not on the curve`;
  }
  return undefined;
}

export function areSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
