import { createHash } from "node:crypto";
import { buildBn128, type Curve } from "ffjavascript";
import { affineBytes, generator } from "../contribution.ts";
import type { Beacon, ContributionStep } from "../contributions.ts";
import { POINT_BYTES } from "../curve-memory.ts";
import { areSame } from "./key-parts.ts";
import type { KeyTools } from "./key-tools.ts";
import { BEACON_EXPONENTS } from "./beacon-exponents.ts";

/** In front of a beacon's hash where the number for η comes from it. */
const ETA_DOMAIN = Buffer.from("lockstep commitment key", "utf8");

/** A number that is multiplied by secrets, as a key has it. Points are affine. */
export interface Secret {
  readonly symbol: "δ" | "η";
  readonly steps: readonly ContributionStep[];
  /** Times the generator of G1, if the key has that, and times that of G2. */
  readonly g1?: Uint8Array;
  readonly g2: Uint8Array;
}

/**
 * Follows δ or η from the generator through all steps to the key's: each step's author knew the number by
 * which it was multiplied, and a beacon's is the one that comes from its value.
 * @returns what is wrong, or undefined.
 */
export async function stepsFault(tools: KeyTools, secret: Secret): Promise<string | undefined> {
  const { check, pairings, generators } = tools;
  const { symbol, steps, g2 } = secret;
  const curve = await buildBn128(true);
  let last = generators.g1;
  for (const [index, step] of steps.entries()) {
    const fault = stepFault(tools, curve, secret, last, step);
    if (fault !== undefined) return `contribution ${index + 1}, "${step.name}", ${fault}`;
    last = step.deltaAfter;
  }
  const { g1 = last } = secret;
  if (!check.g1.isGenuine(g1) || !check.g2.isGenuine(g2)) return `${symbol} is no point of its group`;
  if (!areSame(g1, last)) return `${symbol} is not that of the last contribution`;
  if (!pairings.areEqual([g1, generators.g2], [generators.g1, g2]))
    return `${symbol} in G1 is another than that in G2`;
  return undefined;
}

function stepFault(
  { check, pairings }: KeyTools,
  curve: Curve,
  { symbol }: Secret,
  before: Uint8Array,
  { follows, deltaAfter, base, baseTimesSecret, response, transcript, beacon }: ContributionStep,
): string | undefined {
  if (!follows) return "was made on another key than this";
  if (![deltaAfter, base, baseTimesSecret].every((point) => check.g1.isGenuine(point)))
    return "has a point that is none of G1";
  if (!check.g2.isGenuine(response)) return "has a point that is none of G2";
  const challenge = affineBytes(curve.G2, POINT_BYTES.g2.affine, curve.G2.fromRng(generator(transcript)));
  if (!pairings.areEqual([base, response], [baseTimesSecret, challenge]))
    return "does not prove that its author knew a secret";
  if (!pairings.areEqual([before, response], [deltaAfter, challenge]))
    return `did not multiply ${symbol} by its secret`;
  return beacon === undefined ? undefined : beaconFault(curve, symbol, beacon, base, baseTimesSecret);
}

/** The secret and the base of a beacon come from its value; those of δ as snarkjs has it. */
function beaconFault(
  curve: Curve,
  symbol: Secret["symbol"],
  beacon: Beacon,
  base: Uint8Array,
  baseTimesSecret: Uint8Array,
): string | undefined {
  const { iterationsExponent } = beacon;
  const { least, most } = BEACON_EXPONENTS;
  if (iterationsExponent < least || iterationsExponent > most)
    return `is hashed 2^${iterationsExponent} times, not 2^${least} to 2^${most}`;
  const expected = beaconSecret(curve, symbol, beacon);
  const multiple = curve.G1.timesScalar(curve.G1.fromRprLEM(expected.base, 0), expected.secret);
  return areSame(expected.base, base) &&
    areSame(affineBytes(curve.G1, POINT_BYTES.g1.affine, multiple), baseTimesSecret)
    ? undefined
    : "does not come from its value";
}

/** What a beacon multiplies δ or η by, and the point that shows it: one value gives two numbers. */
export function beaconSecret(
  curve: Curve,
  symbol: Secret["symbol"],
  { value, iterationsExponent }: Beacon,
): { readonly secret: bigint; readonly base: Uint8Array } {
  let hash: Uint8Array = Buffer.from(value, "hex");
  for (let iteration = 0; iteration < 2 ** iterationsExponent; iteration++) hash = sha256(hash);
  const random = generator(symbol === "δ" ? hash : sha256(Buffer.concat([ETA_DOMAIN, hash])));
  const secret = curve.Fr.toObject(curve.Fr.fromRng(random));
  return { secret, base: affineBytes(curve.G1, POINT_BYTES.g1.affine, curve.G1.fromRng(random)) };
}

function sha256(content: Uint8Array): Uint8Array {
  return createHash("sha256").update(content).digest();
}
