import { type Address, numberToHex, zeroAddress } from "viem";
import type { CallFrame } from "../../evm/call-frame.ts";
import type { RelayCall } from "../../evm/relay-call.ts";
import type { L1Frame } from "../../l1/call-tracer.ts";
import { lowerCase } from "../../protocol/address.ts";
import type { ChronicleTransaction } from "../../kinds/evm/chronicle/types.ts";
import { type Action, ActionKind } from "../../protocol/action.ts";
import { type ChainId, L1 } from "../../protocol/ids.ts";
import { rollupFrame, type TraceFrame } from "./frame.ts";
import { warningOf } from "../../simulate/warnings.ts";
import { type Answer, missingOf, UNDONE } from "./missing.ts";
import { type TracedCall, isRemembered, tookEffect } from "./traced-call.ts";
import { callsForRollups, isTransactionFrame, relayOf } from "./l1-frame.ts";

/** A visit of an EVM rollup with its frames: those of each incoming CALL or L2TX, in order. */
export interface TracedVisit {
  readonly transaction: ChronicleTransaction;
  readonly operations: readonly CallFrame[];
}

/** A call between chains, without what tells its kind and place. */
export type CrossCall = Pick<Action, "from" | "to" | "sender" | "target" | "value" | "data" | "isStatic">;

/** What a rollup without frames did with a call, as far as it made calls itself. */
export type CallsOfKind = (call: CrossCall) => readonly CrossCall[];

/** Everything that one transaction of L1 did, chain by chain. */
export interface TraceParts {
  /** Address of `Rollups`, lower case. */
  readonly manager: Address;
  readonly l1: L1Frame;
  /** Visits that took effect in it, by EVM rollup, in order. */
  readonly visits: ReadonlyMap<ChainId, readonly TracedVisit[]>;
  /** Transactions of rollups that took effect in it, in order: their rollup and hash. */
  readonly transactions: readonly { readonly rollup: ChainId; readonly hash: string }[];
  /** Kinds of rollups that keep no frames. */
  readonly frameless: ReadonlyMap<ChainId, CallsOfKind>;
}

/** Where the walk is. */
interface Place {
  /** The call in which the present operation runs. */
  readonly within: TracedCall | undefined;
  /** The calls that L1 made for rollups in the present frame of `Rollups`, not seen yet. */
  readonly l1Calls: L1Frame[];
  readonly isStatic: boolean;
  readonly reverted: boolean;
  readonly revertedSince: boolean;
}

/** A visit that the walk is inside of. */
interface OpenVisit {
  readonly visit: TracedVisit;
  /** Operations entered so far. */
  entered: number;
}

/**
 * Puts the frames of all chains together as one chain would have nested them: inside each frame in which a
 * call left its chain, the frames that ran on the other one.
 */
export class CrossChainTrace {
  readonly #parts: TraceParts;
  readonly #queues: Map<ChainId, TracedVisit[]>;
  readonly #open = new Map<ChainId, OpenVisit>();
  readonly #found = new Map<string, TraceFrame>();
  #transactions = 0;
  /** The tree from L1's transaction down. */
  readonly root: TraceFrame;

