import { type Action, ActionKind } from "../protocol/action.ts";
import { assertCanonical } from "../protocol/canonical.ts";
import { LockstepError } from "../protocol/errors.ts";
import type { Execution } from "../protocol/execution.ts";
import { type ChainId, L1, type StateRoot } from "../protocol/ids.ts";
import type { StatementVisit } from "../protocol/statement.ts";

/** A list that is not an execution: a fault of the builder or of a kind, since users do not write lists. */
export class InvalidExecutionError extends LockstepError {
  constructor(at: number, reason: string) {
    super("INVALID_EXECUTION", `action ${at.toString()}: ${reason}`);
  }
}

/** The execution undoes calls in the middle of its list, which L1 cannot play without marks. */
export class SpanRequiredError extends LockstepError {
  constructor(at: number) {
    super(
      "UNDONE_CROSS_CHAIN_CALL",
      `the RESULT at ${at.toString()} undoes calls made inside, while an outer cross-chain call goes on; this is not supported yet`,
    );
  }
}

/** A visit with the actions that the list gives it. */
export interface LocatedVisit extends StatementVisit {
  readonly rollup: ChainId;
}

interface Frame {
  readonly call: Action;
  /** Index of the visit that the call began. */
  readonly visit?: number;
  hasCalls: boolean;
  hasLiveCalls: boolean;
}

/**
 * Checks a list against docs/spec.md section 1, independently of the simulation that recorded it, and finds the actions
 * of each visit. The contract makes the same checks; here they come before proofs are paid for.
 * @throws {InvalidExecutionError}, {SpanRequiredError}
 */
export function locateVisits({ actions, visits, marks }: Execution): LocatedVisit[] {
  if (marks.length > 0) throw new InvalidExecutionError(0, "marks are not played yet");
  const frames: Frame[] = [];
  const located: { rollup: ChainId; actions: Action[] }[] = [];
  const open = new Map<ChainId, number>();
  let control: ChainId = L1;

  actions.forEach((action, at) => {
    const refuse = (reason: string) => new InvalidExecutionError(at, reason);
    assertCanonical(action);
    if (at > 0 && frames.length === 0) throw refuse("comes after the end");
    if (action.from !== control)
      throw refuse(`comes from chain ${action.from.toString()}, which has no control`);
    if (at === 0 && action.kind === ActionKind.RESULT) throw refuse("answers nothing");
    if (at > 0 && action.kind === ActionKind.L2TX) throw refuse("is an L2TX inside an execution");
    control = action.to;

    if (action.kind === ActionKind.RESULT) {
      for (const rollup of [action.from, action.to]) note(rollup, action);
      leave(action, at, refuse);
    } else {
      enter(action, refuse);
      for (const rollup of [action.from, action.to]) note(rollup, action);
    }
  });
  if (actions.length === 0 || frames.length > 0)
    throw new InvalidExecutionError(actions.length, "the list is unfinished");
  if (located.length !== visits.length)
    throw new InvalidExecutionError(actions.length, "another number of visits");
  return located.map((visit, index) => ({ ...visit, ...rootsOf(index) }));

  function enter(call: Action, refuse: (reason: string) => Error): void {
    const parent = frames.at(-1);
    if (parent !== undefined) {
      if (parent.call.isStatic && !call.isStatic) throw refuse("is not static inside a static call");
      const trigger = frames[0];
      if (call.from === L1 ? call.isStatic : call.to === L1 && trigger?.call.isStatic === true) {
        throw refuse("is a static call that L1 cannot follow");
      }
      parent.hasCalls = true;
      parent.hasLiveCalls ||= !call.isStatic;
    }
    const begins = call.to !== L1 && !open.has(call.to);
    if (begins) {
      if (visits[located.length]?.rollup !== call.to) throw refuse("begins a visit that is not given");
      open.set(call.to, located.push({ rollup: call.to, actions: [] }) - 1);
    }
    frames.push({
      call,
      ...(begins ? { visit: located.length - 1 } : {}),
      hasCalls: false,
      hasLiveCalls: false,
    });
  }

  function leave(result: Action, at: number, refuse: (reason: string) => Error): void {
    const frame = frames.pop();
    if (frame?.call.from !== result.to) throw refuse("does not answer the innermost call");
    if (result.failed && frames.length > 0) {
      const touchesL1 = frame.call.from === L1 || (frame.call.to === L1 && frame.hasCalls);
      if (touchesL1 || frame.hasLiveCalls) throw new SpanRequiredError(at);
    }
    if (frame.visit === undefined) return;
    open.delete(frame.call.to);
    const { rootBefore, rootAfter } = rootsOf(frame.visit);
    if ((result.failed || frame.call.isStatic) && rootBefore !== rootAfter) {
      throw refuse("ends a visit that may not change its root");
    }
  }

  function note(rollup: ChainId, action: Action): void {
    const index = open.get(rollup);
    if (index !== undefined) located[index]?.actions.push(action);
  }

  function rootsOf(index: number): { rootBefore: StateRoot; rootAfter: StateRoot } {
    const visit = visits[index];
    if (visit === undefined) throw new InvalidExecutionError(actions.length, "a visit is not given");
    return { rootBefore: visit.rootBefore, rootAfter: visit.rootAfter };
  }
}
