import { type Action, ActionKind, undoneFrom } from "../action.ts";
import { assertCanonical } from "../canonical.ts";
import { type ChainId, L1 } from "../ids.ts";
import { InvalidExecutionError } from "./errors.ts";
import {
  EMPTY_PATH,
  type Effect,
  type Frame,
  type OpenVisit,
  type Path,
  type Place,
  placesUpTo,
  withEntry,
} from "./path.ts";

/** `actions[at]` and `actions[to]` are neighbouring alternatives of one turn of L1. */
export interface Resume {
  readonly at: number;
  readonly to: number;
}

/** A visit as the list gives it, roots apart. */
export interface WalkedVisit {
  readonly rollup: ChainId;
  /** Indices of its actions in the list. */
  readonly places: readonly number[];
  /** L1 or a rollup went back behind its newest action while it was open. */
  readonly isAbandoned: boolean;
  /** It failed, is static or was abandoned, so its root stays. */
  readonly keepsRoot: boolean;
  /** Number of the rollup's visit that led to the root it starts from; none: the execution's first root. */
  readonly previous: number | undefined;
}

/** A RESULT that answers the trigger, and the visits that have taken effect then, in order. */
export interface Ending {
  readonly at: number;
  readonly visits: readonly number[];
}

/** What a list means. */
export interface Walked {
  /** In the order in which they end or are abandoned. */
  readonly visits: readonly WalkedVisit[];
  /**
   * For calls that something is undone back to: how often at most on one path, as a SPAN must say. By index
   * of the call.
   */
  readonly spans: ReadonlyMap<number, number>;
  readonly endings: readonly Ending[];
  /** For each REVERT the call since which it undoes everything, by indices in the list. */
  readonly reverts: ReadonlyMap<number, number>;
}

/**
 * Follows a list along all its paths and checks it against docs/spec.md section 1, independently of the
 * simulation that recorded it. The contract makes the same checks; here they come before proofs are paid for.
 * @throws {InvalidExecutionError}
 */
export function walkExecution(actions: readonly Action[], resumes: readonly Resume[]): Walked {
  return new Walker(actions, resumes).walk();
}

class Walker {
  readonly #actions: readonly Action[];
  readonly #resumes: readonly Resume[];
  readonly #visits: WalkedVisit[] = [];
  readonly #endings: Ending[] = [];
  readonly #spans = new Map<number, number>();
  readonly #reverts = new Map<number, number>();
  /** Rollups in the order in which they are first visited. */
  readonly #rollups = new Set<ChainId>();
  readonly #forks: { readonly to: number; readonly path: Path; readonly control: ChainId }[] = [];
  /** Transactions so far: several in a joint execution. */
  #transactions = 0;
  /** One before the last of several transactions did not fail. */
  #hasEffect = false;
  #path = EMPTY_PATH;
  #control: ChainId = L1;
  /** The path has ended: the next action is another alternative. */
  #isOver = false;

  constructor(actions: readonly Action[], resumes: readonly Resume[]) {
    this.#actions = actions;
    this.#resumes = resumes;
  }

  walk(): Walked {
    let next = 0;
    this.#actions.forEach((action, at) => {
      if (this.#forks.at(-1)?.to === at) this.#goBack();
      const mark = this.#resumes[next];
      if (mark?.at === at) {
        next++;
        this.#fork(mark);
      }
      this.#take(action, at);
    });
    const count = this.#actions.length;
    if (next < this.#resumes.length || this.#forks.length > 0)
      this.#refuse(count, "a RESUME is never reached");
    if (this.#control !== L1 || this.#endings.length === 0) this.#refuse(count, "the list is unfinished");
    if (this.#actions[0]?.kind === ActionKind.L2TX && this.#endings.length > 1)
      this.#refuse(count, "a transaction ends twice");
    this.#leaveEnd(count - 1);
    this.#abandon(EMPTY_PATH, new Set());
    return { visits: this.#visits, spans: this.#spans, endings: this.#endings, reverts: this.#reverts };
  }

  // --------------------------------------------------------------------------------------------------- paths

  #fork({ at, to }: Resume): void {
    const open = this.#forks.at(-1);
    if (to <= at || to >= this.#actions.length || (open !== undefined && to > open.to))
      this.#refuse(at, "a RESUME that does not nest");
    const action = this.#actions[at];
    const isTurn = this.#control === L1 && action?.from === L1 && action.kind !== ActionKind.L2TX;
    if (at === 0 || !isTurn) this.#refuse(at, "a RESUME where it is not L1's turn");
    this.#forks.push({ to, path: this.#path, control: this.#control });
  }

  #goBack(): void {
    const fork = this.#forks.pop();
    if (fork === undefined) return;
    this.#leaveEnd(fork.to - 1);
    this.#abandon(fork.path, new Set());
    this.#path = fork.path;
    this.#control = fork.control;
    this.#isOver = false;
  }

  /** A path may end at a RESULT to L1 only. */
  #leaveEnd(at: number): void {
    const last = this.#actions[at];
    if (last?.kind !== ActionKind.RESULT || last.to !== L1)
      this.#refuse(at, "a path that ends while L1 is calling");
  }

  /** Ends every open visit that has actions which it had not at `target`, but for those that are `aware`. */
  #abandon(target: Path, aware: ReadonlySet<ChainId>): void {
    for (const rollup of this.#rollups) {
      const visit = this.#path.open.get(rollup);
      if (visit === undefined || aware.has(rollup) || target.open.get(rollup)?.last === visit.last) continue;
      this.#end(rollup, visit, { isAbandoned: true, keepsRoot: true });
    }
  }

