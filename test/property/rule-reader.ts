import { type Address, size, slice, toFunctionSelector } from "viem";
import type { RecordedExecution } from "../../builder/simulate/recording/recorded-execution.ts";
import { INVALID_CALLDATA, STATIC_CALL_VIOLATION } from "../../builder/kinds/ledger/abi.ts";
import { type Action, ActionKind, hashAction, undoneFrom } from "../../builder/protocol/action.ts";
import { MarkKind } from "../../builder/protocol/execution.ts";
import { type ChainId, L1 } from "../../builder/protocol/ids.ts";
import { LEDGER_ROLLUP } from "./deployment.ts";
import type { Rule } from "./rules.ts";

const INSUFFICIENT_BALANCE = toFunctionSelector("InsufficientBalance(uint256,uint256)");

/** A call that an operation has made, or that L1 was called for. */
interface MadeCall {
  readonly at: number;
  readonly call: Action;
}

interface Frame {
  readonly at: number;
  readonly call: Action;
  /** Calls that are not static up to this one. */
  readonly live: number;
  readonly beginsVisit: boolean;
}

/** What has happened on a path. Never changed. */
interface Path {
  readonly frames: readonly Frame[];
  readonly live: number;
  /** Indices of the actions of each open visit. */
  readonly open: ReadonlyMap<ChainId, readonly number[]>;
  /** Calls back to which something was undone, with the action at which it was. */
  readonly undoings: readonly { readonly to: number; readonly at: number }[];
  /** Indices of all its actions. */
  readonly places: readonly number[];
  /** Rollups one of whose open visits has forgotten something. */
  readonly forgetful: ReadonlySet<ChainId>;
}

const START: Path = {
  frames: [],
  live: 0,
  open: new Map(),
  undoings: [],
  places: [],
  forgetful: new Set(),
};

/**
 * Reads from a list which rules of docs/spec.md it uses. Written from the text alone, without
 * `builder/protocol/execution`.
 * @param isKnown whether an actor had proxies from the beginning.
 */
export function rulesOf(
  execution: RecordedExecution,
  isKnown: (chain: ChainId, address: Address) => boolean,
): Rule[] {
  const reader = new RuleReader(execution, isKnown);
  return reader.read();
}

class RuleReader {
  readonly #actions: readonly Action[];
  readonly #execution: RecordedExecution;
  readonly #isKnown: (chain: ChainId, address: Address) => boolean;
  readonly #rules: Rule[] = [];
  #path = START;
  /** The path just before each action of the path. */
  readonly #before = new Map<number, Path>();

  constructor(execution: RecordedExecution, isKnown: (chain: ChainId, address: Address) => boolean) {
    this.#execution = execution;
    this.#actions = execution.actions;
    this.#isKnown = isKnown;
  }

