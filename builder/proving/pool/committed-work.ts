import { readBinaryFile } from "../keys/binary-file.ts";
import { ELEMENT_BYTES, readElement } from "../keys/little-endian.ts";
import type { Backend, UnverifiedProof } from "../backends/backend.ts";
import type { CircuitInput, CircuitValue, CommittedJob } from "../circuit-job.ts";
import { ProofFailedError, WrongCommitmentError } from "../errors.ts";
import type { CommittedProof, CommittedResult } from "../prover.ts";
import type { WitnessThreads } from "../threads/threads.ts";
import type { CommittingCircuit } from "./committing-circuit.ts";
import { JobWitness } from "./job-witness.ts";
import { type Made, type Work, WrongResult } from "./work.ts";

/** A, B and C of a proof under a key with committed wires, whose D was made before. */
export class CommittedWork implements Work<CommittedResult> {
  readonly circuit: string;
  readonly constraints: number;
  readonly step = "proof";
  readonly holder: string;
  readonly #job: CommittedJob;
  readonly #committing: CommittingCircuit;
  readonly #threads: WitnessThreads;
  readonly #witness: JobWitness;

  /** @param signal fires when it is no longer wanted. */
  constructor(
    job: CommittedJob,
    committing: CommittingCircuit,
    threads: WitnessThreads,
    signal: AbortSignal,
  ) {
    this.circuit = job.circuit;
    this.constraints = committing.constraints;
    this.holder = job.commitment.backend;
    this.#job = job;
    this.#committing = committing;
    this.#threads = threads;
    this.#witness = new JobWitness(threads, job.circuit, { ...job.trace, ...job.drawn }, signal);
  }

  prepare(): Promise<unknown> {
    return this.#witness.get();
  }

  async run(backend: Backend, signal: AbortSignal): Promise<Made<CommittedResult>> {
    const { circuit, trace, drawn, commitment } = this.#job;
    const { d } = commitment;
    const witness = async () => (await this.#witness.get()).witness;
    const assertCommitment = () => this.#assertCommitment();
    const given = { circuit, trace, drawn, d, witness, assertCommitment };
    const unverified = await backend.proveCommitted(given, signal);
    const { publicSignals, proveMilliseconds } = unverified;
    const verify = async (): Promise<CommittedResult> => {
      const proof = { ...unverified.proof, d };
      await this.#assertRight({ ...unverified, proof });
      const witnessMilliseconds =
        unverified.witnessMilliseconds ?? (await this.#witness.ifComputed())?.milliseconds ?? 0;
      return { proof, publicSignals, witnessMilliseconds, proveMilliseconds, backend: backend.name };
    };
    return { milliseconds: proveMilliseconds, verify };
  }

  /**
   * A backend that changed the trace in both steps alike gives a proof that verifies, of another statement:
   * the outputs show it. They are compared with the witness' where that was computed on this machine. Where
   * it was not, the commitment is made again, which costs less: with the challenge it decides the outputs.
   */
  async #assertRight(unverified: UnverifiedProof & { readonly proof: CommittedProof }): Promise<void> {
    const computed = await this.#witness.ifComputed();
    const isAsked =
      this.#hasPublicInputs(unverified.publicSignals) &&
      (computed === undefined ||
        this.#signalsOf(computed.witness).join() === unverified.publicSignals.join());
    if (
      isAsked &&
      (await this.#threads.verify(this.circuit, unverified)) &&
      (computed !== undefined || (await this.#isOurCommitment()))
    )
      return;
    await this.#assertSound();
    throw new WrongResult(isAsked ? "the proof does not verify" : "the proof is of another statement");
  }

  /** Public inputs stand behind the outputs, which no input has. */
  #hasPublicInputs(publicSignals: readonly bigint[]): boolean {
    const { publicCount, publicNames } = this.#committing;
    const input: CircuitInput = { ...this.#job.trace, ...this.#job.drawn };
    const given = publicNames.flatMap((name) => valuesOf(input[name] ?? []));
    const first = publicCount - given.length;
    return (
      publicSignals.length === publicCount &&
      given.every((value, index) => publicSignals[first + index] === value)
    );
  }

  /**
   * Neither a backend's proof nor another attempt at it helps where these are wrong.
   * @throws {WrongCommitmentError}, {ProofFailedError}.
   */
  async #assertSound(): Promise<void> {
    const { witness } = await this.#witness.get();
    if (!this.#hasTrace(witness)) throw new ProofFailedError(this.circuit, "the trace has changed");
    await this.#assertCommitment();
    const violated = await this.#threads.violatedConstraint(this.circuit, witness);
    if (violated !== undefined)
      throw new ProofFailedError(this.circuit, `the witness violates constraint ${violated}`);
  }

  async #assertCommitment(): Promise<void> {
    if (!(await this.#isOurCommitment())) throw new WrongCommitmentError(this.circuit);
  }

  async #isOurCommitment(): Promise<boolean> {
    const { trace, commitment } = this.#job;
    const { d } = await this.#threads.commit(this.circuit, this.#committing.valuesOf(trace));
    return d.join() === commitment.d.join();
  }

  /** Wires are numbered one, public ones, committed ones, others. */
  #hasTrace(witness: Uint8Array): boolean {
    const values = this.#committing.valuesOf(this.#job.trace);
    const from = (1 + this.#committing.publicCount) * ELEMENT_BYTES;
    const wires = readBinaryFile(witness, "wtns", "The witness").section(2);
    return Buffer.compare(wires.subarray(from, from + values.length), values) === 0;
  }

  #signalsOf(witness: Uint8Array): bigint[] {
    const wires = readBinaryFile(witness, "wtns", "The witness").section(2);
    return Array.from({ length: this.#committing.publicCount }, (_, index) =>
      readElement(wires, (index + 1) * ELEMENT_BYTES),
    );
  }
}

function valuesOf(value: CircuitValue): bigint[] {
  return typeof value === "bigint" ? [value] : value.flatMap(valuesOf);
}
