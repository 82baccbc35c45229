import type { Action } from "./action.ts";
import type { ChainId, StateRoot } from "./ids.ts";

/** Kinds of mark, numbered as in `contracts/interfaces/Actions.sol`. */
export const MarkKind = { SPAN: 0, RESUME: 1 } as const;
export type MarkKind = (typeof MarkKind)[keyof typeof MarkKind];

/**
 * A note on an execution's list (docs/spec.md section 1).
 * SPAN: `to` undoings go back to the call at `at`, on the path on which most do.
 * RESUME: `at` and `to` are neighbouring alternatives of one turn of L1.
 */
export interface Mark {
  readonly kind: MarkKind;
  readonly at: number;
  readonly to: number;
}

/**
 * What one rollup does in one execution: from the action that wakes it while idle to the RESULT that makes it
 * idle.
 */
export interface Visit {
  readonly rollup: ChainId;
  readonly rootBefore: StateRoot;
  readonly rootAfter: StateRoot;
}

/**
 * What one trigger causes: the tree of paths that L1 took, depth first, with the visits that rollups made on
 * them, in the order in which those end or are abandoned.
 */
export interface Execution {
  readonly actions: readonly Action[];
  readonly visits: readonly Visit[];
  readonly marks: readonly Mark[];
}
