import type { Found } from "../found.ts";
import type { Hex } from "../rpc-types.ts";
import type { ChainNames } from "./chain-names.ts";

/** What one rollup did, from the action that found it idle to the one that left it so. */
export interface RollupVisit {
  /** Name of the rollup. */
  readonly rollup: string;
  /** The hash under which the rollup's gateway shows it; undefined where the rollup keeps nothing of it. */
  readonly transactionHash: Hex | undefined;
  readonly rootBefore: Hex;
  readonly rootAfter: Hex;
  /** False: UNPROVEN, L1 took it on trust. */
  readonly proven: boolean;
  /** Whether the rollup's root on L1 moved by it. */
  readonly tookEffect: boolean;
}

/** Where a transaction stands on L1, and what rollups did in it. */
export interface SettledTransaction {
  readonly l1: {
    /** The L1 transaction in which it took effect: its own, or the batch's. */
    readonly transactionHash: Hex;
    readonly blockNumber: bigint;
    readonly blockHash: Hex;
    /** False: it reverted, and nothing that it did counts. */
    readonly success: boolean;
  };
  /** The `postBatch` that served it. */
  readonly batch:
    | {
        readonly transactionHash: Hex;
        readonly gasUsed: bigint;
        /** Seconds. */
        readonly timestamp: bigint;
      }
    | undefined;
  readonly visits: readonly RollupVisit[];
  /** Hashes of all L1 transactions that the batch served. */
  readonly transactions: readonly Hex[];
}

/**
 * Reads what `lockstep_getSettlement` answers.
 * @returns undefined if the transaction is not included, or touches no rollup.
 * @throws {UnexpectedAnswerError}
 */
export function readSettlement(found: Found, names: ChainNames): SettledTransaction | undefined {
  if (!found.isThere) return undefined;
  const l1 = found.at("l1");
  const batch = found.at("batch");
  return {
    l1: {
      transactionHash: l1.at("transactionHash").hex(32),
      blockNumber: l1.at("blockNumber").quantity(),
      blockHash: l1.at("blockHash").hex(32),
      success: l1.at("success").boolean(),
    },
    batch: batch.isThere
      ? {
          transactionHash: batch.at("transactionHash").hex(32),
          gasUsed: batch.at("gasUsed").quantity(),
          timestamp: batch.at("timestamp").quantity(),
        }
      : undefined,
    visits: found
      .at("visits")
      .items()
      .map((visit) => readVisit(visit, names)),
    transactions: found
      .at("transactions")
      .items()
      .map((hash) => hash.hex(32)),
  };
}

function readVisit(visit: Found, names: ChainNames): RollupVisit {
  const hash = visit.at("transactionHash");
  return {
    rollup: names.of(visit.at("rollup").quantity()),
    transactionHash: hash.isThere ? hash.hex(32) : undefined,
    rootBefore: visit.at("rootBefore").hex(32),
    rootAfter: visit.at("rootAfter").hex(32),
    proven: visit.at("proven").boolean(),
    tookEffect: visit.at("tookEffect").boolean(),
  };
}
