import type { Hex } from "viem";
import type { BuilderEvent } from "../../core/events.ts";
import type { ProverResult } from "../../proving/prover.ts";
import type { Devnet } from "../../devnet/devnet.ts";

/** Milliseconds of one proof: the circuit's witness, then the proof itself. */
export type ProofTime = Pick<ProverResult, "witnessMilliseconds" | "proveMilliseconds">;

/** How one batch came about; times in milliseconds. */
export interface BatchTiming {
  readonly simulate: number;
  readonly proofs: readonly ProofTime[];
  readonly post: number;
}

/** Remembers how each batch came about, by its transactions. The builder makes one batch at a time. */
export class BatchTimings implements Disposable {
  readonly #timings = new Map<Hex, BatchTiming>();
  readonly #stop: readonly (() => void)[];
  #simulate = 0;
  #proofs: ProofTime[] = [];

  constructor({ builder, prover }: Pick<Devnet, "builder" | "prover">) {
    this.#stop = [
      builder.listen((event) => {
        this.#take(event);
      }),
      prover.listen((result) => {
        this.#proofs.push(result);
      }),
    ];
  }

  /** @param transaction what the builder accepted, or the L1 transaction that posted the batch. */
  timingOf(transaction: Hex): BatchTiming | undefined {
    return this.#timings.get(transaction);
  }

  [Symbol.dispose](): void {
    for (const stop of this.#stop) stop();
  }

  #take(event: BuilderEvent): void {
    if (event.type === "simulated") {
      this.#simulate = event.milliseconds;
      this.#proofs = [];
    } else if (event.type === "posted") {
      const timing = { simulate: this.#simulate, proofs: this.#proofs, post: event.milliseconds };
      for (const hash of event.transactions) this.#timings.set(hash, timing);
      if (event.batch !== undefined) this.#timings.set(event.batch, timing);
    }
  }
}
