import type { Address, Hex } from "viem";
import { type Action, ActionKind, hashAction } from "../../../builder/protocol/action.ts";
import type { Execution } from "../../../builder/protocol/execution.ts";
import { type ChainId, L1, type StateRoot } from "../../../builder/protocol/ids.ts";
import { call, result } from "../lists.ts";
import { MAX_BATCH_AGE } from "../setup.ts";
import { type CallMove, FAIL, FAILURE, type Move, type Places, type Posting, type Script } from "./moves.ts";

/** What came of a move: raw data, or the name of an error of `Rollups`. */
export interface Answer {
  readonly success: boolean;
  readonly data: Hex;
  readonly error?: string;
}

/** An event of `Rollups` that the model foresees. */
export interface ExpectedEvent {
  readonly eventName: "ExecutionConsumed" | "ExecutionFailed" | "ExecutionSkipped";
  readonly batch: Hex;
  readonly execution: number;
}

interface Frame {
  readonly from: ChainId;
  readonly to: ChainId;
  readonly value: bigint;
  readonly beginsVisit: boolean;
}

/** An execution that is being played, action by action. */
interface Open {
  readonly execution: Execution;
  /** The action that comes next. */
  readonly at: number;
  readonly frames: readonly Frame[];
  /** How many visits have ended. */
  readonly visits: number;
}

/** What an observer of L1 sees between transactions. */
export interface Now {
  readonly roots: ReadonlyMap<ChainId, StateRoot>;
  readonly balances: ReadonlyMap<ChainId, bigint>;
  /** Wei that L1 addresses, in lower case, gained since the world began. */
  readonly wei: ReadonlyMap<string, bigint>;
  /** Wei forced on `Rollups`. */
  readonly forced: bigint;
  /** Of the latest transaction. */
  readonly events: readonly ExpectedEvent[];
}

/** All that a transaction can change, kept in values that are replaced and never changed. */
interface State extends Now {
  readonly blockTimestamp: bigint;
  /** Batches of this block, newest first; the same one may be there twice. */
  readonly tables: readonly { readonly posting: Posting; readonly number: number }[];
  /** As `number:index`. */
  readonly consumed: ReadonlySet<string>;
  readonly open: Open | undefined;
  readonly isPosting: boolean;
}

class Reverted extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(answer.error ?? answer.data);
    this.answer = answer;
  }
}

export function refuse(error: string): never {
  throw new Reverted({ success: false, data: "0x", error });
}

/** Errors for which an L2 transaction fails alone. */
const CONTRADICTIONS = ["UnexpectedAction", "InsufficientRollupBalance"];

/**
 * What `Rollups` must do, told anew from docs/spec.md: it walks the lists themselves, action by action, and
 * knows nothing of plans, steps, keys, tables or cursors. The L1 contracts are modelled along with it; gas is
 * not.
 */
export class Model {
  readonly #places: Places;
  readonly #natives: ReadonlySet<ChainId>;
  readonly #scripts = new Map<string, Script>();
  #state: State;

