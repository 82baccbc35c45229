import type { Backend, UnverifiedProof, WitnessJob } from "../backends/backend.ts";
import type { TrialEvent } from "./options.ts";

export interface TrialOptions {
  /** What proves until then, and goes on. */
  readonly incumbent: Backend;
  readonly challenger: Backend;
  /** Constraints by circuit. */
  readonly constraints: ReadonlyMap<string, number>;
  /** Called once, with the challenger, when it is faster with a circuit: from then on it takes jobs. */
  readonly onFaster: (challenger: Backend) => void;
  readonly listener?: ((event: TrialEvent) => void) | undefined;
}

/**
 * Lets a device prove what a backend on processors has just proven, beside it, and tells of the device only
 * where it was faster: a weak GPU may lose to two cores. Each circuit is tried by itself, on the first
 * witness of it that there is; of two proofs the second counts, since kernels are compiled and keys brought
 * to the device for the first. Proofs of a trial go nowhere. One that fails at a circuit is not tried on it
 * again.
 */
export class Trial {
  /** The incumbent, as it is to be used from now on. */
  readonly watched: Backend;
  readonly #options: TrialOptions;
  readonly #tried = new Set<string>();
  readonly #faster = new Set<string>();
  readonly #rates = new Map<string, number>();
  readonly #stop = new AbortController();
  #last: Promise<void> = Promise.resolve();

  constructor(options: TrialOptions) {
    this.#options = options;
    const { incumbent, challenger } = options;
    this.watched = {
      ...bound(incumbent),
      prove: async (job, signal) => {
        const made = await incumbent.prove(job, signal);
        this.#watch(job, made, (witness, ended) => challenger.prove({ ...job, witness }, ended));
        return made;
      },
      proveCommitted: async (job, signal) => {
        const made = await incumbent.proveCommitted(job, signal);
        this.#watch(job, made, (witness, ended) => challenger.proveCommitted({ ...job, witness }, ended));
        return made;
      },
      close: async () => {
        this.#stop.abort();
        await this.#last;
        await incumbent.close();
        // Where it has joined the pool, the pool closes it too; that is the same as once.
        await challenger.close();
      },
    };
  }

  #watch({ circuit, witness }: WitnessJob, made: UnverifiedProof, again: Again): void {
    if (this.#tried.has(circuit) || !this.#options.challenger.circuits.has(circuit)) return;
    this.#tried.add(circuit);
    // One after the other: two on one device would measure each other.
    this.#last = this.#last.then(async () => {
      const { signal } = this.#stop;
      try {
        signal.throwIfAborted();
        const content = await witness();
        await this.#try(circuit, made.proveMilliseconds, () => again(async () => content, signal));
      } catch (error) {
        // The pool is being closed.
        if (this.#stop.signal.aborted) return;
        const reason = error instanceof Error ? error.message : String(error);
        this.#tell({ type: "trialFailed", backend: this.#options.challenger.name, circuit, reason });
      }
    });
  }

  /** @param against milliseconds that the incumbent took. */
  async #try(circuit: string, against: number, prove: () => Promise<UnverifiedProof>): Promise<void> {
    await prove();
    const { proveMilliseconds: milliseconds } = await prove();
    const isFaster = milliseconds < against;
    const backend = this.#options.challenger.name;
    this.#tell({ type: "tried", backend, circuit, milliseconds, against, isFaster });
    const constraints = this.#options.constraints.get(circuit) ?? 1;
    if (isFaster) this.#admit(circuit, milliseconds / Math.max(1, constraints));
  }

  #tell(event: TrialEvent): void {
    this.#options.listener?.(event);
  }

  #admit(circuit: string, rate: number): void {
    const { challenger, onFaster } = this.#options;
    const isFirst = this.#faster.size === 0;
    this.#faster.add(circuit);
    this.#rates.set(circuit, rate);
    if (isFirst) onFaster({ ...bound(challenger), circuits: this.#faster, measuredRates: this.#rates });
  }
}

/** Proves once more what was proven. */
type Again = (witness: WitnessJob["witness"], signal: AbortSignal) => Promise<UnverifiedProof>;

/** A backend's own members, which may be a class's. */
function bound(backend: Backend): Backend {
  const { name, slots, ahead, circuits, measuredRate, measuredRates, computesWitness } = backend;
  const commit = backend.commit?.bind(backend);
  return {
    name,
    slots,
    circuits,
    ...(ahead === undefined ? {} : { ahead }),
    ...(measuredRate === undefined ? {} : { measuredRate }),
    ...(measuredRates === undefined ? {} : { measuredRates }),
    ...(computesWitness === undefined ? {} : { computesWitness }),
    ...(commit === undefined ? {} : { commit }),
    prove: (job, signal) => backend.prove(job, signal),
    proveCommitted: (job, signal) => backend.proveCommitted(job, signal),
    close: () => backend.close(),
  };
}
