import type { Hex } from "viem";
import type { Hash } from "../../../../circuits/bus/evaluate.ts";
import type { Action } from "../../../protocol/action.ts";
import type { RollupProxies } from "../../../proving/bus/proxies.ts";
import type { Tables } from "./tables.ts";
import type { TraceRow } from "./trace-row.ts";

/** What the `cursor` tuple says. */
export interface Cursor {
  readonly index: bigint;
  readonly number: bigint;
  readonly time: bigint;
  readonly context: bigint;
}

/** An action that comes in, and where the visit is then. */
export interface Operation {
  readonly action: Action;
  /** What the rollup answers. */
  readonly answer: Action;
  readonly cursor: Cursor;
  /** What the statement says to each frame. */
  readonly statement: { readonly timestamp: bigint; readonly number: bigint; readonly chainId: bigint };
  readonly tables: Tables;
  /** Codes of the accounts that the visit touches. */
  readonly codes: readonly Hex[];
  readonly proxies: RollupProxies;
  readonly hash: Hash;
}

export interface TracedOperation {
  readonly rows: readonly TraceRow[];
  readonly codes: readonly { readonly slot: bigint; readonly code: Hex }[];
  /** Where the visit is then. */
  readonly end: Cursor;
  /** Whether what the operation did lasts. */
  readonly keeps: boolean;
}
