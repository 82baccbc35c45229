import { ChaCha, type Curve, type Point } from "ffjavascript";
import { FIELD_MODULUS } from "../../protocol/ids.ts";
import { viewOf } from "./binary-file.ts";
import { BEACON, type Beacon, nextTranscript, PARAMETER } from "./contributions.ts";
import { POINT_BYTES } from "./curve-memory.ts";
import { u32 } from "./little-endian.ts";
import { CONTRIBUTION_BASE, DEVELOPMENT_SEED } from "./secrets.ts";

/** Where the number of steps stands in a history: behind the hash of what it begins with. */
const COUNT_OFFSET = 64;
const { g1, g2 } = POINT_BYTES;

/** A step that multiplies a point by a secret. Points are affine, as in a `.zkey`. */
export interface NewStep {
  readonly name: string;
  readonly secret: bigint;
  /** What is multiplied: δ in G1, say. */
  readonly before: Uint8Array;
  /** A point s of the author's choice. */
  readonly base: Uint8Array;
  /** What the transcript takes in besides; nothing in a `.zkey`. */
  readonly binding?: Uint8Array;
  readonly beacon?: Beacon;
}

/** A history without steps, of what this hash names. */
export function emptyHistory(hash: Uint8Array): Uint8Array {
  return Buffer.concat([hash, u32(0)]);
}

/**
 * A history in the form of section 10 of a `.zkey` with one step more, which proves knowledge of its secret x
 * as snarkjs demands: by x·s, and by x·h for the point h of G2 that the transcript hashes to.
 */
export function appendStep(curve: Curve, history: Uint8Array, step: NewStep): Uint8Array {
  const { secret, base, beacon } = step;
  const times = (point: Uint8Array): Uint8Array =>
    affineBytes(curve.G1, g1.affine, curve.G1.timesScalar(curve.G1.fromRprLEM(point, 0), secret));
  const baseTimesSecret = times(base);
  const transcript = nextTranscript(history, step.binding ?? new Uint8Array(), base, baseTimesSecret);
  const challenge = curve.G2.fromRng(generator(transcript));
  const name = Buffer.from(step.name, "utf8");
  const parameters = Buffer.concat([
    Uint8Array.of(PARAMETER.name, name.length),
    name,
    ...(beacon === undefined ? [] : beaconParameters(beacon)),
  ]);
  const before = history.subarray(COUNT_OFFSET + 4);
  return Buffer.concat([
    history.subarray(0, COUNT_OFFSET),
    u32(viewOf(history).getUint32(COUNT_OFFSET, true) + 1),
    before,
    times(step.before),
    base,
    baseTimesSecret,
    affineBytes(curve.G2, g2.affine, curve.G2.timesScalar(challenge, secret)),
    transcript,
    u32(beacon === undefined ? 0 : BEACON),
    u32(parameters.length),
    parameters,
  ]);
}

function beaconParameters({ value, iterationsExponent }: Beacon): Uint8Array[] {
  const bytes = Buffer.from(value, "hex");
  return [
    Uint8Array.of(PARAMETER.iterationsExponent, iterationsExponent, PARAMETER.beacon, bytes.length),
    bytes,
  ];
}

/**
 * Section 10 of a `.zkey`: the hash of the circuit's initial key, then one contribution, which took δ from 1
 * to its value and bears the name {@link DEVELOPMENT_SEED}.
 */
export function developmentContribution(curve: Curve, circuitHash: Uint8Array, delta: bigint): Uint8Array {
  const { g, timesScalar } = generatorOf(curve);
  return appendStep(curve, emptyHistory(circuitHash), {
    name: DEVELOPMENT_SEED,
    secret: delta % FIELD_MODULUS,
    before: g,
    base: timesScalar(CONTRIBUTION_BASE),
  });
}

/** The generator of G1 and its multiples, affine. */
export function generatorOf(curve: Curve): {
  readonly g: Uint8Array;
  readonly timesScalar: (scalar: bigint) => Uint8Array;
} {
  const timesScalar = (scalar: bigint): Uint8Array =>
    affineBytes(curve.G1, g1.affine, curve.G1.timesScalar(curve.G1.g, scalar));
  return { g: timesScalar(1n), timesScalar };
}

/** A point as a `.zkey` holds it. */
export function affineBytes(
  group: Pick<Curve["G1"], "toAffine" | "toRprLEM">,
  size: number,
  point: Point,
): Uint8Array {
  const bytes = new Uint8Array(size);
  group.toRprLEM(bytes, 0, group.toAffine(point));
  return bytes;
}

/** The stream of random numbers that snarkjs makes of 32 bytes. */
export function generator(seed: Uint8Array): ChaCha {
  const view = Buffer.from(seed);
  return new ChaCha(Array.from({ length: 8 }, (_, word) => view.readUInt32BE(4 * word)));
}
