import type { Address, Hex } from "viem";
import type { VisitProof } from "../batch/encode.ts";
import { type VisitJob, visitJobs } from "../batch/jobs.ts";
import { maxVerificationGas } from "../batch/limits.ts";
import type { PlannedVisit } from "../batch/plan.ts";
import type { ProofStore } from "../batch/proof-store.ts";
import { type KeyOf, proveVisit, statementKey } from "../batch/prove.ts";
import type { Timings } from "../intake/accepted.ts";
import type { RollupKind } from "../kinds/kind.ts";
import { checkVisit } from "../post/self-check.ts";
import type { Prover } from "../proving/prover.ts";
import type { ChainId } from "../protocol/ids.ts";
import type { BuilderListener } from "./events.ts";
import { Lock } from "./lock.ts";
import { MeasuredProver } from "./measured-prover.ts";

export interface ProofsOptions {
  readonly store: ProofStore;
  readonly prover: Prover;
  readonly kindOf: (rollup: ChainId) => RollupKind;
  readonly keyOf: KeyOf;
  /** The contract on L1 that verifies a rollup's proofs. */
  readonly proofSystemOf: (rollup: ChainId) => Promise<Address>;
  readonly emit: BuilderListener;
}

/** How many are at hand. */
const AT_HAND = 2_000;

/** Bytes of a proof for `contracts/proofs/Groth16ProofSystem.sol`. */
const GROTH16_BYTES = 288;

/** A proof that is being made. */
interface Making {
  readonly circuit: Promise<string>;
  /** @returns milliseconds that it took to check it as a stranger would. */
  readonly done: Promise<number>;
  readonly cancel: AbortController;
  /** How many wait for it. */
  claims: number;
}

/**
 * Makes what batches need proven, and nothing twice: neither what is proven nor what is being proven, for
 * whatever batch. A proof that no batch waits for any more goes on until others are asked for.
 */
export class Proofs {
  readonly #options: ProofsOptions;
  readonly #ready = new Map<Hex, VisitProof>();
  readonly #making = new Map<Hex, Making>();
  /** One check after the other: they are all work of this thread, and so can be timed. */
  readonly #checking = new Lock();

  constructor(options: ProofsOptions) {
    this.#options = options;
  }

