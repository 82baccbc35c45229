import { type Address, type Hex, padHex, size } from "viem";
import type { CallFrame } from "../evm/call-frame.ts";
import type { CallRequest } from "../evm/call-request.ts";
import type { Journal } from "../evm/journal.ts";
import { UnknownRollupError } from "../follower/stopped.ts";
import type { Branch, RecordedAction, VisitHandle } from "./recording/tree.ts";
import type { BatchContext, CompletedVisit, Delivery, RollupMachine } from "../kinds/kind.ts";
import {
  type Action,
  ActionKind,
  callAction,
  hashAction,
  l2txAction,
  resultAction,
  revertContinueAction,
} from "../protocol/action.ts";
import type { LockstepError } from "../protocol/errors.ts";
import { chainWithEvmId } from "../protocol/evm-chain-id.ts";
import { type ChainId, L1 } from "../protocol/ids.ts";
import type { EtherBalances } from "./ether-balances.ts";
import { type CrossedFrames, OpenFrames } from "./crossed-frames.ts";
import { SimulationRefusedError } from "./refusal.ts";
import type { Cursor, RecordedEntry, Roots, Recording } from "./recording/recording.ts";

/** How a call ended: its return data, or its revert data if it failed. */
export interface CallResult {
  readonly failed: boolean;
  readonly data: Hex;
}

/** How a call ended, and the frame that it entered. */
export interface EntryResult extends CallResult {
  readonly frame: CallFrame | undefined;
}

/** L1 as the rollups reach it: performs a CALL from the proxy of its sender. */
export interface L1Port {
  call(action: Action): Promise<EntryResult>;
}

/** A call that L1 code makes through a proxy. */
export interface RelayedCall {
  readonly rollup: ChainId;
  readonly target: Address;
  readonly sender: Address;
  readonly value: bigint;
  readonly data: Hex;
  readonly isStatic: boolean;
  /** The frame of L1 in which it leaves, if there is one. */
  readonly frame?: CallFrame | undefined;
}

export interface CrossChainRouterOptions {
  readonly machines: ReadonlyMap<ChainId, RollupMachine>;
  /** Rollups that stand still, and why. */
  readonly stopped: ReadonlyMap<ChainId, LockstepError>;
  readonly context: BatchContext;
  readonly recording: Recording;
  readonly ether: EtherBalances;
  readonly journal: Journal;
  readonly crossed: CrossedFrames;
}

/** Where L1 stands while a call is played. */
interface Position {
  cursor: Cursor;
  /** What is static leaves L1's stored cursor where it is. */
  readonly isStatic: boolean;
}

/**
 * Carries control between the chains of one simulation and records every step. Cost is linear in the calls
 * made.
 */
export class CrossChainRouter {
  readonly #options: CrossChainRouterOptions;
  /** Visits under way. */
  readonly #visits = new Map<ChainId, VisitHandle>();

  constructor(options: CrossChainRouterOptions) {
    this.#options = options;
  }

  /**
   * A call from L1 to a rollup, until its RESULT.
   * @throws {SimulationRefusedError} or the machine's own error.
   */
  async relay(call: RelayedCall, port: L1Port): Promise<CallResult> {
    const { frame, rollup, target, sender, value, data, isStatic } = call;
    const { ether, recording, journal } = this.#options;
    const action = callAction({ from: L1, to: rollup, sender, target, value, isStatic, data });
    this.#machine(rollup);
    ether.credit(rollup, value);
    const { cursor } = recording;
    if (isStatic) {
      if (this.#machine(rollup).suspended && !this.#machine(rollup).provesAbandoned) {
        const message = `rollup ${rollup} is viewed while it waits for the result of a call of its own`;
        throw new SimulationRefusedError("STATIC_CALL_TO_SUSPENDED_ROLLUP", message);
      }
      // Nothing of it stays, but for what was recorded.
      journal.checkpoint(L1);
      try {
        if (cursor === undefined) return await this.#begin(action, port, { frame });
        return await this.#drive(action, { cursor, isStatic }, port, frame);
      } finally {
        journal.revert();
      }
    }
    if (cursor !== undefined) return await this.#drive(action, { cursor, isStatic }, port, frame);
    return await this.#begin(action, port, { frame });
  }

