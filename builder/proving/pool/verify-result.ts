import { readBinaryFile } from "../keys/binary-file.ts";
import { ELEMENT_BYTES, readElement } from "../keys/little-endian.ts";
import { fieldElement } from "../../protocol/ids.ts";
import type { PublicInputs } from "../../protocol/fingerprint.ts";
import type { UnverifiedProof } from "../backends/backend.ts";
import { ProofFailedError } from "../errors.ts";
import type { WitnessThreads } from "../threads/threads.ts";
import type { Ticket } from "./ticket.ts";

/** A proof that does not verify, or of something else, though the job is sound. */
export class WrongProof extends Error {}

/**
 * What a proof states, once it has been verified and states what the job asks for.
 * @throws {WrongProof} when the backend is to blame; {ProofFailedError} when the job is.
 */
export async function verifyResult(
  ticket: Ticket,
  unverified: UnverifiedProof,
  publicNames: readonly string[],
  threads: WitnessThreads,
): Promise<PublicInputs> {
  const { circuit, input, commitment } = ticket.job;
  const { publicSignals } = unverified;
  const isAsked =
    publicSignals.length === publicNames.length &&
    publicSignals[0] === commitment &&
    publicNames.every((name, index) => {
      const given = input[name];
      return typeof given !== "bigint" || given === publicSignals[index];
    });
  if (isAsked && (await threads.verify(circuit, unverified))) {
    const [, challenge = 0n, evaluation = 0n] = publicSignals;
    return { commitment, challenge: fieldElement(challenge), evaluation: fieldElement(evaluation) };
  }
  await assertJobIsSound(ticket, publicNames, threads);
  throw new WrongProof(isAsked ? "the proof does not verify" : "the proof is of another statement");
}

/**
 * No backend can prove a job whose own witness is wrong.
 * @throws {ProofFailedError}
 */
async function assertJobIsSound(
  ticket: Ticket,
  publicNames: readonly string[],
  threads: WitnessThreads,
): Promise<void> {
  const { circuit, input, commitment } = ticket.job;
  const { witness } = await ticket.witness();
  const wires = readBinaryFile(witness, "wtns", "The witness").section(2);
  const values = publicNames.map((_, index) => readElement(wires, (index + 1) * ELEMENT_BYTES));
  if (values[0] !== commitment)
    throw new ProofFailedError(circuit, `its commitment is ${values[0]} and not the job's, ${commitment}`);
  for (const [index, name] of publicNames.entries()) {
    const given = input[name];
    if (typeof given === "bigint" && given !== values[index])
      throw new ProofFailedError(circuit, `public signal ${name} is not the input's`);
  }
  const violated = await threads.violatedConstraint(circuit, witness);
  if (violated !== undefined)
    throw new ProofFailedError(circuit, `the witness violates constraint ${violated}`);
}
