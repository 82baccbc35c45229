import type { CompletedVisit } from "../kinds/kind.ts";
import type { Action } from "../protocol/action.ts";
import type { Execution } from "../protocol/execution.ts";
import type { ChainId } from "../protocol/ids.ts";

/** A visit that has ended, with what its kind needs to prove it. */
export interface RecordedVisit {
  readonly rollup: ChainId;
  readonly completed: CompletedVisit;
}

/** What a simulation saw of one execution, from its trigger to the RESULT that answers it. */
export interface RecordedExecution {
  readonly actions: readonly Action[];
  /** In the order in which the visits begin. */
  readonly visits: readonly RecordedVisit[];
}

/** The execution as it is posted. */
export function toExecution({ actions, visits }: RecordedExecution): Execution {
  return {
    actions,
    visits: visits.map(({ rollup, completed }) => ({
      rollup,
      rootBefore: completed.rootBefore,
      rootAfter: completed.rootAfter,
    })),
    marks: [],
  };
}
