import type { CompletedVisit } from "../../kinds/kind.ts";
import type { Action } from "../../protocol/action.ts";
import { type Execution, type Mark, MarkKind } from "../../protocol/execution.ts";
import type { ChainId } from "../../protocol/ids.ts";
import type { Branch, RecordedAction, VisitHandle } from "./tree.ts";
import { type Resume, walkExecution, type WalkedVisit } from "../../protocol/execution/walk.ts";

/** A visit with what its kind needs to prove it; it may have been abandoned. */
export interface RecordedVisit {
  readonly rollup: ChainId;
  readonly completed: CompletedVisit;
}

/** What a simulation saw of one execution, from its trigger to the RESULTs that answer it. */
export interface RecordedExecution {
  readonly actions: readonly Action[];
  /** In the order in which the visits end or are abandoned. */
  readonly visits: readonly RecordedVisit[];
  readonly marks: readonly Mark[];
}

/**
 * Writes a tree down as a list.
 * @throws {InvalidExecutionError} if what was recorded is no execution.
 */
export function recordExecution(root: Branch): RecordedExecution {
  const { recorded, resumes } = flatten(root);
  const actions = recorded.map(({ action }) => action);
  const { visits, spans } = walkExecution(actions, resumes);
  const marks: Mark[] = [
    ...[...spans].map(([at, to]) => ({ kind: MarkKind.SPAN, at, to })),
    ...resumes.map(({ at, to }) => ({ kind: MarkKind.RESUME, at, to })),
  ];
  return {
    actions,
    visits: visits.map((visit) => recordVisit(visit, recorded)),
    marks: marks.toSorted((a, b) => a.at - b.at || a.kind - b.kind),
  };
}

/** A tree written down as a list, without what has to be hashed, and without its spans. */
export function outlineOf(root: Branch): Pick<RecordedExecution, "actions" | "marks"> {
  const { recorded, resumes } = flatten(root);
  return {
    actions: recorded.map(({ action }) => action),
    marks: resumes.map(({ at, to }) => ({ kind: MarkKind.RESUME, at, to })),
  };
}

/** The visits of a tree, each once, in the order in which they began. */
export function visitsIn(root: Branch): ReadonlySet<VisitHandle> {
  return new Set(flatten(root).recorded.flatMap(({ visits }) => visits));
}

function recordVisit(
  { rollup, places, isAbandoned }: WalkedVisit,
  recorded: readonly RecordedAction[],
): RecordedVisit {
  const own = places
    .map((place) => recorded[place])
    .filter((each): each is RecordedAction => each !== undefined);
  const handle = own.at(-1)?.visits.find((visit) => visit.rollup === rollup);
  if (handle?.completed === undefined) throw new Error(`a visit of rollup ${rollup} was never completed`);
  const { before, completed } = handle;
  const rootBefore = before.root;
  return {
    rollup,
    completed: {
      rootBefore,
      rootAfter: isAbandoned ? rootBefore : completed.rootAfter,
      actions: own.map(({ action }) => action),
      record: completed.record,
    },
  };
}

function flatten(root: Branch): { recorded: RecordedAction[]; resumes: Resume[] } {
  const recorded: RecordedAction[] = [];
  const resumes: Resume[] = [];
  const add = (first: Branch): void => {
    let branch: Branch | undefined = first;
    while (branch !== undefined) {
      recorded.push(...branch.actions);
      const alternatives: readonly Branch[] = branch.next.branches;
      // The last one goes on here, so that depth does not grow with length.
      branch = alternatives.at(-1);
      let at = recorded.length;
      for (const alternative of alternatives.slice(0, -1)) {
        add(alternative);
        resumes.push({ at, to: recorded.length });
        at = recorded.length;
      }
    }
  };
  add(root);
  return { recorded, resumes: resumes.toSorted((a, b) => a.at - b.at) };
}

/** The execution as it is posted. */
export function toExecution({ actions, visits, marks }: RecordedExecution): Execution {
  return {
    actions,
    visits: visits.map(({ rollup, completed }) => ({
      rollup,
      rootBefore: completed.rootBefore,
      rootAfter: completed.rootAfter,
    })),
    marks,
  };
}
