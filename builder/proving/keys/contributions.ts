import { createHash } from "node:crypto";
import { viewOf } from "./binary-file.ts";
import { POINT_BYTES } from "./curve-memory.ts";
import { KeyCorruptError } from "./errors.ts";
import { uncompressedG1, uncompressedG2 } from "./points.ts";

/** What a key says of one step that changed its δ. */
export interface Contribution {
  /**
   * As its author wrote it, and not covered by any hash: only a transcript binds it. Empty without a name.
   */
  readonly name: string;
  /** BLAKE2b-512, hexadecimal: what snarkjs shows as "Contribution Hash". */
  readonly hash: string;
  /** Public randomness in place of a secret: repeating the hashing gives the same δ. */
  readonly beacon?: Beacon;
  /** False when the step was not made on the circuit and the steps before it that the key names. */
  readonly follows: boolean;
}

export interface Beacon {
  /** Hexadecimal, without 0x. */
  readonly value: string;
  /** SHA-256 is applied 2^exponent times. */
  readonly iterationsExponent: number;
}

/** The set-up of a key from its beginning. */
export interface KeyHistory {
  /** snarkjs' "Circuit Hash": BLAKE2b-512 of the key before all contributions, hexadecimal. */
  readonly circuitHash: string;
  readonly contributions: readonly Contribution[];
}

/** Hash of snarkjs' transcripts. */
const HASH = "blake2b512";
const HASH_BYTES = 64;
const G1 = POINT_BYTES.g1.affine;
const G2 = POINT_BYTES.g2.affine;
/** δ after the step, s and x·s in G1, x·h in G2 for the point h that the transcript hashes to. */
const PUBLIC_KEY_BYTES = 3 * G1 + G2;
/** Type of a step that is a beacon; 0 is a contribution. */
export const BEACON = 1;
/** Parameters of a contribution, in this order. */
export const PARAMETER = { name: 1, iterationsExponent: 2, beacon: 3 } as const;

/** A contribution with what proves it. Points are affine, as in the file, and not checked. */
export interface ContributionStep extends Contribution {
  /** δ after the step. */
  readonly deltaAfter: Uint8Array;
  /** A point s of its author's choice, and x·s for the secret x. */
  readonly base: Uint8Array;
  readonly baseTimesSecret: Uint8Array;
  /** x·h for the point h of G2 that the transcript hashes to. */
  readonly response: Uint8Array;
  readonly transcript: Uint8Array;
}

/**
 * Reads section 10 of a `.zkey`.
 * @throws `KEY_CORRUPT`.
 */
export function readHistory(section: Uint8Array): KeyHistory {
  return historyOf(readSteps(section));
}

/** What steps say without what proves it. */
export function historyOf({
  circuitHash,
  steps,
}: {
  readonly circuitHash: string;
  readonly steps: readonly ContributionStep[];
}): KeyHistory {
  const contributions = steps.map(({ name, hash, follows, beacon }) => ({
    name,
    hash,
    follows,
    ...(beacon === undefined ? {} : { beacon }),
  }));
  return { circuitHash, contributions };
}

/**
 * As {@link readHistory}, with the proofs.
 * @param bindings what each step's transcript takes in besides; nothing in a `.zkey`.
 */
export function readSteps(
  section: Uint8Array,
  bindings: readonly Uint8Array[] = [],
): {
  readonly circuitHash: string;
  readonly steps: readonly ContributionStep[];
} {
  const reader = new Reader(section);
  const circuitHash = reader.take(HASH_BYTES);
  const keys: Uint8Array[] = [];
  const steps: ContributionStep[] = [];
  for (let count = reader.number(); count > 0; count--) {
    const points = reader.take(PUBLIC_KEY_BYTES);
    const transcript = reader.take(HASH_BYTES);
    const type = reader.number();
    const parameters = readParameters(reader.take(reader.number()));
    const publicKey = Buffer.concat([uncompressed(points), transcript]);
    const binding = bindings[keys.length] ?? new Uint8Array();
    const expected = digest([circuitHash, ...keys, binding, publicKey.subarray(G1, 3 * G1)]);
    keys.push(publicKey);
    steps.push({
      name: Buffer.from(parameters.get(PARAMETER.name) ?? []).toString("utf8"),
      hash: toHex(digest([publicKey])),
      follows: expected.equals(transcript),
      ...(type === BEACON ? { beacon: beaconOf(parameters) } : {}),
      deltaAfter: points.subarray(0, G1),
      base: points.subarray(G1, 2 * G1),
      baseTimesSecret: points.subarray(2 * G1, 3 * G1),
      response: points.subarray(3 * G1),
      transcript,
    });
  }
  if (!reader.atEnd) throw new KeyCorruptError("There are bytes after the last contribution");
  return { circuitHash: toHex(circuitHash), steps };
}

/**
 * What the author of one more step hashes to a point of G2: the set-up so far, and the two points that are to
 * show a secret.
 * @param section with the steps before, whose own bindings are in their transcripts.
 */
export function nextTranscript(
  section: Uint8Array,
  binding: Uint8Array,
  base: Uint8Array,
  baseTimesSecret: Uint8Array,
): Uint8Array {
  const { steps } = readSteps(section);
  const keys = steps.flatMap(({ deltaAfter, base: before, baseTimesSecret: times, response, transcript }) => [
    uncompressed(Buffer.concat([deltaAfter, before, times, response])),
    transcript,
  ]);
  return digest([
    section.subarray(0, HASH_BYTES),
    ...keys,
    binding,
    uncompressedG1(base, 0),
    uncompressedG1(baseTimesSecret, 0),
  ]);
}

function uncompressed(points: Uint8Array): Uint8Array {
  return Buffer.concat([
    ...[0, G1, 2 * G1].map((offset) => uncompressedG1(points, offset)),
    uncompressedG2(points, 3 * G1),
  ]);
}

/** The contents by number; the exponent is a byte, all others have their length in front. */
function readParameters(bytes: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const parameters = new Map<number, Uint8Array>();
  const reader = new Reader(bytes);
  while (!reader.atEnd) {
    const id = reader.byte();
    parameters.set(id, reader.take(id === PARAMETER.iterationsExponent ? 1 : reader.byte()));
  }
  return parameters;
}

function beaconOf(parameters: ReadonlyMap<number, Uint8Array>): Beacon {
  const [exponent] = parameters.get(PARAMETER.iterationsExponent) ?? [];
  const value = parameters.get(PARAMETER.beacon);
  if (exponent === undefined || value === undefined)
    throw new KeyCorruptError("A beacon is without its value or its iterations");
  return { value: toHex(value), iterationsExponent: exponent };
}

function digest(parts: readonly Uint8Array[]): Buffer {
  const hash = createHash(HASH);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** Takes bytes from the front, and refuses to go past the end. */
class Reader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }

  take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#offset) throw new KeyCorruptError("The contributions end early");
    this.#offset += length;
    return this.#bytes.subarray(this.#offset - length, this.#offset);
  }

  number(): number {
    return viewOf(this.take(4)).getUint32(0, true);
  }

  byte(): number {
    return viewOf(this.take(1)).getUint8(0);
  }
}