  constructor(parts: TraceParts) {
    this.#parts = parts;
    this.#queues = new Map([...parts.visits].map(([rollup, visits]) => [rollup, [...visits]]));
    const base = { within: undefined, l1Calls: [], isStatic: false, reverted: false, revertedSince: false };
    this.root = this.#l1(parts.l1, base);
    // A visit that found no place among L1's frames is shown by itself.
    for (const [rollup, visits] of this.#queues) for (const visit of visits) this.#begin(rollup, visit, base);
  }

  /**
   * The frame with which a visit began.
   * @param hash of the transaction that stands for the visit.
   */
  frameOf(hash: string): TraceFrame | undefined {
    return this.#found.get(hash);
  }

  // ------------------------------------------------------------------------------------------------------ L1

  #l1(frame: L1Frame, place: Place): TraceFrame {
    const { manager } = this.#parts;
    const reverted = place.reverted || frame.error !== undefined;
    const isStatic = place.isStatic || frame.type === "STATICCALL";
    const inside = { ...place, reverted, isStatic };
    const relay = relayOf(frame, manager);
    if (relay !== undefined) return this.#leaveL1(frame, relay, { ...place, isStatic });
    if (isTransactionFrame(frame, manager)) return this.#transaction(frame, inside);
    return l1Frame(
      frame,
      frame.calls.map((call) => this.#l1(call, inside)),
    );
  }

  /** A call leaves L1. */
  #leaveL1(frame: L1Frame, relay: RelayCall, place: Place): TraceFrame {
    const call: CrossCall = {
      from: L1,
      to: relay.chain,
      sender: relay.sender,
      target: relay.target,
      value: frame.value,
      data: relay.data,
      isStatic: place.isStatic,
    };
    const l1Calls = callsForRollups(frame, this.#parts.manager);
    const within = tracedCall(call, place, frame.error !== undefined);
    const answer = answerOf(frame);
    const callee = this.#enter(call, within, l1Calls, answer);
    const crossing = { crossing: numberToHex(relay.chain) };
    if (callee !== undefined)
      return { ...l1Frame(frame, [callee, ...this.#unseen(l1Calls, within)]), ...crossing };
    return {
      ...l1Frame(frame, this.#unseen(l1Calls, within)),
      ...crossing,
      missing: missingOf(call, answer),
    };
  }

  /** `Rollups` plays a transaction that was signed for a rollup. */
  #transaction(frame: L1Frame, place: Place): TraceFrame {
    const own = frame.error === undefined ? this.#parts.transactions[this.#transactions++] : undefined;
    const l1Calls = callsForRollups(frame, this.#parts.manager);
    const inside = { ...place, l1Calls };
    const queue = own === undefined ? undefined : this.#queues.get(own.rollup);
    const at = queue?.findIndex(({ transaction }) => transaction.hash === own?.hash) ?? -1;
    const [visit] = at < 0 ? [] : (queue?.splice(at, 1) ?? []);
    const calls = own === undefined || visit === undefined ? [] : [this.#begin(own.rollup, visit, inside)];
    return l1Frame(frame, [...calls, ...this.#unseen(l1Calls, undefined)]);
  }

  /** Calls that L1 made for rollups, but whose place in the rollups' frames is not known. */
  #unseen(l1Calls: L1Frame[], within: TracedCall | undefined): TraceFrame[] {
    const place = { within, l1Calls: [], isStatic: false, reverted: true, revertedSince: true };
    return l1Calls.splice(0).map((frame) => this.#l1(frame, place));
  }

  // ------------------------------------------------------------------------------------------------- rollups

  /**
   * A call reaches a chain.
   * @returns its frame; nothing if that was not kept.
   */
  #enter(call: CrossCall, within: TracedCall, l1Calls: L1Frame[], answer: Answer): TraceFrame | undefined {
    const place = { within, l1Calls, isStatic: call.isStatic, reverted: false, revertedSince: false };
    if (call.to === L1) return this.#enterL1(call, place);
    const callsOf = this.#parts.frameless.get(call.to);
    if (callsOf !== undefined) return this.#frameless(call, callsOf(call), place, answer);
    const open = this.#open.get(call.to);
    if (open === undefined) {
      const queue = this.#queues.get(call.to) ?? [];
      const at = queue.findIndex(
        ({ transaction }) => transaction.receipt.actions[0]?.kind === ActionKind.CALL,
      );
      const visit = queue[at];
      if (visit === undefined || !tookEffect(within) || !isCall(visit.transaction.receipt.actions[0], call))
        return undefined;
      queue.splice(at, 1);
      return this.#begin(call.to, visit, place);
    }
    const operation = open.visit.operations[open.entered];
    if (operation === undefined || !isRemembered(within) || !isCall(incoming(open.visit)[open.entered], call))
      return undefined;
    open.entered++;
    return this.#rollup(operation, call.to, open.visit, place);
  }

  #begin(rollup: ChainId, visit: TracedVisit, place: Place): TraceFrame {
    const [first] = visit.operations;
    const begun: OpenVisit = { visit, entered: 1 };
    this.#open.set(rollup, begun);
    const inside = { ...place, reverted: false, revertedSince: false };
    const frame = first === undefined ? noFrame(rollup) : this.#rollup(first, rollup, visit, inside);
    this.#open.delete(rollup);
    this.#found.set(visit.transaction.hash, frame);
    return frame;
  }

  /** @param operation the outermost frame of an operation: that it failed is said by `place.within`. */
  #rollup(operation: CallFrame, chain: ChainId, visit: TracedVisit, place: Place): TraceFrame {
    const [trigger] = visit.transaction.receipt.actions;
    const isTransaction = trigger?.kind === ActionKind.L2TX && operation === visit.operations[0];
    // A transaction stays when its frame reverts, and undoes its calls; a call that fails undoes itself.
    const reverted = isTransaction && operation.error !== undefined;
    const warning = isTransaction ? undefined : warningOf({ chain, frame: operation });
    const shown = this.#rollupFrame(operation, chain, visit, { ...place, reverted });
    return warning === undefined ? shown : { ...shown, warning };
  }

  #rollupFrame(frame: CallFrame, chain: ChainId, visit: TracedVisit, place: Place): TraceFrame {
    const shown = rollupFrame(frame, chain);
    const { crossing } = frame;
    if (crossing !== undefined) return { ...shown, ...this.#leaveRollup(frame, crossing, visit, place) };
    let { revertedSince } = place;
    const calls: TraceFrame[] = [];
    for (const call of frame.calls) {
      const reverted = place.reverted || (call.error !== undefined && call.crossing === undefined);
      calls.push(this.#rollupFrame(call, chain, visit, { ...place, reverted, revertedSince }));
      revertedSince ||= place.reverted && hasLiveCall(call);
    }
    return { ...shown, calls };
  }

  /** A call leaves a rollup. */
  #leaveRollup(
    frame: CallFrame,
    { to, action }: NonNullable<CallFrame["crossing"]>,
    visit: TracedVisit,
    place: Place,
  ): Pick<TraceFrame, "crossing" | "missing" | "calls"> {
    const crossing = numberToHex(to);
    const call = visit.transaction.receipt.actions[action];
    if (call?.kind !== ActionKind.CALL || call.to !== to) return { crossing, missing: UNDONE };
    const failed = frame.error !== undefined;
    const within = tracedCall(call, { ...place, isStatic: call.isStatic }, failed);
    const answer = { output: frame.output, error: frame.error };
    const callee = this.#enter(call, within, place.l1Calls, answer);
    return callee === undefined
      ? { crossing, missing: missingOf(call, answer) }
      : { crossing, calls: [callee] };
  }

  /** The call that L1 makes for a rollup next. */
  #enterL1({ target, value, data }: CrossCall, place: Place): TraceFrame | undefined {
    const at = place.l1Calls.findIndex((frame) => {
      // `target (20 bytes) ‖ gas (4 bytes) ‖ data` (docs/spec.md section 3); no frame tells which gas it was
      // to be.
      const { input } = frame;
      const isCall = input.slice(0, 42) === lowerCase(target) && `0x${input.slice(50)}` === data;
      return isCall && frame.value === value;
    });
    if (at < 0) return undefined;
    const [frame] = place.l1Calls.splice(at, 1);
    // That the proxy's frame failed is said by `place.within`; the frame inside it is the callee's own.
    return frame === undefined ? undefined : this.#callee(frame, { ...place, l1Calls: [] });
  }

  /** The frame of a proxy that calls for its original, and the callee's in it. */
  #callee(frame: L1Frame, place: Place): TraceFrame {
    const calls = frame.calls.map((call) =>
      l1Frame(
        call,
        call.calls.map((inner) => this.#l1(inner, place)),
      ),
    );
    return l1Frame(frame, calls);
  }

  /** A kind of rollup that has no frames is shown by the call that it got, and those that it made. */
  #frameless(
    call: CrossCall,
    made: readonly CrossCall[],
    place: Place,
    { output, error }: Answer,
  ): TraceFrame {
    const { sender, target, value, data, isStatic } = call;
    const calls = made.flatMap((each) => {
      const within = tracedCall(each, place, error !== undefined);
      return this.#enter(each, within, place.l1Calls, {}) ?? [];
    });
    return {
      chain: numberToHex(call.to),
      type: isStatic ? "STATICCALL" : "CALL",
      // An account of the chain that called.
      from: lowerCase(sender),
      to: lowerCase(target),
      value: numberToHex(value),
      gas: "0x0",
      gasUsed: "0x0",
      input: data,
      ...(output === undefined || output === "0x" ? {} : { output }),
      ...(error === undefined ? {} : { error }),
      calls,
    };
  }
}

function tracedCall(call: CrossCall, place: Place, failed: boolean): TracedCall {
  const { within: outer, reverted, revertedSince } = place;
  return { from: call.from, to: call.to, outer, isStatic: call.isStatic, failed, reverted, revertedSince };
}

/**
 * Whether a call that left the chain in this frame, and was not static, still stands when the frame has
 * ended.
 */
function hasLiveCall({ crossing, error, type, calls }: CallFrame): boolean {
  if (error !== undefined || type === "STATICCALL") return false;
  return crossing !== undefined || calls.some(hasLiveCall);
}

/** The actions with which operations of the visit began. */
function incoming({ transaction }: TracedVisit): Action[] {
  const { actions } = transaction.receipt;
  const [first] = actions;
  return actions.filter(
    ({ kind, to }) => kind === ActionKind.L2TX || (kind === ActionKind.CALL && to === first?.to),
  );
}

function isCall(action: Action | undefined, call: CrossCall): boolean {
  return (
    action?.kind === ActionKind.CALL &&
    action.from === call.from &&
    lowerCase(action.sender) === lowerCase(call.sender) &&
    lowerCase(action.target) === lowerCase(call.target) &&
    action.value === call.value &&
    action.data === call.data
  );
}

function answerOf({ raw, error }: L1Frame): Answer {
  const { output } = raw;
  const isHex = typeof output === "string" && output.startsWith("0x");
  return { ...(isHex ? { output: `0x${output.slice(2)}` } : {}), error };
}

function l1Frame({ raw, type, from, input }: L1Frame, calls: TraceFrame[]): TraceFrame {
  return { gas: "0x0", gasUsed: "0x0", ...raw, type, from, input, chain: "0x0", calls };
}

function noFrame(rollup: ChainId): TraceFrame {
  return {
    chain: numberToHex(rollup),
    type: "CALL",
    from: zeroAddress,
    gas: "0x0",
    gasUsed: "0x0",
    input: "0x",
    missing: UNDONE,
  };
}
