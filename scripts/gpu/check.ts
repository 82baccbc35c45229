import * as snarkjs from "snarkjs";
import { z } from "zod";
import {
  fromSnarkjs,
  hashVerificationKey,
  toSnarkjs,
  type VerificationKey,
} from "../../builder/proving/keys/verification-key.ts";
import type { MeasuredRecord } from "./records.ts";

const strings = z.array(z.string());
const proofSchema = z.object({
  pi_a: strings,
  pi_b: z.array(strings),
  pi_c: strings,
  protocol: z.string(),
  curve: z.string(),
});

/** What snarkjs says of the proofs that were brought here. */
export interface Verdicts {
  readonly verified: number;
  /** A line for each key that is not the one, and each proof that does not verify. */
  readonly wrong: readonly string[];
}

/**
 * Verifies proofs with snarkjs.
 * @param known the verification key of a circuit, where this machine has it. Of others it knows α, β, γ and δ
 * of `development`, which all keys of one set-up share.
 */
export async function verdictsOn(
  records: readonly MeasuredRecord[],
  development: VerificationKey,
  known: (circuit: string) => Promise<VerificationKey | undefined>,
): Promise<Verdicts> {
  const wrong: string[] = [];
  const keys = new Map<string, VerificationKey>();
  let verified = 0;
  for (const record of records) {
    if (record.kind === "key") {
      const key = fromSnarkjs(record.verificationKey);
      const own = (await known(record.circuit)) ?? { ...development, ic: key.ic };
      if (hashVerificationKey(key) === hashVerificationKey(own)) keys.set(record.circuit, key);
      else wrong.push(`the key of ${record.circuit} is another one than here`);
    }
    if (record.kind !== "proof") continue;
    const key = keys.get(record.circuit);
    const isValid =
      key !== undefined &&
      (await snarkjs.groth16.verify(toSnarkjs(key), record.publicSignals, proofSchema.parse(record.proof)));
    if (isValid) verified += 1;
    else wrong.push(`proof ${record.number} of ${record.circuit} by ${record.backend} does not verify`);
  }
  return { verified, wrong };
}
