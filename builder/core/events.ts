import type { Hex } from "viem";
import type { Stop } from "../follower/stopped.ts";
import type { SelfCheckFault } from "../post/self-check.ts";
import type { ErrorCode } from "../protocol/errors.ts";
import type { ChainId } from "../protocol/ids.ts";
import type { ProofsMade } from "./measured-prover.ts";

/** What a builder does, as it does it. Times are in milliseconds. */
export type BuilderEvent =
  | { readonly type: "accepted"; readonly transaction: Hex; readonly rollup?: ChainId }
  | {
      readonly type: "simulated";
      readonly transactions: readonly Hex[];
      readonly executions: number;
      readonly visits: number;
      /** The rollups that each of the transactions visits. */
      readonly rollups: ReadonlyMap<Hex, ReadonlySet<ChainId>>;
      /** What has to be proven for them: names of statements. */
      readonly statements: readonly Hex[];
      readonly milliseconds: number;
    }
  | {
      /** What the transaction does is allowed, and hardly meant. */
      readonly type: "warned";
      readonly transaction: Hex;
      /** In words. */
      readonly warnings: readonly string[];
    }
  | { readonly type: "proving"; readonly circuits: readonly string[]; readonly witnessMilliseconds: number }
  | {
      readonly type: "proven";
      readonly rollup: ChainId;
      /** Name of what is proven. */
      readonly statement: Hex;
      readonly circuit: string;
      /** False: UNPROVEN, it is taken on trust. */
      readonly isProven: boolean;
      /** By what; absent if nothing had to be made. */
      readonly made?: ProofsMade;
      /** How large the proof was, in words, if its kind says so. */
      readonly about?: string;
      readonly milliseconds: number;
    }
  | {
      /** A rollup's proof system on L1 was told what it needs to verify the next proofs. */
      readonly type: "prerequisiteMet";
      readonly rollup: ChainId;
      /** In words. */
      readonly what: string;
      readonly transaction: Hex;
      readonly gas: bigint;
    }
  | { readonly type: "retrying"; readonly transactions: readonly Hex[]; readonly reason: string }
  | {
      readonly type: "posted";
      /** Transaction of `postBatch`; absent if nothing had to be proven. */
      readonly batch?: Hex;
      readonly batchGas?: bigint;
      readonly transactions: readonly Hex[];
      readonly blockNumber: bigint;
      readonly milliseconds: number;
      /** What it took to check as a stranger would what was posted. */
      readonly checkMilliseconds: number;
    }
  | {
      readonly type: "mismatch";
      /** The first that the L1 node makes something else of; absent if it is the batch. */
      readonly transaction?: Hex;
      readonly simulated: OutcomeReport;
      readonly node: OutcomeReport;
    }
  | ({
      /** What was about to be posted does not pass a check that a follower of L1 could make. */
      readonly type: "selfCheckFailed";
      readonly transaction?: Hex;
    } & SelfCheckFault)
  | ({
      /** The rollup cannot be followed from L1 and stands still. */
      readonly type: "stopped";
      readonly message: string;
    } & Stop)
  | { readonly type: "resumed"; readonly rollup: ChainId }
  | {
      /** These were posted, and L1 holds them no longer: they wait again. */
      readonly type: "reorganised";
      readonly transactions: readonly Hex[];
    }
  | { readonly type: "failed"; readonly transaction: Hex; readonly code: ErrorCode; readonly reason: string };

/** What a transaction did, in words. */
export interface OutcomeReport {
  readonly success: boolean;
  /** Return or revert data. */
  readonly data: Hex;
  readonly failure?: string;
  /** Its frames, a line each; empty if they were not recorded. */
  readonly trace: readonly string[];
}

export type BuilderListener = (event: BuilderEvent) => void;