  /**
   * A transaction signed for a rollup, with its frame there.
   * @throws `INVALID_L2_TRANSACTION` and what `relay` throws.
   */
  async l2Transaction(rollup: ChainId, data: Hex, port: L1Port): Promise<EntryResult> {
    return await this.#begin(l2txAction(rollup, data), port);
  }

  /**
   * An unsigned call on a rollup. What it records cannot be proven.
   * @returns the visit that it was, and the frame that it entered.
   */
  async l2Call(
    rollup: ChainId,
    request: CallRequest,
    port: L1Port,
  ): Promise<{ readonly visit: CompletedVisit; readonly frame: CallFrame | undefined }> {
    const { context, journal } = this.#options;
    const machine = this.#machine(rollup);
    if (machine.call === undefined) {
      const message = `rollup ${rollup} takes no calls without a signature`;
      throw new SimulationRefusedError("UNSUPPORTED_CALL", message);
    }
    const call = machine.call.bind(machine);
    const trigger = l2txAction(rollup, standIn(request));
    let visit: CompletedVisit | undefined;
    const { frame } = await this.#begin(trigger, port, {
      request,
      deliver: () => call(trigger, request, context, journal),
      ended: (completed) => (visit = completed),
    });
    if (visit === undefined) throw new Error("a call ended without a visit");
    return { visit, frame };
  }

  /** Opens an execution, outside any other. */
  async #begin(
    trigger: Action,
    port: L1Port,
    { frame, request, deliver = () => this.#deliver(trigger), ended = () => undefined }: Beginning = {},
  ): Promise<EntryResult> {
    const { recording } = this.#options;
    const arrival = this.#arrival(trigger);
    const entry = recording.begin(arrival, this.#roots());
    recording.visit(entry, trigger.to);
    const position: Position = { cursor: { entry, turn: entry.root.next }, isStatic: trigger.isStatic };
    const frames = new OpenFrames(this.#options.crossed, frame, request);
    const result = await this.#follow(
      { branch: entry.root, first: trigger, position, frames },
      port,
      deliver,
    );
    if (!trigger.isStatic) recording.moveTo(undefined);
    const completed = arrival.visits[0]?.completed;
    if (completed !== undefined) ended(completed);
    return { ...result, frame: frames.first };
  }

  /** L1 calls a rollup in the open execution. */
  async #drive(
    call: Action,
    position: Position,
    port: L1Port,
    frame: CallFrame | undefined,
  ): Promise<CallResult> {
    const branch = this.#options.recording.take(position.cursor.turn, this.#arrival(call));
    const frames = new OpenFrames(this.#options.crossed, frame);
    return await this.#follow({ branch, first: call, position, frames }, port, () => this.#deliver(call));
  }

  /** Follows the actions after the `first` until the RESULT that answers it comes back to L1. */
  async #follow(
    { branch: start, first, position, frames }: Course,
    port: L1Port,
    deliver: () => Promise<Delivery>,
  ): Promise<CallResult> {
    const { ether, recording } = this.#options;
    const { entry } = position.cursor;
    /** CALLs between rollups, and from rollups to L1, that are not answered yet. */
    const calls: Action[] = [];
    let branch = start;
    let place = 1;
    let action = first;
    let answer = deliver;
    const record = (step: RecordedAction): void => {
      const known = branch.actions[place];
      if (known === undefined) branch.actions.push(step);
      else if (hashAction(known.action) !== hashAction(step.action)) {
        throw new Error("a rollup that was taken back answers otherwise than before");
      }
      place++;
    };
    for (;;) {
      const { delivery, handles } = await this.#step(entry, action, answer);
      const { action: next } = delivery;
      if (action.kind === ActionKind.CALL || action.kind === ActionKind.L2TX)
        frames.enter(action, delivery.entered);
      answer = () => this.#deliver(action);
      record({ action: next, visits: handles });
      if (next.kind === ActionKind.REVERT) {
        action = revertContinueAction(next.from);
        record(this.#arrival(action));
        continue;
      }
      if (next.kind === ActionKind.CALL) {
        ether.debit(next.from, next.value);
        if (next.to !== L1) ether.credit(next.to, next.value);
        calls.push(next);
        frames.leave(delivery.left);
      } else {
        frames.answer(next);
        const answered = calls.pop();
        if (answered === undefined) {
          this.#moveTo(position, { entry, turn: branch.next });
          return { failed: next.failed, data: next.data };
        }
        if (next.failed) {
          ether.debit(answered.to, answered.value);
          ether.credit(answered.from, answered.value);
        }
      }
      if (next.to !== L1) {
        action = next;
        continue;
      }
      this.#moveTo(position, { entry, turn: branch.next });
      const { failed, data, frame } = await port.call(next);
      frames.visitL1(next.to, frame);
      calls.pop();
      if (failed) ether.credit(next.from, next.value);
      action = resultAction({ from: L1, to: next.from, failed, data });
      const turn = position.isStatic ? position.cursor.turn : (recording.cursor?.turn ?? branch.next);
      branch = recording.take(turn, this.#arrival(action));
      place = 1;
    }
  }

  #moveTo(position: Position, cursor: Cursor): void {
    position.cursor = cursor;
    if (!position.isStatic) this.#options.recording.moveTo(cursor);
  }

  /**
   * Hands `action` to its rollup.
   * @returns what comes next, with the visits it belongs to.
   */
  async #step(
    entry: RecordedEntry,
    action: Action,
    deliver: () => Promise<Delivery>,
  ): Promise<{ delivery: Delivery; handles: readonly VisitHandle[] }> {
    const { recording } = this.#options;
    const rollup = action.to;
    recording.visit(entry, rollup);
    const handle = this.#visits.get(rollup);
    const delivery = await deliver();
    if (delivery.visit !== undefined && handle !== undefined) {
      handle.completed = delivery.visit;
      this.#visits.delete(rollup);
    }
    const { action: next } = delivery;
    const other = next.to === L1 ? undefined : this.#enter(next);
    return { delivery, handles: [handle, other].filter((one) => one !== undefined) };
  }

  /** The visit of the rollup that an action goes to, which it may begin. */
  #enter(action: Action): VisitHandle | undefined {
    const rollup = action.to;
    const machine = this.#machine(rollup);
    const current = machine.suspended ? this.#visits.get(rollup) : undefined;
    if (current !== undefined) return current;
    const handle: VisitHandle = { rollup, before: machine.moment() };
    this.#visits.set(rollup, handle);
    return handle;
  }

  #arrival(action: Action): RecordedAction {
    const handle = this.#enter(action);
    return { action, visits: handle === undefined ? [] : [handle] };
  }

  async #deliver(action: Action): Promise<Delivery> {
    const { context, journal } = this.#options;
    const machine = this.#machine(action.to);
    const delivery = await machine.deliver(action, context, journal);
    // That it fails could be proven, but it would change nothing.
    if (delivery.refusal !== undefined) throw delivery.refusal;
    const refusal = delivery.visit && (await machine.refusalOf?.(delivery.visit, context));
    if (refusal !== undefined) throw refusal;
    return delivery;
  }

  #roots(): Roots {
    return new Map([...this.#options.machines].map(([rollup, machine]) => [rollup, machine.moment()]));
  }

  #machine(rollup: ChainId): RollupMachine {
    const machine = this.#options.machines.get(rollup);
    if (machine !== undefined) return machine;
    const stopped = this.#options.stopped.get(rollup);
    if (stopped !== undefined) throw stopped;
    const { machines, context } = this.#options;
    throw new UnknownRollupError(rollup, chainWithEvmId(rollup, context.l1ChainId, [L1, ...machines.keys()]));
  }
}

/** How an execution begins. */
interface Beginning {
  /** The frame of L1 in which its trigger leaves. */
  readonly frame?: CallFrame | undefined;
  /** What the trigger stands for, if it is no transaction that was signed. */
  readonly request?: CallRequest | undefined;
  /** Hands the trigger over. */
  readonly deliver?: () => Promise<Delivery>;
  /** Is told of the visit that the trigger began. */
  readonly ended?: (visit: CompletedVisit) => void;
}

/** Where the actions after one that L1 takes begin. */
interface Course {
  readonly branch: Branch;
  readonly first: Action;
  readonly position: Position;
  readonly frames: OpenFrames;
}

/** Bytes of a signed transaction beside its data, at most, and of an authorization in it. */
const ENVELOPE_BYTES = 200;
const AUTHORIZATION_BYTES = 130;

/** As long as the transaction will be that the call is estimated for: its bytes count against a batch's. */
function standIn({ data, authorizations = [] }: CallRequest): Hex {
  const more = ENVELOPE_BYTES + AUTHORIZATION_BYTES * authorizations.length;
  return padHex(data, { dir: "right", size: size(data) + more });
}
