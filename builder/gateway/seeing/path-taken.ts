import { type Action, ActionKind } from "../../protocol/action.ts";
import { type Execution, MarkKind } from "../../protocol/execution.ts";
import { type Walked, walkExecution } from "../../protocol/execution/walk.ts";
import { L1 } from "../../protocol/ids.ts";

/** What undid an action: L1 went back behind it, or a frame of a rollup, or the call in which it was made. */
export type UndoneBy = "L1" | "rollup" | "failed call";

/** An action in the tree of an execution. */
export interface ActionInTree {
  /** The action before it on its path; none for the trigger. */
  readonly parent: number | undefined;
  /** Calls that are open around it. */
  readonly depth: number;
  /** Of a RESULT the call that it answers, of a REVERT the call since which all is undone. */
  readonly answers: number | undefined;
  readonly undoneBy: UndoneBy | undefined;
}

/** Which way through an execution L1 took. */
export interface PathTaken {
  readonly walked: Walked;
  readonly actions: readonly ActionInTree[];
}

/** A call that waits for its RESULT. */
interface OpenCall {
  readonly at: number;
  readonly outer: OpenCall | undefined;
  readonly depth: number;
}

/**
 * Where each action stands in the tree, and what became of it.
 * @param ending number of the ending that L1 reached; none: it undid everything, or never began.
 * @throws {InvalidExecutionError}
 */
export function pathTaken(execution: Execution, ending: number | undefined): PathTaken {
  const { actions, marks } = execution;
  const resumes = marks.filter(({ kind }) => kind === MarkKind.RESUME);
  const walked = walkExecution(actions, resumes);
  const alternatives = new Map(resumes.map(({ at, to }) => [to, at]));
  const parents: (number | undefined)[] = [];
  const answers: (number | undefined)[] = [];
  const depths: number[] = [];
  const openAfter: (OpenCall | undefined)[] = [];
  actions.forEach(({ kind }, at) => {
    const sibling = alternatives.get(at);
    const parent = sibling === undefined ? (at === 0 ? undefined : at - 1) : parents[sibling];
    parents.push(parent);
    let open = parent === undefined ? undefined : openAfter[parent];
    let answered = walked.reverts.get(at);
    if (kind === ActionKind.RESULT) {
      answered = open?.at;
      open = open?.outer;
    }
    depths.push(open === undefined ? 0 : open.depth + 1);
    if (kind === ActionKind.CALL || kind === ActionKind.L2TX)
      open = { at, outer: open, depth: depths[at] ?? 0 };
    answers.push(answered);
    openAfter.push(open);
  });
  const end = ending === undefined ? undefined : walked.endings[ending]?.at;
  const undone = undoneActions(actions, parents, answers, end);
  return {
    walked,
    actions: actions.map((_, at) => ({
      parent: parents[at],
      depth: depths[at] ?? 0,
      answers: answers[at],
      undoneBy: undone.get(at),
    })),
  };
}

function undoneActions(
  actions: readonly Action[],
  parents: readonly (number | undefined)[],
  answers: readonly (number | undefined)[],
  end: number | undefined,
): ReadonlyMap<number, UndoneBy> {
  const kept = new Set<number>();
  const keep = (from: number, to: number): void => {
    for (let at: number | undefined = from; at !== undefined && at >= to; at = parents[at]) kept.add(at);
  };
  if (end !== undefined) keep(end, 0);
  // A call of L1's that failed, or was static, is answered beside the path that goes on.
  const beside = actions.flatMap(({ kind, to, failed }, at) => {
    const call = answers[at];
    if (kind !== ActionKind.RESULT || to !== L1 || call === undefined) return [];
    return failed || actions[call]?.isStatic === true ? [{ call, at }] : [];
  });
  for (const { call, at } of beside.toSorted((a, b) => a.call - b.call || a.at - b.at)) {
    const before = parents[call];
    if (before !== undefined && kept.has(before)) keep(at, call);
  }
  const undone = new Map<number, UndoneBy>();
  actions.forEach(({ kind, failed }, at) => {
    if (!kept.has(at)) {
      undone.set(at, "L1");
      return;
    }
    const back = answers[at];
    if (back === undefined) return;
    const isRevert = kind === ActionKind.REVERT;
    if (!isRevert && !failed) return;
    // A REVERT goes back to just before its call; a failed call keeps what it was, and what it answered.
    const first = isRevert ? back : back + 1;
    for (let each = parents[at]; each !== undefined && each >= first; each = parents[each])
      if (!undone.has(each)) undone.set(each, isRevert ? "rollup" : "failed call");
  });
  return undone;
}
