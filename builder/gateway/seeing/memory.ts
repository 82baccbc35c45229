import type { Hex } from "viem";
import type { ActivityFailure, ProofProgress, UnixMilliseconds } from "lockstep-client/rpc-types";
import type { ChainId } from "../../protocol/ids.ts";
import type { Backend, BuilderEvent } from "../backend.ts";
import { provenProgress } from "./shown-event.ts";

/** What is remembered of a transaction that the builder took on. */
export interface Remembered {
  readonly hash: Hex;
  /** The rollup that it was signed for; none for one of L1. */
  readonly rollup: ChainId | undefined;
  /** Raw, as long as it waited when it was seen. */
  readonly raw: Hex | undefined;
  readonly acceptedAt: UnixMilliseconds;
  /** When it came to its latest state. */
  at: UnixMilliseconds;
  state: "queued" | "proving" | "retrying" | "posted" | "failed";
  reason: string | undefined;
  rollups: readonly ChainId[];
  simulateMilliseconds: number | undefined;
  /** What has to be proven for its batch. */
  statements: readonly Hex[];
  postMilliseconds: number | undefined;
  checkMilliseconds: number | undefined;
  includedAt: UnixMilliseconds | undefined;
  blockNumber: bigint | undefined;
  batch: Hex | undefined;
  readonly retries: { readonly at: UnixMilliseconds; readonly reason: string }[];
  readonly prerequisites: { readonly what: string; readonly gas: bigint; readonly transaction: Hex }[];
}

/** How much is remembered. */
const TRANSACTIONS = 1_000;
const PROOFS = 4_000;
const FAILURES = 200;
const RETRIES = 16;

/** What a builder did lately, by its events. A new process remembers nothing. */
export class BuilderMemory implements Disposable {
  readonly #builder: Pick<Backend, "pending">;
  readonly #end: () => void;
  readonly #transactions = new Map<Hex, Remembered>();
  readonly #proofs = new Map<Hex, ProofProgress>();
  #failures: ActivityFailure[] = [];
  #lastSettlement: { readonly blockNumber: bigint; readonly at: UnixMilliseconds } | undefined;

  constructor(builder: Pick<Backend, "listen" | "pending">) {
    this.#builder = builder;
    this.#end = builder.listen((event) => {
      this.#take(event, Date.now());
    });
  }

  /** Nothing for one that is not remembered. */
  transaction(hash: Hex): Remembered | undefined {
    return this.#transactions.get(hash);
  }

  /** The latest first. */
  transactions(limit: number): Remembered[] {
    return [...this.#transactions.values()].slice(-limit).toReversed();
  }

  /** The latest first. */
  failures(limit: number): readonly ActivityFailure[] {
    return this.#failures.slice(-limit).toReversed();
  }

  /** The proofs of a transaction's batch, as far as they are made. */
  proofsOf({ statements }: Remembered): ProofProgress[] {
    return statements.flatMap((statement) => this.#proofs.get(statement) ?? []);
  }

  get lastSettlement(): { readonly blockNumber: bigint; readonly at: UnixMilliseconds } | undefined {
    return this.#lastSettlement;
  }

  [Symbol.dispose](): void {
    this.#end();
  }

  #take(event: BuilderEvent, at: UnixMilliseconds): void {
    switch (event.type) {
      case "accepted":
        this.#accept(event.transaction, event.rollup, at);
        return;
      case "simulated":
        for (const one of this.#those(event.transactions, "proving", at)) {
          one.simulateMilliseconds = event.milliseconds;
          one.statements = event.statements;
          one.rollups = [...(event.rollups.get(one.hash) ?? one.rollups)];
        }
        return;
      case "proven":
        keep(this.#proofs, event.statement, provenProgress(event), PROOFS);
        return;
      case "prerequisiteMet":
        for (const one of this.#transactions.values())
          if (one.includedAt === undefined && one.rollups.includes(event.rollup))
            one.prerequisites.push(event);
        return;
      case "retrying":
        for (const one of this.#those(event.transactions, "retrying", at)) {
          one.reason = event.reason;
          if (one.retries.push({ at, reason: event.reason }) > RETRIES) one.retries.shift();
        }
        return;
      case "posted":
        if (event.batch !== undefined) this.#lastSettlement = { blockNumber: event.blockNumber, at };
        for (const one of this.#those(event.transactions, "posted", at)) {
          one.postMilliseconds = event.milliseconds;
          one.checkMilliseconds = event.checkMilliseconds;
          one.includedAt = at;
          one.blockNumber = event.blockNumber;
          one.batch = event.batch;
        }
        return;
      case "reorganised":
        for (const one of this.#those(event.transactions, "queued", at)) {
          one.includedAt = one.blockNumber = one.batch = undefined;
        }
        return;
      case "failed": {
        const { transaction: hash, code, reason } = event;
        this.#failures = [...this.#failures, { hash, code, reason, at }].slice(-FAILURES);
        for (const one of this.#those([hash], "failed", at)) {
          one.reason = reason;
          one.includedAt = one.blockNumber = one.batch = undefined;
        }
        return;
      }
      case "warned":
      case "proving":
      case "mismatch":
      case "selfCheckFailed":
      case "stopped":
      case "resumed":
    }
  }

  #accept(hash: Hex, rollup: ChainId | undefined, at: UnixMilliseconds): void {
    this.#transactions.delete(hash);
    const accepted: Remembered = {
      hash,
      rollup,
      raw: this.#builder.pending(hash)?.data,
      acceptedAt: at,
      at,
      state: "queued",
      reason: undefined,
      rollups: rollup === undefined ? [] : [rollup],
      simulateMilliseconds: undefined,
      statements: [],
      postMilliseconds: undefined,
      checkMilliseconds: undefined,
      includedAt: undefined,
      blockNumber: undefined,
      batch: undefined,
      retries: [],
      prerequisites: [],
    };
    keep(this.#transactions, hash, accepted, TRANSACTIONS);
  }

  /** Those that are remembered, in a new state. */
  #those(hashes: readonly Hex[], state: Remembered["state"], at: UnixMilliseconds): Remembered[] {
    return hashes.flatMap((hash) => {
      const one = this.#transactions.get(hash);
      if (one === undefined) return [];
      one.state = state;
      one.reason = undefined;
      one.at = at;
      return [one];
    });
  }
}

/** Keeps the newest. */
function keep<Key, Value>(map: Map<Key, Value>, key: Key, value: Value, most: number): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}
