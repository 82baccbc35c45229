import { coefficientSection } from "../arithmetisation.ts";
import { POINT_BYTES } from "../curve-memory.ts";
import { ELEMENT_BYTES } from "../little-endian.ts";
import type { ConstraintSystem } from "../r1cs.ts";
import { FACTOR_BITS, FACTOR_WIDTH, randomScalars } from "../random-scalars.ts";
import { rowScalars } from "../row-scalars.ts";
import { circuitHash } from "./circuit-hash.ts";
import { areSame, type KeyParts, SECTION } from "./key-parts.ts";
import {
  commitmentHash,
  type CommitmentParts,
  commitmentSteps,
  splitFault,
  splitHash,
  wholePrivatePart,
} from "./split.ts";
import type { KeyTools } from "./key-tools.ts";
import { type PowersOfTau, readRowPoints, type RowPoints } from "./powers-of-tau.ts";
import type { StepReport } from "./snarkjs.ts";

/** Bits of a scalar that is no random factor. */
const SCALAR_BITS = 254;

/**
 * Checks that a key is the one that this circuit and these powers of tau begin with, which takes seconds
 * where making it takes minutes: all the equations between its points and those of the powers are multiplied
 * with random factors and checked as one. A wrong key passes with a chance below 2^-128. The points of
 * committed wires are looked for where they have to be, in the commitment key.
 * @param key of whose header the sizes are known to be the circuit's.
 * @param commitment of a circuit with committed wires, as many as the circuit has.
 * @returns what is wrong, or undefined.
 * @throws `POWERS_OF_TAU`.
 */
export async function initialKeyFault(
  tools: KeyTools,
  { key, commitment }: InitialParts,
  system: ConstraintSystem,
  powers: PowersOfTau,
  report?: StepReport,
): Promise<string | undefined> {
  const { generators } = tools;
  if (commitment !== undefined) {
    const fault = splitFault({ key, commitment });
    if (fault !== undefined) return fault;
    if (!areSame(commitment.eta, generators.g2)) return "its η is not the generator";
    const { circuitHash: begin, steps } = commitmentSteps({ key, commitment });
    if (steps.length > 0 || commitment.received.length > 0) return "its commitment key has contributions";
    if (!areSame(Buffer.from(begin, "hex"), commitmentHash(key.history.circuitHash)))
      return "its commitment key is of another key";
  }
  const privatePart = wholePrivatePart(key, commitment);
  if (key.history.contributions.length > 0) return "it has contributions";
  if (!areSame(key.start, powers.start)) return "its α and β are not those of the powers of tau";
  if (!areSame(key.gamma2, generators.g2)) return "its γ is not the generator";
  if (!areSame(key.delta1, generators.g1) || !areSame(key.delta2, generators.g2))
    return "its δ is not the generator";
  const rows = await readRowPoints(powers, Math.log2(key.domainSize));
  if (!areSame(key.section(SECTION.quotient), rows.odd))
    return "its section 9 is not what the powers of tau have there";
  report?.("points of the initial key");
  const invalid = await invalidPoint(tools, key, privatePart, rows);
  if (invalid !== undefined) return invalid;
  report?.("hash of the initial key");
  const unsplit = hashOf(tools, key, privatePart, rows);
  const expected = commitment === undefined ? unsplit : splitHash(unsplit, commitment);
  if (expected !== key.history.circuitHash) return "its circuit hash is of another key";
  report?.("initial key against circuit and powers of tau");
  return equationFault(tools, key, privatePart, system, rows);
}

/** Both files of an initial key; the second only of a circuit with committed wires. */
export interface InitialParts {
  readonly key: KeyParts;
  readonly commitment?: CommitmentParts | undefined;
}

