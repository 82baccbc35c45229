import { FACTOR_BITS, randomScalars } from "../random-scalars.ts";
import { stepsFault } from "./check-steps.ts";
import { areSame, invalidMultiplicand, type KeyParts, SECTION, type SectionId } from "./key-parts.ts";
import type { KeyTools } from "./key-tools.ts";
import type { StepReport } from "./snarkjs.ts";

/** Sections that no contribution changes. */
const FIXED = [SECTION.publicPart, SECTION.coefficients, SECTION.a, SECTION.b1, SECTION.b2] as const;

/**
 * Checks that a key comes from the initial key by its contributions and by nothing else. The points of the
 * sections 8 and 9 are held against the initial key's one by one, with random factors: snarkjs leaves a
 * direction of section 9 unchecked, along which a contributor can hide any point, have it divided by δ by
 * those who follow, and forge proofs.
 * @param initial a key of the same sizes, known to be the circuit's.
 * @returns what is wrong, or undefined; a wrong key passes with a chance below 2^-128.
 */
export async function contributedKeyFault(
  tools: KeyTools,
  key: KeyParts,
  initial: KeyParts,
  report?: StepReport,
): Promise<string | undefined> {
  if (!areSame(key.start, initial.start)) return "its α and β are not those of the initial key";
  if (!areSame(key.gamma2, initial.gamma2)) return "its γ is not that of the initial key";
  for (const id of FIXED)
    if (!areSame(key.section(id), initial.section(id))) return `section ${id} is not that of the initial key`;
  report?.("points that contributions multiply");
  const invalid = await invalidMultiplicand(tools, key);
  if (invalid !== undefined) return invalid;
  report?.("contributions");
  return (await stepsFault(tools, key)) ?? (await quotientFault(tools, key, initial));
}

async function quotientFault(
  { threads, pairings, generators }: KeyTools,
  key: KeyParts,
  initial: KeyParts,
): Promise<string | undefined> {
  const combine = async (of: KeyParts, id: SectionId, scalars: Uint8Array): Promise<Uint8Array> => {
    const sum = await threads.sum({ group: "g1", bases: of.section(id), scalars, bits: FACTOR_BITS });
    if (sum === undefined) throw new RangeError("a sum is missing");
    return sum;
  };
  for (const [id, count] of [
    [SECTION.privatePart, key.wires - key.publicSignals - 1],
    [SECTION.quotient, key.domainSize],
  ] as const) {
    const factors = randomScalars(count);
    const [after, before] = await Promise.all([combine(key, id, factors), combine(initial, id, factors)]);
    if (!pairings.areEqual([after, key.delta2], [before, generators.g2]))
      return `section ${id} is not that of the initial key, divided by δ`;
  }
  return undefined;
}
