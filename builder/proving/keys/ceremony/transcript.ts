import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Hex } from "viem";
import { z } from "zod";
import { committedWires } from "../commitment-key.ts";
import type { KeyHistory } from "../contributions.ts";
import { CeremonyStepError, TranscriptError } from "./errors.ts";
import { knownPowersOfTau } from "./known-powers-of-tau.ts";
import { DEVELOPMENT_ORIGIN, UNKNOWN_ORIGIN } from "./origins.ts";
import type { CommitmentParts } from "./split.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const blake2b = z.string().regex(/^[0-9a-f]{128}$/);

/** Changes with what follows. Version 1 did not say where powers of tau come from. */
const FORMAT = "lockstep ceremony 2";
const EARLIER_FORMAT = "lockstep ceremony 1";
/** The same for a circuit with committed wires. */
const SPLIT_FORMAT = "lockstep split ceremony 1";

/**
 * What is published of a ceremony. Hashes are hexadecimal; those of steps are the ones that snarkjs shows.
 */
const content = z.strictObject({
  format: z.enum([FORMAT, SPLIT_FORMAT]),
  /** Name of the circuit instance. */
  circuit: z.string(),
  /** SHA-256 of its constraints as circom writes them. */
  r1cs: sha256,
  powersOfTau: z
    .strictObject({
      blake2b,
      power: z.int().positive(),
      /**
       * Name of a file of a known public ceremony; or that the powers are of no known ceremony, or that their
       * secrets are public.
       */
      origin: z.string(),
    })
    .refine(
      ({ blake2b: hash, origin }) =>
        origin === knownPowersOfTau(hash) ||
        (knownPowersOfTau(hash) === undefined && [UNKNOWN_ORIGIN, DEVELOPMENT_ORIGIN].includes(origin)),
      "the origin of the powers of tau is not what their hash says",
    ),
  /** Of the key before contributions: snarkjs' "Circuit Hash", bound to the split if there is one. */
  circuitHash: blake2b,
  /** In their order, without the beacon. */
  contributions: z.array(z.strictObject({ name: z.string(), hash: blake2b })).min(1),
  /** The last step. SHA-256 is applied 2^iterationsExponent times to the value. */
  beacon: z.strictObject({
    name: z.string(),
    hash: blake2b,
    value: z.string().regex(/^([0-9a-f]{2})+$/),
    iterationsExponent: z.int(),
  }),
  /** SHA-256 of the final `.zkey`. */
  zkey: sha256,
  /** Name of the verification key: keccak256 of its encoding. */
  verificationKey: z.custom<Hex>((value) => typeof value === "string" && /^0x[0-9a-f]{64}$/.test(value)),
  /** Of a circuit with committed wires. */
  commitment: z
    .strictObject({
      /** How many wires behind the public ones. */
      wires: z.int().positive(),
      /** SHA-256 of the final `.ckey`. */
      ckey: sha256,
      /** SHA-256 of the powers of tau that codes are committed to with. Earlier exports did not have them. */
      codePowers: sha256.exactOptional(),
      /** The steps of η, the beacon's too, and SHA-256 of the files that each was given: all on the way. */
      steps: z.array(
        z.strictObject({ hash: blake2b, received: z.strictObject({ zkey: sha256, ckey: sha256 }) }),
      ),
    })
    .exactOptional(),
});

const transcript = content.refine(
  ({ format, commitment }) => (format === SPLIT_FORMAT) === (commitment !== undefined),
  "the format is that of another kind of key",
);

export type CeremonyTranscript = z.infer<typeof transcript>;

/**
 * What a transcript has to say about the steps.
 * @throws `CEREMONY_STEP` when the ceremony is not finished.
 */
export function transcribeSteps({
  circuitHash,
  contributions,
}: KeyHistory): Pick<CeremonyTranscript, "circuitHash" | "contributions" | "beacon"> {
  const last = contributions.at(-1);
  if (last?.beacon === undefined || contributions.length < 2)
    throw new CeremonyStepError("The ceremony is not finished: it needs contributions and then a beacon");
  return {
    circuitHash,
    contributions: contributions.slice(0, -1).map(({ name, hash }) => ({ name, hash })),
    beacon: { name: last.name, hash: last.hash, ...last.beacon },
  };
}

/** What a transcript has to say about the commitment key. */
export function transcribeCommitment({
  commitment,
  history,
}: {
  readonly commitment: CommitmentParts;
  readonly history: KeyHistory;
}): NonNullable<CeremonyTranscript["commitment"]> {
  const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("hex");
  return {
    wires: committedWires(commitment),
    ckey: createHash("sha256").update(commitment.content).digest("hex"),
    steps: history.contributions.map(({ hash }, index) => {
      const files = commitment.received[index];
      return { hash, received: { zkey: hex(files?.zkey), ckey: hex(files?.ckey) } };
    }),
  };
}

/** @throws `TRANSCRIPT`. */
export async function readTranscript(path: string): Promise<CeremonyTranscript> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, "utf8"));
    return transcript.parse(json);
  } catch (cause) {
    const isEarlier =
      typeof json === "object" && json !== null && "format" in json && json.format === EARLIER_FORMAT;
    throw new TranscriptError(
      path,
      isEarlier
        ? `of this version (it says "${EARLIER_FORMAT}"): export the key again with "keys ceremony export"`
        : undefined,
      { cause },
    );
  }
}

/** The transcript as it is written to a file. */
export function formatTranscript(said: Omit<CeremonyTranscript, "format">): string {
  const whole: CeremonyTranscript = {
    format: said.commitment === undefined ? FORMAT : SPLIT_FORMAT,
    ...said,
  };
  return `${JSON.stringify(whole, undefined, 2)}\n`;
}
