import { readFile } from "node:fs/promises";
import type { Hex } from "viem";
import { z } from "zod";
import type { KeyHistory } from "../contributions.ts";
import { CeremonyStepError, TranscriptError } from "./errors.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const blake2b = z.string().regex(/^[0-9a-f]{128}$/);

/** What is published of a ceremony. Hashes are hexadecimal; those of steps are the ones that snarkjs shows. */
const transcript = z.strictObject({
  format: z.literal("lockstep ceremony 1"),
  /** Name of the circuit instance. */
  circuit: z.string(),
  /** SHA-256 of its constraints as circom writes them. */
  r1cs: sha256,
  powersOfTau: z.strictObject({ blake2b, power: z.int().positive() }),
  /** Of the key before contributions: snarkjs' "Circuit Hash". */
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
  /** Name of the verification key on chain: keccak256 of its encoding. */
  verificationKey: z.custom<Hex>((value) => typeof value === "string" && /^0x[0-9a-f]{64}$/.test(value)),
});

export type CeremonyTranscript = z.infer<typeof transcript>;

/** What a transcript has to say about the steps. @throws `CEREMONY_STEP` when the ceremony is not finished. */
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

/** @throws `TRANSCRIPT`. */
export async function readTranscript(path: string): Promise<CeremonyTranscript> {
  try {
    return transcript.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    throw new TranscriptError(path, { cause });
  }
}

/** The transcript as it is written to a file. */
export function formatTranscript(content: Omit<CeremonyTranscript, "format">): string {
  const whole: CeremonyTranscript = { format: "lockstep ceremony 1", ...content };
  return `${JSON.stringify(whole, undefined, 2)}\n`;
}
