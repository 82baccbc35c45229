import { readFile, writeFile } from "node:fs/promises";
import type * as snarkjs from "snarkjs";
import type { Artefacts } from "../../builder/proving/circuits/artefacts.ts";
import { readBinaryFile } from "../../builder/proving/keys/binary-file.ts";
import type { CircuitInput, CircuitJob } from "../../builder/proving/circuit-job.ts";
import type { Groth16Proof } from "../../builder/proving/prover.ts";
import { fieldElement } from "../../builder/protocol/ids.ts";

/** Of the test circuit `bits`: 24 = 3·2³, and 21 in bits. */
export const BITS_INPUT = {
  commitment: 3n,
  challenge: 2n,
  evaluation: 24n,
  word: 21n,
  bits: [1n, 0n, 1n, 0n, 1n],
} satisfies CircuitInput;
export const BITS_JOB: CircuitJob = { circuit: "bits", input: BITS_INPUT, commitment: fieldElement(3n) };
/** What a proof of {@link BITS_JOB} states. */
export const BITS_PUBLIC_INPUTS = { commitment: 3n, challenge: 2n, evaluation: 24n };

/** Writes a copy of the proving key that looks sound but makes wrong proofs. */
export async function writeDamagedKey({ zkey }: Artefacts, path: string): Promise<void> {
  const bytes = await readFile(zkey);
  const quotient = readBinaryFile(bytes, "zkey", "key").section(9);
  // Every quotient point is the first one: all on the curve, but of another key.
  for (let offset = 64; offset < quotient.length; offset += 64) quotient.copyWithin(offset, 0, 64);
  await writeFile(path, bytes);
}

export function toSnarkjsProof({ a, b, c }: Groth16Proof): snarkjs.Groth16Proof {
  const [[x1, x0], [y1, y0]] = b;
  return {
    pi_a: [String(a[0]), String(a[1]), "1"],
    pi_b: [
      [String(x0), String(x1)],
      [String(y0), String(y1)],
      ["1", "0"],
    ],
    pi_c: [String(c[0]), String(c[1]), "1"],
    protocol: "groth16",
    curve: "bn128",
  };
}