  /** Whether some of these are proven already. */
  hasSome(visits: readonly PlannedVisit[]): boolean {
    return visits.some((visit) => this.#ready.has(statementKey(visit)));
  }

  /** Whether nothing is left to prove. */
  hasAll(visits: readonly PlannedVisit[]): boolean {
    return visits.every((visit) => this.#ready.has(statementKey(visit)));
  }

  /** Whether something is left to prove that takes a prover its time. */
  needsProver(visits: readonly PlannedVisit[]): boolean {
    return visits.some(
      (visit) => this.#options.kindOf(visit.rollup).isProven && !this.#ready.has(statementKey(visit)),
    );
  }

  /** The proofs of these visits, in their order, all of which are made. */
  of(visits: readonly PlannedVisit[]): VisitProof[] {
    return visits.map((visit) => this.#ready.get(statementKey(visit))).filter((proof) => proof !== undefined);
  }

  /** As large as the proofs of these visits can be and as expensive as calldata can be, but none. */
  placeholdersFor(visits: readonly PlannedVisit[]): VisitProof[] {
    const { kindOf, keyOf } = this.#options;
    return visits.map(({ rollup }) => {
      const { circuits, proofSize } = kindOf(rollup);
      const [circuit = ""] = circuits;
      const proof: Hex = `0x${"ff".repeat(proofSize?.bytes ?? GROTH16_BYTES)}`;
      return { rollup, verificationKey: keyOf(rollup, circuit), proof };
    });
  }

  /** The most that L1 takes to verify the proofs of these visits. */
  maxGasOf(visits: readonly PlannedVisit[]): bigint {
    const { kindOf } = this.#options;
    const proven = visits.filter(({ rollup }) => kindOf(rollup).isProven);
    const own = proven.map(({ rollup }) => kindOf(rollup).proofSize?.gas).filter((gas) => gas !== undefined);
    const usual = proven.filter(({ rollup }) => kindOf(rollup).proofSize === undefined);
    const rollups = new Set(usual.map(({ rollup }) => rollup));
    const keys = [...rollups].reduce((sum, rollup) => sum + kindOf(rollup).circuits.length, 0);
    const gas = maxVerificationGas(usual.length, Math.min(keys, usual.length));
    return own.reduce((sum, each) => sum + each, gas);
  }

  /**
   * Proves what is not proven yet. Each proof that was made is kept, whatever becomes of the others.
   * @param signal ends the waiting.
   */
  async make(visits: readonly PlannedVisit[], signal: AbortSignal): Promise<Timings> {
    signal.throwIfAborted();
    const missing = visits.filter((visit) => !this.#ready.has(statementKey(visit)));
    if (missing.length === 0) return {};
    const start = performance.now();
    const own = this.#claim(new Map(missing.map((visit) => [statementKey(visit), visit])));
    try {
      const circuits = await Promise.all(own.map(({ circuit }) => circuit));
      const witness = performance.now() - start;
      this.#options.emit({ type: "proving", circuits, witnessMilliseconds: witness });
      const checks = await orAborted(Promise.all(own.map(({ done }) => done)), signal);
      const check = checks.reduce((sum, each) => sum + each, 0);
      return { witness, prove: performance.now() - start - witness, check };
    } finally {
      for (const making of own) making.claims--;
    }
  }

  /** Cancels what is being made. */
  async close(): Promise<void> {
    const all = [...this.#making.values()];
    this.#making.clear();
    for (const { cancel } of all) cancel.abort();
    await Promise.allSettled(all.map(({ done }) => done));
  }

  /** Begins what is not being made yet, and cancels what nothing waits for any more. */
  #claim(visits: ReadonlyMap<Hex, PlannedVisit>): Making[] {
    const fresh = [...visits].filter(([statement]) => !this.#making.has(statement));
    // Records are read at once: the rollups may move on meanwhile.
    const jobs = visitJobs({ visits: fresh.map(([, visit]) => visit) }, this.#options.kindOf);
    for (const [index, [statement]] of fresh.entries()) this.#begin(statement, jobs, index);
    const own = [...visits.keys()].map((statement) => this.#making.get(statement));
    const claimed = own.filter((making) => making !== undefined);
    for (const making of claimed) making.claims++;
    // Provers are not kept busy with it while others need them.
    if (!fresh.some(([, { rollup }]) => this.#options.kindOf(rollup).isProven)) return claimed;
    for (const [statement, { claims, cancel }] of this.#making) {
      if (claims > 0) continue;
      this.#making.delete(statement);
      cancel.abort();
    }
    return claimed;
  }

  #begin(statement: Hex, jobs: Promise<readonly VisitJob[]>, index: number): void {
    const cancel = new AbortController();
    const own = jobs.then((all) => {
      const job = all[index];
      if (job === undefined) throw new TypeError("a visit without a job");
      return job;
    });
    const done = own.then((visit) => this.#prove(statement, visit, cancel.signal));
    const making = { circuit: own.then(({ job }) => job.circuit), done, cancel, claims: 0 };
    const end = (): void => {
      if (this.#making.get(statement) === making) this.#making.delete(statement);
    };
    // What goes wrong is told to those who wait for it.
    making.circuit.catch(() => undefined);
    done.then(end, end);
    this.#making.set(statement, making);
  }

  async #prove(statement: Hex, visit: VisitJob, cancel: AbortSignal): Promise<number> {
    const { store, prover, kindOf, keyOf, proofSystemOf, emit } = this.#options;
    const begun = performance.now();
    const { rollup, job } = visit;
    const verificationKey = keyOf(rollup, job.circuit);
    const kept = await store.get(statement, verificationKey);
    cancel.throwIfAborted();
    const measured = new MeasuredProver(prover);
    const proof =
      kept === undefined
        ? await proveVisit(visit, measured, keyOf, {
            signal: cancel,
            proofSystem: () => proofSystemOf(rollup),
          })
        : { rollup, verificationKey, proof: kept };
    const { made } = measured;
    emit({
      type: "proven",
      rollup,
      statement,
      circuit: job.circuit,
      isProven: kindOf(rollup).isProven,
      ...(made === undefined ? {} : { made }),
      ...(job.about !== undefined && { about: job.about }),
      milliseconds: performance.now() - begun,
    });
    const check = await this.#checking.run(async () => {
      const start = performance.now();
      await checkVisit(visit, kindOf(rollup), proof.proof);
      return performance.now() - start;
    });
    this.#keep(statement, proof);
    // What had not to be proven costs more to keep than to make.
    if (kept === undefined && kindOf(rollup).isProven)
      await store.put(statement, verificationKey, proof.proof);
    return check;
  }

  #keep(statement: Hex, proof: VisitProof): void {
    this.#ready.set(statement, proof);
    for (const oldest of this.#ready.keys()) {
      if (this.#ready.size <= AT_HAND) return;
      this.#ready.delete(oldest);
    }
  }
}

/** Waits for `work`, but not longer than until `signal`. */
async function orAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => {
    reject(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
