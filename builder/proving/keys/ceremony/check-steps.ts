import { createHash } from "node:crypto";
import { buildBn128, ChaCha, type Curve, type Point } from "ffjavascript";
import { type Beacon, type ContributionStep, readSteps } from "../contributions.ts";
import { POINT_BYTES } from "../curve-memory.ts";
import { areSame, type KeyParts, SECTION } from "./key-parts.ts";
import type { KeyTools } from "./key-tools.ts";

/** Bounds on the exponent of a beacon's iterations: snarkjs refuses less, and 2^30 take hours. */
export const BEACON_EXPONENTS = { least: 10, most: 30 } as const;

/**
 * Follows δ from the generator through all steps to the key's: each step's author knew the number by which it
 * was multiplied, and a beacon's is the one that comes from its value.
 * @returns what is wrong, or undefined.
 */
export async function stepsFault(tools: KeyTools, key: KeyParts): Promise<string | undefined> {
  const { check, pairings, generators } = tools;
  const curve = await buildBn128(true);
  let delta = generators.g1;
  for (const [index, step] of readSteps(key.section(SECTION.history)).steps.entries()) {
    const fault = stepFault(tools, curve, delta, step);
    if (fault !== undefined) return `contribution ${index + 1}, "${step.name}", ${fault}`;
    delta = step.deltaAfter;
  }
  if (!check.g1.isGenuine(key.delta1) || !check.g2.isGenuine(key.delta2)) return "δ is no point of its group";
  if (!areSame(key.delta1, delta)) return "δ is not that of the last contribution";
  if (!pairings.areEqual([key.delta1, generators.g2], [generators.g1, key.delta2]))
    return "δ in G1 is another than that in G2";
  return undefined;
}

function stepFault(
  { check, pairings }: KeyTools,
  curve: Curve,
  before: Uint8Array,
  { follows, deltaAfter, base, baseTimesSecret, response, transcript, beacon }: ContributionStep,
): string | undefined {
  if (!follows) return "was made on another key than this";
  if (![deltaAfter, base, baseTimesSecret].every((point) => check.g1.isGenuine(point)))
    return "has a point that is none of G1";
  if (!check.g2.isGenuine(response)) return "has a point that is none of G2";
  const challenge = toBytes(curve.G2, POINT_BYTES.g2.affine, curve.G2.fromRng(generator(transcript)));
  if (!pairings.areEqual([base, response], [baseTimesSecret, challenge]))
    return "does not prove that its author knew a secret";
  if (!pairings.areEqual([before, response], [deltaAfter, challenge]))
    return "did not multiply δ by its secret";
  return beacon === undefined ? undefined : beaconFault(curve, beacon, base, baseTimesSecret);
}

/** The secret and the base of a beacon come from its value, as snarkjs has it. */
function beaconFault(
  curve: Curve,
  { value, iterationsExponent }: Beacon,
  base: Uint8Array,
  baseTimesSecret: Uint8Array,
): string | undefined {
  const { least, most } = BEACON_EXPONENTS;
  if (iterationsExponent < least || iterationsExponent > most)
    return `is hashed 2^${iterationsExponent} times, not 2^${least} to 2^${most}`;
  let hash: Uint8Array = Buffer.from(value, "hex");
  for (let iteration = 0; iteration < 2 ** iterationsExponent; iteration++)
    hash = createHash("sha256").update(hash).digest();
  const random = generator(hash);
  const secret = curve.Fr.toObject(curve.Fr.fromRng(random));
  const expected = curve.G1.toAffine(curve.G1.fromRng(random));
  const multiple = curve.G1.timesScalar(expected, secret);
  const { affine } = POINT_BYTES.g1;
  return areSame(toBytes(curve.G1, affine, expected), base) &&
    areSame(toBytes(curve.G1, affine, multiple), baseTimesSecret)
    ? undefined
    : "does not come from its value";
}

function generator(seed: Uint8Array): ChaCha {
  const view = Buffer.from(seed);
  return new ChaCha(Array.from({ length: 8 }, (_, word) => view.readUInt32BE(4 * word)));
}

function toBytes(group: Pick<Curve["G1"], "toAffine" | "toRprLEM">, size: number, point: Point): Uint8Array {
  const bytes = new Uint8Array(size);
  group.toRprLEM(bytes, 0, group.toAffine(point));
  return bytes;
}
