import { readBinaryFile } from "../keys/binary-file.ts";
import { ELEMENT_BYTES, readElement } from "../keys/little-endian.ts";
import { fieldElement } from "../../protocol/ids.ts";
import type { PublicInputs } from "../../protocol/fingerprint.ts";
import type { Backend, UnverifiedProof } from "../backends/backend.ts";
import type { CircuitJob } from "../circuit-job.ts";
import { ProofFailedError } from "../errors.ts";
import type { LoadedCircuit } from "../load-circuit.ts";
import type { ProverResult } from "../prover.ts";
import type { WitnessThreads } from "../threads/threads.ts";
import { JobWitness } from "./job-witness.ts";
import { type Made, type Work, WrongResult } from "./work.ts";

/** A proof under a key without committed wires. */
export class ProofWork implements Work<ProverResult> {
  readonly circuit: string;
  readonly constraints: number;
  readonly step = "proof";
  readonly #job: CircuitJob;
  readonly #publicNames: readonly string[];
  readonly #threads: WitnessThreads;
  readonly #witness: JobWitness;

  /** @param signal fires when it is no longer wanted. */
  constructor(job: CircuitJob, loaded: LoadedCircuit, threads: WitnessThreads, signal: AbortSignal) {
    this.circuit = job.circuit;
    this.constraints = loaded.constraints;
    this.#job = job;
    this.#publicNames = loaded.publicSignals;
    this.#threads = threads;
    this.#witness = new JobWitness(threads, job.circuit, job.input, signal);
  }

  prepare(): Promise<unknown> {
    return this.#witness.get();
  }

  async run(backend: Backend, signal: AbortSignal): Promise<Made<ProverResult>> {
    const witness = async () => (await this.#witness.get()).witness;
    const unverified = await backend.prove({ ...this.#job, witness }, signal);
    const { proof, proveMilliseconds } = unverified;
    const verify = async (): Promise<ProverResult> => {
      const publicInputs = await this.#verified(unverified);
      const witnessMilliseconds =
        unverified.witnessMilliseconds ?? (await this.#witness.ifComputed())?.milliseconds ?? 0;
      return { proof, publicInputs, witnessMilliseconds, proveMilliseconds, backend: backend.name };
    };
    return { milliseconds: proveMilliseconds, verify };
  }

  /** What the proof states, once it has been verified and states what the job asks for. */
  async #verified(unverified: UnverifiedProof): Promise<PublicInputs> {
    const { circuit, input, commitment } = this.#job;
    const { publicSignals } = unverified;
    const isAsked =
      publicSignals.length === this.#publicNames.length &&
      publicSignals[0] === commitment &&
      this.#publicNames.every((name, index) => {
        const given = input[name];
        return typeof given !== "bigint" || given === publicSignals[index];
      });
    if (isAsked && (await this.#threads.verify(circuit, unverified))) {
      const [, challenge = 0n, evaluation = 0n] = publicSignals;
      return { commitment, challenge: fieldElement(challenge), evaluation: fieldElement(evaluation) };
    }
    await this.#assertSound();
    throw new WrongResult(isAsked ? "the proof does not verify" : "the proof is of another statement");
  }

  /**
   * No backend can prove a job whose own witness is wrong.
   * @throws {ProofFailedError}
   */
  async #assertSound(): Promise<void> {
    const { circuit, input, commitment } = this.#job;
    const { witness } = await this.#witness.get();
    const wires = readBinaryFile(witness, "wtns", "The witness").section(2);
    const values = this.#publicNames.map((_, index) => readElement(wires, (index + 1) * ELEMENT_BYTES));
    if (values[0] !== commitment)
      throw new ProofFailedError(circuit, `its commitment is ${values[0]} and not the job's, ${commitment}`);
    for (const [index, name] of this.#publicNames.entries()) {
      const given = input[name];
      if (typeof given === "bigint" && given !== values[index])
        throw new ProofFailedError(circuit, `public signal ${name} is not the input's`);
    }
    const violated = await this.#threads.violatedConstraint(circuit, witness);
    if (violated !== undefined)
      throw new ProofFailedError(circuit, `the witness violates constraint ${violated}`);
  }
}
