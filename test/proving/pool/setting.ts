import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import type { PoolEvent, PoolOptions } from "../../../builder/proving/pool/options.ts";
import { ProverPool } from "../../../builder/proving/pool/pool.ts";
import type { ReadyProofs } from "./ready-proofs.ts";

/** Turns of the event loop in which a pool does all that it can do without its threads. */
const TURNS = 5;

/** A pool with what it told. */
export class TestPool implements AsyncDisposable {
  readonly pool: ProverPool;
  readonly events: readonly PoolEvent[];

  private constructor(pool: ProverPool, events: readonly PoolEvent[]) {
    this.pool = pool;
    this.events = events;
  }

  static async open(
    proofs: ReadyProofs,
    backends: PoolOptions["backends"],
    options: Partial<PoolOptions> = {},
  ): Promise<TestPool> {
    const events: PoolEvent[] = [];
    const listener = (event: PoolEvent): void => {
      events.push(event);
    };
    return new TestPool(
      await ProverPool.open({ circuits: proofs.circuits, backends, listener, ...options }),
      events,
    );
  }

  /** Backends of which this was told, in order. */
  eventsOf(type: PoolEvent["type"]): string[] {
    return this.events.filter((event) => event.type === type).map(({ backend }) => backend);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.pool.close();
  }
}

/** Lets the pool do all that it can do at once. */
export async function settle(): Promise<void> {
  for (let count = 0; count < TURNS; count++) await turn();
}

/** Whether nothing has come of it yet. */
export async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol();
  const outcome = promise.catch(() => undefined);
  return (await Promise.race([outcome, settle().then(() => pending)])) === pending;
}

/**
 * Attach it before the job may fail.
 * @returns the error.
 */
export async function failureOf(
  job: Promise<unknown>,
  reason: RegExp,
  code = "PROOF_FAILED",
): Promise<Error> {
  const failure = await job.then(
    () => "no failure",
    (error: unknown) => error,
  );
  expect(failure).to.be.instanceOf(Error);
  expect(failure).to.have.property("code", code);
  expect(failure).to.have.property("message").that.matches(reason);
  return failure instanceof Error ? failure : new TypeError("no error");
}