async function invalidPoint(
  { check, threads, pairings, generators }: KeyTools,
  key: KeyParts,
  privatePart: Uint8Array,
  rows: RowPoints,
): Promise<string | undefined> {
  const { alpha1, beta1, beta2 } = key;
  if (!check.g1.isGenuine(alpha1) || !check.g1.isGenuine(beta1) || !check.g2.isGenuine(beta2))
    return "its α or β is no point of its group";
  if (!pairings.areEqual([beta1, generators.g2], [generators.g1, beta2]))
    return "its β in G1 is another than that in G2";
  for (const [what, points] of [
    ["the powers of tau", rows.tau],
    ["the powers of tau", rows.alphaTau],
    ["the powers of tau", rows.betaTau],
    ["the powers of tau", rows.odd],
    ["section 3", key.section(SECTION.publicPart)],
    ["section 5", key.section(SECTION.a)],
    ["section 6", key.section(SECTION.b1)],
    ["section 8", privatePart],
  ] as const) {
    const found = await threads.firstInvalid("g1", points);
    if (found !== undefined) return `point ${found} of ${what} is not on the curve`;
  }
  const found = await threads.firstInvalid("g2", key.section(SECTION.b2));
  return found === undefined ? undefined : `point ${found} of section 7 is not on the curve`;
}

function hashOf(
  { memory }: KeyTools,
  key: KeyParts,
  privatePart: Uint8Array,
  { quotientPowers }: RowPoints,
): string {
  return circuitHash(memory, {
    header: [
      ["g1", key.alpha1],
      ["g1", key.beta1],
      ["g2", key.beta2],
      ["g2", key.gamma2],
      ["g1", key.delta1],
      ["g2", key.delta2],
    ],
    publicPart: key.section(SECTION.publicPart),
    quotientPowers,
    domainSize: key.domainSize,
    privatePart,
    a: key.section(SECTION.a),
    b1: key.section(SECTION.b1),
    b2: key.section(SECTION.b2),
  });
}

async function equationFault(
  { memory, threads, pairings, generators }: KeyTools,
  key: KeyParts,
  privatePart: Uint8Array,
  system: ConstraintSystem,
  rows: RowPoints,
): Promise<string | undefined> {
  const factors = {
    a: randomScalars(key.wires),
    b: randomScalars(key.wires),
    k: randomScalars(key.wires),
  };
  const publicBytes = (key.publicSignals + 1) * ELEMENT_BYTES;
  const combine = (bases: Uint8Array, scalars: Uint8Array) =>
    threads.sum({ group: "g1", bases, scalars, bits: FACTOR_BITS });
  const sums = [
    combine(key.section(SECTION.a), factors.a),
    combine(key.section(SECTION.b1), factors.b),
    combine(key.section(SECTION.publicPart), factors.k.subarray(0, publicBytes)),
    combine(privatePart, factors.k.subarray(publicBytes)),
  ];
  const sumOfB2 = threads.sum({
    group: "g2",
    bases: key.section(SECTION.b2),
    scalars: factors.b,
    bits: FACTOR_BITS,
    maxWidth: FACTOR_WIDTH,
  });
  // While the threads add up: this thread has its own part of the work.
  const { coefficients, scalars } = memory.scoped(() => {
    const terms = memory.allocate(system.terms.length);
    memory.write(terms, system.terms);
    return {
      coefficients: coefficientSection(memory, system, terms),
      scalars: rowScalars(memory, system, terms, key.domainSize, factors),
    };
  });
  const ofRows = ([name, points]: readonly ["tau" | "alphaTau" | "betaTau", Uint8Array]) =>
    threads.sum({ group: "g1", bases: points, scalars: scalars[name], bits: SCALAR_BITS });
  const expected = Promise.all(
    (
      [
        ["tau", rows.tau],
        ["alphaTau", rows.alphaTau],
        ["betaTau", rows.betaTau],
      ] as const
    ).map(ofRows),
  );
  const [ofKey, ofB2, ofPowers] = await Promise.all([Promise.all(sums), sumOfB2, expected]);
  if (!areSame(coefficients, key.section(SECTION.coefficients)))
    return "its coefficients are not those of the circuit";
  const [a, b1] = ofKey;
  if (a === undefined || b1 === undefined || ofB2 === undefined)
    return "section 7 has a point outside of the group";
  if (!areSame(threads.add("g1", defined(ofKey)), threads.add("g1", defined(ofPowers))))
    return "its points are not those of the circuit at these powers of tau";
  if (!pairings.areEqual([b1, generators.g2], [generators.g1, ofB2]))
    return "its section 7 is not what section 6 is in G2";
  return undefined;
}

/** In G1 there is a sum always. */
function defined(points: readonly (Uint8Array | undefined)[]): Uint8Array[] {
  return points.map((point) => {
    if (point?.length !== POINT_BYTES.g1.affine) throw new RangeError("a sum is missing");
    return point;
  });
}
