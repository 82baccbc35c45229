import type { Backend, BackendJob, UnverifiedProof } from "../../../builder/proving/backends/backend.ts";

/** One call of a scripted backend's `prove`, open until it is answered or failed. */
export class ProofRequest {
  readonly job: BackendJob;
  readonly signal: AbortSignal;
  readonly #outcome = Promise.withResolvers<UnverifiedProof>();

  constructor(job: BackendJob, signal: AbortSignal) {
    this.job = job;
    this.signal = signal;
    // It may fail when its result is no longer waited for.
    this.promise.catch(() => undefined);
  }

  get promise(): Promise<UnverifiedProof> {
    return this.#outcome.promise;
  }

  answer(proof: UnverifiedProof): void {
    this.#outcome.resolve(proof);
  }

  fail(reason: Error): void {
    this.#outcome.reject(reason);
  }
}

/** What a scripted backend does with a request. */
export type Behaviour = (request: ProofRequest, backend: ScriptedBackend) => void;

export interface ScriptedBackendOptions {
  readonly circuits: Iterable<string>;
  /** Default: to leave every request open, for the test to answer. */
  readonly behaviour?: Behaviour;
  /** Default 1. */
  readonly slots?: number;
  /** Default 0. */
  readonly ahead?: number;
  readonly measuredRate?: number | undefined;
  readonly computesWitness?: boolean;
}

/** Makes no proofs, but does with each job what a test says. */
export class ScriptedBackend implements Backend {
  readonly name: string;
  readonly slots: number;
  readonly ahead: number;
  readonly circuits: ReadonlySet<string>;
  readonly measuredRate?: number;
  readonly computesWitness: boolean;
  /** All there have been. */
  readonly requests: ProofRequest[] = [];
  isClosed = false;
  readonly #behaviour: Behaviour;
  readonly #arrivals: PromiseWithResolvers<ProofRequest>[] = [];

  constructor(name: string, options: ScriptedBackendOptions) {
    const { circuits, behaviour = () => undefined, slots = 1, ahead = 0 } = options;
    const { measuredRate, computesWitness = false } = options;
    this.name = name;
    this.slots = slots;
    this.ahead = ahead;
    this.circuits = new Set(circuits);
    if (measuredRate !== undefined) this.measuredRate = measuredRate;
    this.computesWitness = computesWitness;
    this.#behaviour = behaviour;
  }

  /** The request of this number, from 0, once it is there. */
  request(number: number): Promise<ProofRequest> {
    return this.#arrival(number).promise;
  }

  /** Statements of the requests so far. */
  get asked(): bigint[] {
    return this.requests.map(({ job }) => job.commitment);
  }

  prove(job: BackendJob, signal: AbortSignal): Promise<UnverifiedProof> {
    const request = new ProofRequest(job, signal);
    this.#arrival(this.requests.length).resolve(request);
    this.requests.push(request);
    this.#behaviour(request, this);
    return request.promise;
  }

  proveCommitted(): Promise<never> {
    throw new Error("none of its circuits has committed wires");
  }

  /** Fails whatever is open. */
  die(): void {
    for (const request of this.requests) request.fail(new Error("died"));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.die();
  }

  #arrival(number: number): PromiseWithResolvers<ProofRequest> {
    return (this.#arrivals[number] ??= Promise.withResolvers());
  }
}
