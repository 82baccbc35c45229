import type { Action } from "../action.ts";
import { type Execution, type Mark, MarkKind, type Visit } from "../execution.ts";
import type { ChainId, StateRoot } from "../ids.ts";
import type { StatementVisit } from "../statement.ts";
import { InvalidExecutionError } from "./errors.ts";
import { type Resume, walkExecution, type Walked } from "./walk.ts";

/** A visit with the actions that the list gives it. */
export interface LocatedVisit extends StatementVisit {
  readonly rollup: ChainId;
}

/**
 * Finds the actions of each visit, in the order of `visits`.
 * @throws {InvalidExecutionError} if it is no execution.
 */
export function locateVisits(execution: Execution): LocatedVisit[] {
  const walked = checkExecution(execution);
  return walked.visits.map((_, index) => locate(execution, walked, index));
}

/**
 * The visits that took effect on the path to an ending, in order.
 * @throws {InvalidExecutionError}
 */
export function effectiveVisits(execution: Execution, ending: number): LocatedVisit[] {
  const walked = checkExecution(execution);
  const end = walked.endings[ending];
  if (end === undefined)
    throw new InvalidExecutionError(execution.actions.length, `there is no ending ${ending}`);
  return end.visits.map((index) => locate(execution, walked, index));
}

function locate({ actions, visits }: Execution, walked: Walked, index: number): LocatedVisit {
  const visit = visits[index];
  const places = walked.visits[index]?.places ?? [];
  if (visit === undefined) throw new InvalidExecutionError(actions.length, "a visit is not given");
  const own = places
    .map((place) => actions[place])
    .filter((action): action is Action => action !== undefined);
  return { ...visit, actions: own };
}

function checkExecution({ actions, visits, marks }: Execution): Walked {
  const walked = walkExecution(actions, resumesOf(marks));
  const end = actions.length;
  if (walked.visits.length !== visits.length)
    throw new InvalidExecutionError(end, "another number of visits");
  const first = firstRoots(visits);
  walked.visits.forEach(({ rollup, previous, keepsRoot, places }, index) => {
    const at = places.at(-1) ?? end;
    const visit = visits[index];
    if (visit?.rollup !== rollup)
      throw new InvalidExecutionError(at, `ends no visit of rollup ${visit?.rollup}`);
    const start = previous === undefined ? first.get(rollup) : visits[previous]?.rootAfter;
    if (visit.rootBefore !== start) throw new InvalidExecutionError(at, "ends a visit that does not chain");
    if (keepsRoot && visit.rootAfter !== visit.rootBefore)
      throw new InvalidExecutionError(at, "ends a visit that may not change its root");
  });
  checkMarks(marks, walked.spans);
  return walked;
}

/**
 * Each undoing is announced, no other one is, and the marks are in order: a list has its marks in one way
 * only.
 */
function checkMarks(marks: readonly Mark[], spans: ReadonlyMap<number, number>): void {
  marks.forEach((mark, index) => {
    const { kind, at, to } = mark;
    if (at <= (marks[index - 1]?.at ?? -1)) throw new InvalidExecutionError(at, "has a mark out of order");
    if (kind === MarkKind.SPAN && spans.get(at) !== to)
      throw new InvalidExecutionError(at, "has a SPAN for another number of undoings than go back to it");
  });
  const announced = new Set(marks.filter(({ kind }) => kind === MarkKind.SPAN).map(({ at }) => at));
  for (const at of spans.keys())
    if (!announced.has(at)) throw new InvalidExecutionError(at, "is undone without a SPAN");
}

/** The roots at which an execution finds the rollups: where their first visits start. */
export function firstRoots(visits: readonly Visit[]): Map<ChainId, StateRoot> {
  return new Map(visits.toReversed().map(({ rollup, rootBefore }) => [rollup, rootBefore]));
}

function resumesOf(marks: readonly Mark[]): Resume[] {
  return marks.filter(({ kind }) => kind === MarkKind.RESUME);
}