  /** Undoes everything since just before the call at `at`. */
  #undo(at: number, target: Path, aware: ReadonlySet<ChainId>): void {
    let { goal } = this.#path;
    // What was made since is undone with it.
    while (goal !== undefined && goal.at > at) goal = goal.below;
    if (goal?.at !== at) this.#refuse(at, "was undone, and is undone once more");
    this.#abandon(target, aware);
    const times = (this.#path.undoings.get(at) ?? 0) + 1;
    if (times > (this.#spans.get(at) ?? 0)) this.#spans.set(at, times);
    let open = this.#path.open;
    for (const [rollup] of open) {
      const before = target.open.get(rollup);
      if (!aware.has(rollup) && before !== undefined) open = withEntry(open, rollup, before);
    }
    const undoings = withEntry(this.#path.undoings, at, times);
    this.#path = { ...this.#path, open, effect: target.effect, undoings, goal };
  }

  // ------------------------------------------------------------------------------------------------- actions

  #take(action: Action, at: number): void {
    assertCanonical(action);
    if (this.#isOver) this.#refuse(at, "comes after the end of its path");
    if (action.from !== this.#control)
      this.#refuse(at, `comes from chain ${action.from}, which has no control`);
    const previous = this.#actions[at - 1];
    const isAnswer = previous?.kind === ActionKind.REVERT && at > 0;
    if (
      isAnswer !== (action.kind === ActionKind.REVERT_CONTINUE) ||
      (isAnswer && previous.from !== action.to)
    )
      this.#refuse(at, "does not answer a REVERT, or is no answer to one");
    if (action.kind === ActionKind.L2TX) this.#countTransaction(action, at);
    else if (this.#transactions > 1 && action.kind !== ActionKind.RESULT)
      this.#refuse(at, "crosses a border in an execution of several transactions");
    this.#control = action.to;
    const { newest } = this.#path;
    this.#path = { ...this.#path, newest: at };
    switch (action.kind) {
      case ActionKind.CALL:
      case ActionKind.L2TX:
        this.#enter(action, at);
        return;
      case ActionKind.RESULT:
        this.#leave(action, at, newest);
        return;
      case ActionKind.REVERT:
        this.#revert(action, at);
        return;
      case ActionKind.REVERT_CONTINUE:
        this.#note(action.to, at, this.#path);
    }
  }

  /**
   * A transaction comes first, or after others of the same rollup which crossed no other border: each of them
   * took two actions.
   */
  #countTransaction({ to }: Action, at: number): void {
    const [trigger] = this.#actions;
    if (this.#path.frame !== undefined || trigger?.kind !== ActionKind.L2TX)
      this.#refuse(at, "is an L2TX inside an execution");
    if (at !== 2 * this.#transactions || to !== trigger.to)
      this.#refuse(at, "shares its execution with more than transactions of its rollup");
    this.#transactions++;
  }

  #enter(call: Action, at: number): void {
    const before = this.#path;
    const parent = before.frame;
    if (call.kind === ActionKind.CALL && (at === 0) !== (parent === undefined))
      this.#refuse(at, "answers nothing");
    // A static call from L1 is answered on a path of its own, so what L1 does for it is static as well.
    if (parent?.call.isStatic === true && !call.isStatic)
      this.#refuse(at, "is not static inside a static call");
    if (parent?.isLookedUp === true && call.from === L1)
      this.#refuse(at, "is a call of L1's inside a static one, which L1 looks up apart");
    const isLookedUp = parent?.isLookedUp === true || (call.isStatic && call.from === L1);
    // Else the submitter of the batch would choose it.
    if (parent?.bindsGas === true && call.to === L1 && call.gas === 0)
      this.#refuse(at, "leaves open how much gas L1 gives to the callee");
    const bindsGas = call.kind === ActionKind.L2TX || (parent?.bindsGas === true && call.to !== L1);
    const liveCalls = before.liveCalls + (call.isStatic ? 0 : 1);
    const isIdle = call.to !== L1 && !before.open.has(call.to);
    // Several transactions of an execution are one visit, which the last of them ends.
    const beginsVisit = isIdle || call.kind === ActionKind.L2TX;
    const isGoal = call.from !== L1 && !call.isStatic;
    this.#path = {
      ...before,
      liveCalls,
      goal: isGoal ? { at, below: before.goal } : before.goal,
      frame: { parent, call, at, beginsVisit, before, liveCalls, isLookedUp, bindsGas },
    };
    if (call.kind === ActionKind.CALL) this.#note(call.from, at, before);
    if (call.to === L1) return;
    this.#rollups.add(call.to);
    if (!isIdle) {
      this.#note(call.to, at, before);
      return;
    }
    const last: Place = { at, previous: undefined, before };
    const previous = latest(before.effect, call.to);
    this.#open(call.to, { isStatic: call.isStatic, last, previous });
  }

  #leave(result: Action, at: number, newest: number): void {
    const { frame } = this.#path;
    if (frame?.call.from !== result.to || at === 0) this.#refuse(at, "does not answer the innermost call");
    if (result.from === L1 && result.failed && newest !== frame.at)
      this.#refuse(at, "fails on L1 with what was not undone there");
    for (const rollup of [result.from, result.to]) this.#note(rollup, at, this.#path);
    this.#path = { ...this.#path, frame: frame.parent };
    if (frame.call.kind === ActionKind.L2TX && this.#actions[at + 1]?.kind === ActionKind.L2TX) {
      this.#hasEffect ||= !result.failed;
      return;
    }
    if (frame.beginsVisit) this.#close(result, frame);
    const isBetweenRollups = result.from !== L1 && result.to !== L1;
    if (result.failed && isBetweenRollups && this.#path.liveCalls !== frame.liveCalls)
      this.#undo(frame.at, frame.before, new Set([result.from, result.to]));
    if (frame.parent === undefined) {
      this.#isOver = true;
      this.#endings.push({ at, visits: effects(this.#path.effect) });
    } else if (frame.call.from === L1 && (result.failed || frame.call.isStatic)) {
      this.#isOver = true;
    }
  }

  #revert(action: Action, at: number): void {
    const rollup = action.from;
    const number = undoneFrom(action);
    const place = this.#callsOf(rollup)[number];
    if (place === undefined || this.#actions[place.at]?.isStatic !== false)
      this.#refuse(at, "reverts to an action that is no call of the operation");
    this.#undo(place.at, place.before, new Set([rollup]));
    this.#reverts.set(at, place.at);
    this.#note(rollup, at, this.#path);
  }

  /** The calls that the innermost operation of the rollup has made, in order. */
  #callsOf(rollup: ChainId): Place[] {
    const calls: Place[] = [];
    for (let place = this.#path.open.get(rollup)?.last; place !== undefined; place = place.previous) {
      const action = this.#actions[place.at];
      const isOwn = action?.from === rollup && place.before.frame === this.#path.frame;
      if (action?.kind === ActionKind.CALL && isOwn) calls.push(place);
    }
    return calls.reverse();
  }

  // -------------------------------------------------------------------------------------------------- visits

  #note(rollup: ChainId, at: number, before: Path): void {
    const visit = this.#path.open.get(rollup);
    if (visit === undefined) return;
    const last: Place = { at, previous: visit.last, before };
    this.#open(rollup, { ...visit, last });
  }

  #open(rollup: ChainId, visit: OpenVisit): void {
    this.#path = { ...this.#path, open: withEntry(this.#path.open, rollup, visit) };
  }

  /** The RESULT ends the visit that its call began. */
  #close(result: Action, { call }: Frame): void {
    const rollup = result.from;
    const visit = this.#path.open.get(rollup);
    if (visit === undefined) return;
    const keepsRoot = (result.failed && !this.#hasEffect) || call.isStatic;
    const number = this.#end(rollup, visit, { isAbandoned: false, keepsRoot });
    const open = new Map(this.#path.open);
    open.delete(rollup);
    const effect: Effect = { visit: number, rollup, previous: this.#path.effect };
    this.#path = { ...this.#path, open, ...(keepsRoot ? {} : { effect }) };
  }

  #end(rollup: ChainId, visit: OpenVisit, how: { isAbandoned: boolean; keepsRoot: boolean }): number {
    const { previous, last } = visit;
    return this.#visits.push({ rollup, places: placesUpTo(last), previous, ...how }) - 1;
  }

  #refuse(at: number, reason: string): never {
    throw new InvalidExecutionError(at, reason);
  }
}

function latest(effect: Effect | undefined, rollup: ChainId): number | undefined {
  for (let one = effect; one !== undefined; one = one.previous) if (one.rollup === rollup) return one.visit;
  return undefined;
}

function effects(last: Effect | undefined): number[] {
  const visits: number[] = [];
  for (let one = last; one !== undefined; one = one.previous) visits.push(one.visit);
  return visits.reverse();
}