  read(): Rule[] {
    const { actions, marks } = this.#execution;
    const resumes = marks.filter(({ kind }) => kind === MarkKind.RESUME);
    const forks: { readonly to: number; readonly path: Path }[] = [];
    for (const [at, action] of actions.entries()) {
      const fork = forks.at(-1);
      if (fork?.to === at) {
        forks.pop();
        this.#endPath(at - 1, fork.path);
      }
      if (resumes.some((mark) => mark.at === at)) {
        for (const { to } of resumes.filter((mark) => mark.at === at)) forks.push({ to, path: this.#path });
      }
      this.#before.set(at, this.#path);
      this.#take(action, at);
    }
    if (this.#path.open.size > 0) this.#reach("1 visit abandoned at the end of the list");
    this.#readMarks();
    this.#readWhole();
    return this.#rules;
  }

  #reach(...rules: readonly Rule[]): void {
    this.#rules.push(...rules);
  }

  // --------------------------------------------------------------------------------------------------- lists

  #readMarks(): void {
    const { marks } = this.#execution;
    const resumes = marks.filter(({ kind }) => kind === MarkKind.RESUME);
    const spans = marks.filter(({ kind }) => kind === MarkKind.SPAN);
    for (const { at, to } of resumes) {
      this.#reach("1 RESUME");
      if (resumes.some((other) => other.at < at && to < other.to)) this.#reach("1 RESUME inside another");
      if (resumes.some((other) => other.at === to)) this.#reach("1 turn of three alternatives");
      if (resumes.some((other) => other.at < at && other.to === to)) this.#reach("1 RESUMEs to one action");
    }
    for (const { to } of spans) this.#reach("1 SPAN", ...(to > 1 ? (["1 SPAN of several"] as const) : []));
    if (spans.length > 1) this.#reach("1 two SPANs in a list");
    if (spans.length > 0 && resumes.length > 0) this.#reach("1 SPAN and RESUME in a list");
  }

  #readWhole(): void {
    const { visits } = this.#execution;
    const [trigger] = this.#actions;
    const callsL1 = this.#actions.some(({ kind, to }) => kind === ActionKind.CALL && to === L1);
    if (trigger?.kind === ActionKind.L2TX) {
      this.#reach(callsL1 ? "3 L2TX that calls L1" : "3 L2TX that stays among rollups");
      if (this.#execution.marks.some(({ kind }) => kind === MarkKind.RESUME))
        this.#reach("1 L2TX of several paths");
      const answer = this.#actions.at(-1);
      if (answer?.data === "0x00") {
        this.#reach("7 L2TX that reverts");
        if (this.#actions.length > 2) this.#reach("7 L2TX that reverts with calls made");
      }
    } else if (trigger?.isStatic === true) {
      this.#reach("3 static execution");
      if (callsL1) this.#reach("3 static execution that calls L1");
    }
    const byRollup = Map.groupBy(visits, ({ rollup }) => rollup);
    if ([...byRollup.values()].some((own) => own.length > 1))
      this.#reach("1 two visits of a rollup in an execution");
  }

  // --------------------------------------------------------------------------------------------------- paths

  #endPath(last: number, target: Path): void {
    const result = this.#actions[last];
    const answered = this.#before.get(last)?.frames.at(-1);
    if (answered !== undefined && answered.at !== 0) {
      if (result?.failed === true) this.#reach("1 path ends (b) with a failed RESULT to L1");
      else if (answered.call.isStatic) this.#reach("1 path ends (c) with the RESULT of L1's static call");
      else this.#reach("1 path ends (d) where L1 undid what came before");
    }
    const known = new Set(target.places);
    const abandoned = [...this.#path.open.values()].filter((places) =>
      places.some((place) => !known.has(place)),
    );
    for (const _ of abandoned) this.#reach("1 visit abandoned at the end of a path");
    if (abandoned.length > 1) this.#reach("1 several visits abandoned at one point");
    this.#path = target;
  }

  #take(action: Action, at: number): void {
    const { kind } = action;
    if (kind === ActionKind.CALL || kind === ActionKind.L2TX) this.#enter(action, at);
    else if (kind === ActionKind.RESULT) this.#leave(action, at);
    else if (kind === ActionKind.REVERT) this.#revert(action, at);
    else this.#note(action.to, at);
    this.#path = { ...this.#path, places: [...this.#path.places, at] };
  }

