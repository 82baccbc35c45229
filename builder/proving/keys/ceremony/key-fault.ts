import { committedWires } from "../commitment-key.ts";
import { readSteps } from "../contributions.ts";
import { FACTOR_BITS, randomScalars } from "../random-scalars.ts";
import { stepsFault } from "./check-steps.ts";
import type { InitialParts } from "./initial-key.ts";
import { areSame, invalidMultiplicand, type KeyParts, SECTION } from "./key-parts.ts";
import type { KeyTools } from "./key-tools.ts";
import type { StepReport } from "./snarkjs.ts";
import { type CommitmentParts, commitmentSteps, splitFault, type SplitParts } from "./split.ts";

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
  { key, commitment }: InitialParts,
  { key: initial, commitment: initialCommitment }: InitialParts,
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
  const { steps } = readSteps(key.section(SECTION.history));
  const delta = { symbol: "δ", steps, g1: key.delta1, g2: key.delta2 } as const;
  const fault = (await stepsFault(tools, delta)) ?? (await quotientFault(tools, key, initial));
  if (fault !== undefined || commitment === undefined || initialCommitment === undefined) return fault;
  return commitmentFault(tools, { key, commitment }, initialCommitment, report);
}

/**
 * What of the points that a contribution multiplies by its secret η is none: those of the commitment key, and
 * η. It has to be asked before there is a secret.
 */
export async function invalidCommitment(
  { check, threads }: KeyTools,
  { eta, points }: CommitmentParts,
): Promise<string | undefined> {
  if (!check.g2.isGenuine(eta)) return "η is no point of the group";
  const found = await threads.firstInvalid("g1", points);
  return found === undefined ? undefined : `point ${found} of the commitment key is not on the curve`;
}

/** The same for the commitment key: it has the initial one's points over η, and η came about by steps. */
async function commitmentFault(
  tools: KeyTools,
  parts: SplitParts,
  initial: CommitmentParts,
  report: StepReport | undefined,
): Promise<string | undefined> {
  const { key, commitment } = parts;
  const fault = splitFault(parts, committedWires(initial));
  if (fault !== undefined) return fault;
  report?.("points of the commitment key");
  const invalid = await invalidCommitment(tools, commitment);
  if (invalid !== undefined) return invalid;
  report?.("contributions to the commitment key");
  const { circuitHash, steps } = commitmentSteps(parts);
  if (circuitHash !== readSteps(initial.steps).circuitHash) return "its commitment key is of another key";
  if (steps.length !== key.history.contributions.length)
    return `it has ${key.history.contributions.length} contributions to δ and ${steps.length} to η`;
  if (steps.length > 0 && areSame(key.delta2, commitment.eta)) return "its δ and its η are one";
  const eta = { symbol: "η", steps, g2: commitment.eta } as const;
  return (await stepsFault(tools, eta)) ?? (await overEtaFault(tools, commitment, initial));
}

async function overEtaFault(
  { threads, pairings, generators }: KeyTools,
  commitment: CommitmentParts,
  initial: CommitmentParts,
): Promise<string | undefined> {
  const scalars = randomScalars(committedWires(initial));
  const combine = async ({ points: bases }: CommitmentParts): Promise<Uint8Array> =>
    defined(await threads.sum({ group: "g1", bases, scalars, bits: FACTOR_BITS }));
  const [after, before] = await Promise.all([combine(commitment), combine(initial)]);
  return pairings.areEqual([after, commitment.eta], [before, generators.g2])
    ? undefined
    : "its commitment key is not what the initial one is, divided by η";
}

async function quotientFault(
  { threads, pairings, generators }: KeyTools,
  key: KeyParts,
  initial: KeyParts,
): Promise<string | undefined> {
  const combine = async (bases: Uint8Array, scalars: Uint8Array): Promise<Uint8Array> =>
    defined(await threads.sum({ group: "g1", bases, scalars, bits: FACTOR_BITS }));
  for (const [id, count] of [
    [SECTION.privatePart, key.wires - key.publicSignals - 1],
    [SECTION.quotient, key.domainSize],
  ] as const) {
    const factors = randomScalars(count);
    const sums = [key, initial].map(async (of) => combine(of.section(id), factors));
    const [after, before] = await Promise.all(sums);
    if (after === undefined || before === undefined) throw new RangeError("two sums");
    if (!pairings.areEqual([after, key.delta2], [before, generators.g2]))
      return `section ${id} is not that of the initial key, divided by δ`;
  }
  return undefined;
}

/** In G1 there is a sum always. */
function defined(sum: Uint8Array | undefined): Uint8Array {
  if (sum === undefined) throw new RangeError("a sum is missing");
  return sum;
}
