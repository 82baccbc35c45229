import type { Hex } from "viem";
import type { ChainId } from "./protocol/ids.ts";

/** What a builder does, as it does it. Times are in milliseconds. */
export type BuilderEvent =
  | { readonly type: "accepted"; readonly transaction: Hex; readonly rollup?: ChainId }
  | {
      readonly type: "simulated";
      readonly transactions: readonly Hex[];
      readonly executions: number;
      readonly visits: number;
      readonly milliseconds: number;
    }
  | { readonly type: "proving"; readonly circuits: readonly string[]; readonly witnessMilliseconds: number }
  | {
      readonly type: "proven";
      readonly rollup: ChainId;
      readonly circuit: string;
      readonly milliseconds: number;
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
    }
  | { readonly type: "failed"; readonly transaction: Hex; readonly code: string; readonly reason: string };

export type BuilderListener = (event: BuilderEvent) => void;