  #enter(call: Action, at: number): void {
    const path = this.#path;
    this.#readCall(call);
    const live = path.live + (call.isStatic ? 0 : 1);
    const beginsVisit = call.to !== L1 && !path.open.has(call.to);
    this.#path = { ...path, live, frames: [...path.frames, { at, call, live, beginsVisit }] };
    if (call.kind === ActionKind.CALL) this.#note(call.from, at);
    if (call.to === L1) return;
    if (beginsVisit) {
      this.#open(call.to, [at]);
      if (call.isStatic) this.#reach("1 static visit");
      return;
    }
    this.#note(call.to, at);
    this.#reach("7 operation that enters again");
    if (call.to === LEDGER_ROLLUP) this.#reach("5 ledger entered again");
    if (call.isStatic && call.from === L1) this.#reach("7 static operation of L1's in a rollup that waits");
  }

  #readCall(call: Action): void {
    const { from, to, value, isStatic, sender, target, kind } = call;
    if (kind === ActionKind.L2TX) {
      this.#reach("1 L2TX");
      return;
    }
    const { frames } = this.#path;
    const where = from === L1 ? "from" : to === L1 ? "to" : "between";
    this.#reach(
      ({ from: "1 call from L1", to: "1 call to L1", between: "1 call between rollups" } as const)[where],
    );
    if (value > 0n)
      this.#reach(
        ({ from: "1 value from L1", to: "1 value to L1", between: "1 value between rollups" } as const)[
          where
        ],
      );
    if (isStatic)
      this.#reach(
        (
          {
            from: "1 static call from L1",
            to: "1 static call to L1",
            between: "1 static call between rollups",
          } as const
        )[where],
      );
    if (frames.some((frame) => frame.call.from === L1 && frame.call.isStatic && frame.at > 0) && to === L1)
      this.#reach("1 L1 is called for its static call");
    this.#readRing(call);
    if (to === LEDGER_ROLLUP) this.#reach("5 ledger called");
    if (from === LEDGER_ROLLUP) this.#reach("5 ledger calls out");
    if (!this.#isKnown(from, sender))
      this.#reach("7 unknown sender", ...(isStatic ? (["7 unknown sender in a static call"] as const) : []));
    const caller = frames.at(-1)?.call;
    if (caller?.kind === ActionKind.CALL && caller.from === to && caller.sender === target) {
      if (from !== L1 && to !== L1) this.#reach("1 rollup calls its caller back");
      if (!this.#isKnown(to, target)) {
        this.#reach("7 unknown sender called back");
        if (isStatic) this.#reach("7 unknown sender called back in a static call");
      }
    }
  }

  /** A chain is called while calls of its own lead there. */
  #readRing({ to }: Action): void {
    const chains = this.#path.frames.map(({ call }) => call.to);
    const start = chains.lastIndexOf(to);
    if (start < 0) return;
    const others = new Set(chains.slice(start + 1));
    if (others.has(L1) ? others.size > 1 : to === L1 && others.size > 1)
      this.#reach("1 ring of two rollups and L1");
    if (!others.has(L1) && to !== L1 && others.size > 1) this.#reach("1 ring of three rollups");
  }

  #leave(result: Action, at: number): void {
    const path = this.#path;
    const frame = path.frames.at(-1);
    if (frame === undefined) return;
    this.#note(result.from, at);
    this.#note(result.to, at);
    this.#path = { ...this.#path, frames: path.frames.slice(0, -1) };
    if (frame.beginsVisit) {
      const places = path.open.get(result.from) ?? [];
      const entries = places.filter((place) => {
        const action = this.#actions[place];
        return action?.kind !== ActionKind.RESULT && action?.to === result.from;
      });
      if (entries.filter((place) => this.#actions[place]?.kind !== ActionKind.REVERT_CONTINUE).length > 1)
        this.#reach("1 visit of several operations");
      if (path.forgetful.has(result.from)) this.#reach("1 actions forgotten by a visit that ends");
      const open = new Map(this.#path.open);
      open.delete(result.from);
      const forgetful = new Set(path.forgetful);
      forgetful.delete(result.from);
      this.#path = { ...this.#path, open, forgetful };
      if (result.failed) this.#reach("1 failed visit");
    }
    if (result.failed) this.#fail(result, frame, at);
  }

  #fail(result: Action, frame: Frame, at: number): void {
    const { from, to, data } = result;
    const where = to === L1 ? "to" : from === L1 ? "of" : "between";
    this.#reach(
      (
        {
          to: "1 failed RESULT to L1",
          of: "1 failed RESULT of L1's",
          between: "1 failed RESULT between rollups",
        } as const
      )[where],
    );
    if (frame.call.value > 0n)
      this.#reach(
        (
          {
            to: "3 value given back to L1",
            of: "3 value given back by L1",
            between: "3 value given back between rollups",
          } as const
        )[where],
      );
    if (from === LEDGER_ROLLUP) this.#readLedgerFailure(data, at);
    else if (from !== L1) this.#reach("7 failed operation");
    const { undoings, live } = this.#path;
    const isUndone = undoings.some(({ to: since }) => since > frame.at);
    if (to === L1 && isUndone) this.#reach("1 undoing inside a failed RESULT to L1");
    if (where !== "between" || live === frame.live) return;
    this.#reach("1 failed RESULT between rollups undoes");
    const inside = this.#liveCalls(frame.at + 1);
    if (inside.some(({ call }) => call.to === L1))
      this.#reach("1 failed RESULT between rollups undoes a call to L1");
    if (inside.length === 0) this.#reach("1 failed RESULT between rollups, all inside was undone before");
    this.#undo(frame.at, at, new Set([from, to]));
  }

  #readLedgerFailure(data: Action["data"], at: number): void {
    const isPassedOn = this.#actions[at - 1]?.kind === ActionKind.RESULT && this.#actions[at - 1]?.failed;
    if (isPassedOn === true) this.#reach("5 callee of a send fails");
    else if (data === INVALID_CALLDATA) this.#reach("5 InvalidCalldata");
    else if (data === STATIC_CALL_VIOLATION) this.#reach("5 StaticCallViolation");
    else if (size(data) > 4 && slice(data, 0, 4) === INSUFFICIENT_BALANCE)
      this.#reach("5 InsufficientBalance");
  }

  #revert(action: Action, at: number): void {
    const rollup = action.from;
    const made = this.#callsOf(rollup);
    const number = undoneFrom(action);
    const first = made[number];
    this.#reach("1 REVERT");
    if (first === undefined) return;
    if (number > 0) this.#reach("1 REVERT to a later call");
    const before = made.slice(0, number);
    if (before.some(({ at: place, call }) => call.isStatic || this.#hasFailed(place)))
      this.#reach("1 REVERT after calls that are static or failed");
    if (made.slice(number).filter(({ call }) => !call.isStatic).length > 1)
      this.#reach("1 REVERT undoes several calls");
    this.#reach(
      this.#liveCalls(first.at).some(({ call }) => call.to === L1)
        ? "1 REVERT undoes a call to L1"
        : "1 REVERT undoes calls of rollups alone",
    );
    if (this.#path.frames.filter(({ call }) => call.to === rollup).length > 1)
      this.#reach("1 REVERT of an operation that entered again");
    this.#undo(first.at, at, new Set([rollup]));
    this.#note(rollup, at);
  }

  /** Calls that the innermost operation of the rollup has made and knows of. */
  #callsOf(rollup: ChainId): MadeCall[] {
    const depth = this.#path.frames.length;
    return (this.#path.open.get(rollup) ?? []).flatMap((at) => {
      const call = this.#actions[at];
      const isOwn =
        call?.kind === ActionKind.CALL &&
        call.from === rollup &&
        this.#before.get(at)?.frames.length === depth &&
        this.#before.get(at)?.frames.at(-1)?.at === this.#path.frames.at(-1)?.at;
      return isOwn ? [{ at, call }] : [];
    });
  }

  #hasFailed(place: number): boolean {
    const depth = this.#before.get(place)?.frames.length ?? 0;
    const answer = this.#path.places.find(
      (at) =>
        at > place &&
        this.#actions[at]?.kind === ActionKind.RESULT &&
        this.#before.get(at)?.frames.length === depth + 1,
    );
    return answer !== undefined && this.#actions[answer]?.failed === true;
  }

  /** Calls of the path since an action that are not static and not undone. */
  #liveCalls(since: number): MadeCall[] {
    const { places, undoings } = this.#path;
    return places.flatMap((at) => {
      const call = this.#actions[at];
      if (at < since || call?.kind !== ActionKind.CALL || call.isStatic || this.#hasFailed(at)) return [];
      return undoings.some((undoing) => undoing.to <= at && at < undoing.at) ? [] : [{ at, call }];
    });
  }

  #undo(to: number, at: number, aware: ReadonlySet<ChainId>): void {
    const path = this.#path;
    const target = this.#before.get(to) ?? START;
    const isNested = path.undoings.some((other) => other.to > to && other.to < at);
    if (isNested) this.#reach("1 undoing inside an undoing");
    if (this.#liveCalls(to).some(({ call }) => call.value > 0n)) this.#reach("1 value is undone");
    const open = new Map(path.open);
    const forgetful = new Set(path.forgetful);
    let abandoned = 0;
    for (const [rollup, places] of path.open) {
      if (aware.has(rollup)) continue;
      const before = target.open.get(rollup);
      if (before?.length === places.length) {
        this.#reach("1 open visit that knows nothing of what is undone");
        continue;
      }
      abandoned++;
      if (before === undefined) {
        this.#reach("1 visit abandoned at an undoing, begun inside it");
        open.delete(rollup);
      } else {
        this.#reach("1 visit abandoned at an undoing, goes on");
        open.set(rollup, before);
        forgetful.add(rollup);
      }
    }
    if (abandoned > 1) this.#reach("1 several visits abandoned at one point");
    this.#path = { ...path, open, forgetful, undoings: [...path.undoings, { to, at }] };
  }

  // -------------------------------------------------------------------------------------------------- visits

  #note(rollup: ChainId, at: number): void {
    const places = this.#path.open.get(rollup);
    if (places !== undefined) this.#open(rollup, [...places, at]);
  }

  #open(rollup: ChainId, places: readonly number[]): void {
    this.#path = { ...this.#path, open: new Map(this.#path.open).set(rollup, places) };
  }
}

/** Equal for calls that L1 cannot tell apart but by roots. */
export function triggerOf({ actions }: RecordedExecution): string {
  const [trigger] = actions;
  return trigger === undefined ? "" : hashAction(trigger);
}
