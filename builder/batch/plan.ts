import { concatHex, type Hex, keccak256 } from "viem";
import { locateVisits, type LocatedVisit } from "../protocol/execution/check.ts";
import { hashExecution } from "../protocol/execution/encoding.ts";
import { type RecordedExecution, toExecution } from "../simulate/recording/recorded-execution.ts";
import type { BatchContext, CompletedVisit } from "../kinds/kind.ts";
import { ActionKind, hashAction } from "../protocol/action.ts";
import { LockstepError } from "../protocol/errors.ts";
import type { Execution } from "../protocol/execution.ts";
import type { ChainId } from "../protocol/ids.ts";
import { type StatementHeader, VisitStatement } from "../protocol/statement.ts";
import { joinTransactions, type Joining } from "./join-transactions.ts";
import { checkLimits } from "./limits.ts";

/** A kind's account of its visit is not what the list says: a fault of the kind. */
export class VisitMismatchError extends LockstepError {
  constructor(rollup: ChainId) {
    super("VISIT_MISMATCH", `rollup ${rollup.toString()} remembers another visit than was recorded`);
  }
}

/** A visit and what its proof has to say. */
export interface PlannedVisit {
  readonly rollup: ChainId;
  readonly statement: VisitStatement;
  readonly completed: CompletedVisit;
}

/** A batch before it is proven. */
export interface BatchPlan {
  readonly context: BatchContext;
  /** L2 transactions first. */
  readonly executions: readonly Execution[];
  /** The executions' visits, concatenated; each gets a proof of its own. */
  readonly visits: readonly PlannedVisit[];
  /** Equal for two plans exactly if the same executions are in them. */
  readonly executionsHash: Hex;
}

/**
 * Makes a batch of what a simulation recorded.
 * @param joining of which transactions one visit is made.
 * @throws {BatchTooLargeError}, and what {@link locateVisits} throws.
 */
export function planBatch(
  recorded: readonly RecordedExecution[],
  context: BatchContext,
  joining: Joining,
): BatchPlan {
  const byRank = recorded.toSorted((a, b) => rankOf(a) - rankOf(b));
  const ordered = joinTransactions(byRank, joining);
  const executions = ordered.map(toExecution);
  checkLimits(executions);
  const visits = ordered.flatMap((record, index) => {
    const execution = executions[index];
    const located = execution === undefined ? [] : locateVisits(execution);
    return record.visits.map(({ rollup, completed }, at) => {
      if (!isSame(located[at], rollup, completed)) throw new VisitMismatchError(rollup);
      return { rollup, completed, statement: new VisitStatement(headerOf(rollup, context), completed) };
    });
  });
  return { context, executions, visits, executionsHash: keccak256(concatHex(executions.map(hashExecution))) };
}

/** What a statement of the batch begins with. Batches carry no blobs yet. */
function headerOf(rollup: ChainId, { l1ChainId, manager, timestamp }: BatchContext): StatementHeader {
  return { l1ChainId, manager, rollup, timestamp, blobs: 0n };
}

/**
 * L2 transactions come first. Views that their L1 calls make are recorded between them; a later place does
 * them no harm, since views are found by root and L1 knows the table before it runs anything.
 */
function rankOf({ actions }: RecordedExecution): number {
  return actions[0]?.kind === ActionKind.L2TX ? 0 : 1;
}

function isSame(located: LocatedVisit | undefined, rollup: ChainId, completed: CompletedVisit): boolean {
  return (
    located?.rollup === rollup &&
    located.rootBefore === completed.rootBefore &&
    located.rootAfter === completed.rootAfter &&
    located.actions.length === completed.actions.length &&
    located.actions.every((action, at) => {
      const other = completed.actions[at];
      return other === action || (other !== undefined && hashAction(other) === hashAction(action));
    })
  );
}
