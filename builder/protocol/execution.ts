import type { Action } from "./action.ts";
import type { ChainId, StateRoot } from "./ids.ts";

/** Kinds of mark, numbered as in `contracts/protocol/Actions.sol`. */
export const MarkKind = { SPAN: 0, RESUME: 1 } as const;
export type MarkKind = (typeof MarkKind)[keyof typeof MarkKind];

/**
 * A note on an execution's list for the cursor.
 * SPAN: the actions `[at, to)` are undone at `to`. RESUME: after an undone L1 frame the cursor goes from `at` to `to`.
 */
export interface Mark {
  readonly kind: MarkKind;
  readonly at: number;
  readonly to: number;
}

/** What one rollup does in one execution: from the action that wakes it while idle to the RESULT that makes it idle. */
export interface Visit {
  readonly rollup: ChainId;
  readonly rootBefore: StateRoot;
  readonly rootAfter: StateRoot;
}

/** The ordered actions that one trigger causes, with the visits they make, in the order in which the visits begin. */
export interface Execution {
  readonly actions: readonly Action[];
  readonly visits: readonly Visit[];
  readonly marks: readonly Mark[];
}
