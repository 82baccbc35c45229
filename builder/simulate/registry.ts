import { decodeFunctionResult, encodeFunctionResult, type Hex } from "viem";
import { rootHex } from "../execution/encoding.ts";
import type { RollupMachine } from "../kinds/kind.ts";
import { rollupsAbi } from "../protocol/abi.ts";
import type { ChainId } from "../protocol/ids.ts";
import type { EtherBook } from "./ether.ts";
import { SimulationRefusedError } from "./refusal.ts";
import type { Trace } from "./trace.ts";

export interface RegistryOptions {
  readonly machines: ReadonlyMap<ChainId, RollupMachine>;
  readonly ether: EtherBook;
  readonly trace: Trace;
  /** Timestamp of the batch, seconds. */
  readonly timestamp: bigint;
}

/** The timestamp of a rollup was read as it is before the batch, and then the batch turned out to visit the rollup. */
export class TimestampReadTooEarly extends Error {
  readonly rollup: ChainId;

  constructor(rollup: ChainId) {
    super(`the timestamp of rollup ${rollup} was read before its first visit`);
    this.rollup = rollup;
  }
}

const ROLLUP_OF = { abi: rollupsAbi, functionName: "rollupOf" } as const;

/**
 * What `Rollups.rollupOf` answers in the middle of a transaction, when roots and balances are no longer those of the head.
 * `postBatch` gives every rollup of the batch its timestamp before any transaction runs, so an answer may depend on what
 * comes later: then the transaction is played again, with that known.
 */
export class Registry {
  readonly #options: RegistryOptions;
  /** Rollups that the transaction is taken to visit. */
  #assumed: ReadonlySet<ChainId> = new Set();
  /** Rollups whose old timestamp the transaction was told. */
  #told = new Set<ChainId>();
  /** The same, of transactions before it. */
  readonly #toldBefore = new Set<ChainId>();

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /** A transaction begins. @param assumed rollups that it visits. */
  begin(assumed: ReadonlySet<ChainId>): void {
    this.#assumed = assumed;
    this.#told = new Set();
  }

  /** The transaction is kept. @throws {SimulationRefusedError} `UNSTABLE_READ` if it did not visit what it was taken to. */
  finish(): void {
    for (const rollup of this.#assumed) if (!this.#options.trace.hasVisited(rollup)) throw unstable(rollup);
    for (const rollup of this.#told) this.#toldBefore.add(rollup);
  }

  /** A visit begins. @throws {TimestampReadTooEarly} or {SimulationRefusedError} `UNSTABLE_READ`. */
  visit(rollup: ChainId): void {
    if (this.#toldBefore.has(rollup)) throw unstable(rollup);
    if (this.#told.has(rollup)) throw new TimestampReadTooEarly(rollup);
  }

  /**
   * @param answer what `rollupOf` returns on the head.
   * @returns what it will return on L1 at this point.
   * @throws {SimulationRefusedError} `SUSPENDED_ROLLUP_READ`.
   */
  rollupOf(rollup: ChainId, answer: Hex): Hex {
    const { machines, ether, trace, timestamp } = this.#options;
    const machine = machines.get(rollup);
    if (machine === undefined) return answer;
    if (machine.suspended) {
      const message = `rollupOf(${rollup}) is read while the rollup waits for the result of its own call`;
      throw new SimulationRefusedError("SUSPENDED_ROLLUP_READ", message);
    }
    const isVisited = trace.hasVisited(rollup) || this.#assumed.has(rollup);
    if (!isVisited) this.#told.add(rollup);
    const before = decodeFunctionResult({ ...ROLLUP_OF, data: answer });
    return encodeFunctionResult({
      ...ROLLUP_OF,
      result: {
        ...before,
        root: rootHex(machine.stateRoot()),
        etherBalance: ether.balanceOf(rollup),
        lastTimestamp: isVisited ? timestamp : before.lastTimestamp,
      },
    });
  }
}

function unstable(rollup: ChainId): SimulationRefusedError {
  const message = `what rollupOf(${rollup}) answers depends on what comes later in the batch; send the transaction again`;
  return new SimulationRefusedError("UNSTABLE_READ", message);
}