  constructor(places: Places, roots: ReadonlyMap<ChainId, StateRoot>, natives: ReadonlySet<ChainId>) {
    this.#places = places;
    this.#natives = natives;
    this.#state = {
      roots,
      balances: new Map(),
      blockTimestamp: 0n,
      wei: new Map(),
      forced: 0n,
      tables: [],
      consumed: new Set(),
      open: undefined,
      isPosting: false,
      events: [],
    };
  }

  get roots(): ReadonlyMap<ChainId, StateRoot> {
    return this.#state.roots;
  }

  /** What an observer of L1 sees. */
  now(): Now {
    return this.#state;
  }

  program(script: Script): void {
    this.#scripts.set(`${script.actor}:${script.input}`, script);
  }

  /** Executions of earlier blocks cannot be played any more. */
  nextBlock(timestamp: bigint): void {
    this.#state = { ...this.#state, blockTimestamp: timestamp, tables: [], consumed: new Set() };
  }

  nextTransaction(): void {
    this.#state = { ...this.#state, events: [] };
  }

  /** Does `act`, and undoes it if it reverts. */
  attempt(act: () => Hex): Answer {
    const before = this.#state;
    try {
      return { success: true, data: act() };
    } catch (error) {
      if (!(error instanceof Reverted)) throw error;
      this.#state = before;
      return error.answer;
    }
  }

  /** What comes of a move of `self`. */
  move(self: Address, move: Move, isStatic = false): Answer {
    switch (move.kind) {
      case "call":
        return this.attempt(() => this.#relay(self, move, isStatic || move.isStatic));
      case "relay":
        return this.attempt(() => refuse("NotProxy"));
      case "frame":
        return this.attempt(() => {
          for (const inner of move.moves) this.#insist(inner, this.move(self, inner, isStatic));
          return "0x";
        });
      case "post":
        return this.attempt(() => this.#post(move.posting));
      case "force":
        this.#pay(self, this.#places.rollups, move.value);
        this.#state = { ...this.#state, forced: this.#state.forced + move.value };
        return { success: true, data: "0x" };
      case "ask":
        return { success: true, data: "0x" };
      case "fail":
        return { success: false, data: FAILURE };
    }
  }

  #insist(move: Move, answer: Answer): void {
    if (!answer.success && !move.mayFail) throw new Reverted(answer);
  }

  #script(actor: Address, input: Hex, isStatic: boolean): Hex {
    if (input === FAIL) throw new Reverted({ success: false, data: FAILURE });
    const script = this.#scripts.get(`${actor}:${input}`);
    if (script === undefined) return "0x";
    for (const move of script.moves) this.#insist(move, this.move(actor, move, isStatic));
    if (script.fails) throw new Reverted({ success: false, data: script.answer });
    return script.answer;
  }

  #pay(from: Address, to: Address, value: bigint): void {
    const wei = new Map(this.#state.wei);
    for (const [address, change] of [
      [from, -value],
      [to, value],
    ] as const) {
      const key = address.toLowerCase();
      wei.set(key, (wei.get(key) ?? 0n) + change);
    }
    this.#state = { ...this.#state, wei };
  }

  // ------------------------------------------------------------------------------------------- calls from L1

  #relay(sender: Address, { rollup, original, value, data }: Omit<CallMove, "kind">, isStatic: boolean): Hex {
    this.#pay(sender, this.#places.rollups, value);
    const action = call(L1, rollup, sender, original, { value, data, isStatic });
    const { open } = this.#state;
    if (isStatic) {
      const { execution } = this.#find(action);
      const last = execution.actions.at(-1);
      if (last === undefined) throw new Error("an execution has actions");
      if (last.failed) throw new Reverted({ success: false, data: last.data });
      return last.data;
    }
    if (open !== undefined) {
      this.#expect(action);
      return this.#run();
    }
    const { id, number, index, execution } = this.#find(action);
    const consumed = new Set(this.#state.consumed).add(`${number}:${index}`);
    const event: ExpectedEvent = { eventName: "ExecutionConsumed", batch: id, execution: index };
    this.#state = { ...this.#state, consumed, events: [...this.#state.events, event] };
    this.#open(execution);
    return this.#run();
  }

  #find(action: Action): { id: Hex; number: number; index: number; execution: Execution } {
    const wanted = hashAction(action);
    for (const { posting, number } of this.#state.tables) {
      const { id, executions } = posting;
      for (const [index, execution] of executions.entries()) {
        const [trigger] = execution.actions;
        if (trigger === undefined || hashAction(trigger) !== wanted) continue;
        if (this.#state.consumed.has(`${number}:${index}`) || !this.#holds(execution)) continue;
        return { id, number, index, execution };
      }
    }
    if (action.value !== 0n && this.#natives.has(action.to)) refuse("NativeTokenRollup");
    return refuse("ExecutionNotFound");
  }

  /**
   * Whether all rollups are where the execution needs them: at their roots, and not waiting in another one.
   */
  #holds(execution: Execution): boolean {
    const seen = new Set<ChainId>();
    return execution.visits.every(({ rollup, rootBefore }) => {
      if (seen.has(rollup)) return true;
      seen.add(rollup);
      return !this.#isOpen(rollup) && this.#state.roots.get(rollup) === rootBefore;
    });
  }

  #isOpen(rollup: ChainId): boolean {
    return this.#state.open?.frames.some((frame) => frame.to === rollup) ?? false;
  }

  // ------------------------------------------------------------------------------------------------- playing

  #open(execution: Execution): void {
    this.#state = { ...this.#state, open: { execution, at: 0, frames: [], visits: 0 } };
  }

  #current(): { open: Open; action: Action } {
    const { open } = this.#state;
    const action = open?.execution.actions[open.at];
    if (open === undefined || action === undefined) throw new Error("no action is next");
    return { open, action };
  }

  #expect(action: Action): void {
    if (hashAction(this.#current().action) !== hashAction(action)) refuse("UnexpectedAction");
  }

  /** Plays from an action of L1's to the RESULT that L1 waits for, and returns it. */
  #run(): Hex {
    for (;;) {
      const { action } = this.#current();
      if (action.kind === ActionKind.RESULT) this.#leave(action);
      else this.#enter(action);
      if (action.to !== L1) continue;
      if (action.kind === ActionKind.RESULT) {
        if (action.failed) throw new Reverted({ success: false, data: action.data });
        return action.data;
      }
      const answer = this.attempt(() => this.#callOut(action));
      // An error of the contract's own is in no list of these worlds.
      if (answer.error !== undefined) refuse("UnexpectedAction");
      this.#expect(result(L1, action.from, answer.data, !answer.success));
    }
  }

  #enter({ from, to, value }: Action): void {
    const { open } = this.#current();
    const begins = to !== L1 && !this.#isOpen(to);
    this.#transfer(from, to, value);
    const frame: Frame = { from, to, value, beginsVisit: begins };
    this.#state = {
      ...this.#state,
      open: { ...open, at: open.at + 1, frames: [...open.frames, frame] },
    };
  }

  #leave({ failed }: Action): void {
    const { open } = this.#current();
    const frame = open.frames.at(-1);
    if (frame === undefined) throw new Error("no call is open");
    // The outermost call's value comes back on L1, where all of it is undone.
    if (failed && open.frames.length > 1) this.#transfer(frame.to, frame.from, frame.value);
    if (frame.beginsVisit) {
      const visit = open.execution.visits[open.visits];
      if (visit?.rollup !== frame.to) throw new Error("no such visit");
      this.#state = {
        ...this.#state,
        roots: new Map(this.#state.roots).set(visit.rollup, visit.rootAfter),
      };
    }
    const frames = open.frames.slice(0, -1);
    const visits = open.visits + (frame.beginsVisit ? 1 : 0);
    this.#state = {
      ...this.#state,
      open: frames.length === 0 ? undefined : { ...open, at: open.at + 1, frames, visits },
    };
  }

  #transfer(from: ChainId, to: ChainId, value: bigint): void {
    const balances = new Map(this.#state.balances);
    if (from !== L1) {
      const left = (balances.get(from) ?? 0n) - value;
      if (left < 0n) refuse("InsufficientRollupBalance");
      balances.set(from, left);
    }
    if (to !== L1) balances.set(to, (balances.get(to) ?? 0n) + value);
    this.#state = { ...this.#state, balances };
  }

  #callOut({ from, sender, target, value, data, isStatic }: Action): Hex {
    this.#pay(this.#places.rollups, target, value);
    const proxied = this.#places.originalOf(target);
    if (proxied === undefined) return this.#script(target, data, isStatic);
    // A proxy that is called by another one calls home at once, with the value it just got.
    this.#pay(target, this.#places.proxyOf(sender, from), value);
    return this.#relay(
      this.#places.proxyOf(sender, from),
      { ...proxied, value, data, isStatic, mayFail: false },
      isStatic,
    );
  }

  // ------------------------------------------------------------------------------------------------- batches

  #post(posting: Posting): Hex {
    if (this.#state.open !== undefined || this.#state.isPosting) refuse("Busy");
    const { timestamp } = posting.input;
    if (this.#state.blockTimestamp - timestamp > MAX_BATCH_AGE) refuse("BatchTooOld");
    const tables = [{ posting, number: this.#state.tables.length }, ...this.#state.tables];
    this.#state = { ...this.#state, tables, isPosting: true };
    for (const [index, execution] of posting.executions.entries()) {
      if (execution.actions[0]?.kind !== ActionKind.L2TX) continue;
      const eventName = this.#holds(execution) ? this.#transaction(execution) : "ExecutionSkipped";
      const event: ExpectedEvent = { eventName, batch: posting.id, execution: index };
      this.#state = { ...this.#state, events: [...this.#state.events, event] };
    }
    this.#state = { ...this.#state, isPosting: false };
    return "0x";
  }

  /** Several are one visit, and have an effect if one of them does. */
  #transactions({ actions, visits }: Execution): "ExecutionConsumed" | "ExecutionFailed" {
    if (actions.every(({ kind, failed }) => kind === ActionKind.L2TX || failed)) return "ExecutionFailed";
    const roots = new Map(this.#state.roots);
    for (const { rollup, rootAfter } of visits) roots.set(rollup, rootAfter);
    this.#state = { ...this.#state, roots };
    return "ExecutionConsumed";
  }

  #transaction(execution: Execution): "ExecutionConsumed" | "ExecutionFailed" {
    if (execution.actions[2]?.kind === ActionKind.L2TX) return this.#transactions(execution);
    const { success, error } = this.attempt(() => {
      this.#open(execution);
      return this.#run();
    });
    if (error !== undefined && !CONTRADICTIONS.includes(error)) refuse(error);
    return success ? "ExecutionConsumed" : "ExecutionFailed";
  }
}
