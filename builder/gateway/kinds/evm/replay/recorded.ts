import { type Address, concat, type Hex, keccak256, numberToHex, pad } from "viem";
import type { CallFrame } from "../../../../evm/call-frame.ts";
import { OPERATION_GAS } from "../../../../kinds/evm/execution/environment.ts";
import type { VisitReceipt } from "../../../../kinds/evm/receipt.ts";
import { type Action, ActionKind } from "../../../../protocol/action.ts";

/** A place in the tree of what a rollup did in one visit, and the calls that left it from there. */
export interface Turn {
  readonly calls: RecordedCall[];
}

/** A call that left the rollup, and everything that is known of what became of it. */
export interface RecordedCall {
  /** What finds it: hash of the relay's calldata, its value and its caller. */
  readonly key: Hex;
  /** Gas that the relay had. */
  readonly gas: bigint;
  readonly isStatic: boolean;
  /** Calls back into the rollup, in order. */
  readonly steps: readonly Step[];
  readonly failed: boolean;
  readonly data: Hex;
  /** Where the rollup acts when it has the answer. A static or failed call leads nowhere. */
  readonly next: Turn;
}

/** A call of another chain while one of the rollup's waits. */
export interface Step {
  readonly proxy: Address;
  /** Where the callee acts. Inside a static call that is where the call was made. */
  readonly turn: Turn | undefined;
  readonly isStatic: boolean;
  readonly value: bigint;
  /** What the proxy takes: callee, gas, data. */
  readonly calldata: Hex;
}

interface OpenCall {
  readonly type: "call";
  readonly before: Turn;
  readonly call: Omit<RecordedCall, "failed" | "data" | "steps"> & { readonly steps: Step[] };
}

interface OpenOperation {
  readonly type: "operation";
  readonly begin: Turn;
  /** Where each of its calls was made. */
  readonly made: Turn[];
}

/** The visit is not what a rollup does: its record is damaged. */
function damaged(what: string): Error {
  return new Error(`a visit that was kept is none: ${what}`);
}

/**
 * What other chains did in a visit, by the place in the tree of what the rollup did: what the rollup undid
 * leads back to where it began.
 */
export function recordedCalls({ actions, operations }: Pick<VisitReceipt, "actions" | "operations">): Turn {
  const relays = relaysOf(operations);
  const root: Turn = { calls: [] };
  const open: (OpenCall | OpenOperation)[] = [];
  let [at, entered] = [root, 0];
  const begin = (): void => {
    open.push({ type: "operation", begin: at, made: [] });
    entered++;
  };
  for (const [place, action] of actions.entries()) {
    const outer = open.at(-1);
    if (action.kind === ActionKind.L2TX) begin();
    else if (action.kind === ActionKind.REVERT) {
      const { number } = revertOf(action);
      const made = outer?.type === "operation" ? outer.made[number] : undefined;
      if (made === undefined) throw damaged("it undoes a call that was not made");
      at = made;
    } else if (action.kind === ActionKind.CALL) {
      if (outer?.type === "operation") {
        const frame = relays.get(place);
        if (frame === undefined) throw damaged("a call left in no frame");
        outer.made.push(at);
        const { isStatic } = action;
        const call = { key: keyOf(frame), gas: frame.gas, isStatic, steps: [], next: { calls: [] } };
        open.push({ type: "call", before: at, call });
        continue;
      }
      if (outer !== undefined) {
        const isInStatic = outer.call.isStatic;
        if (!isInStatic) at = { calls: [] };
        const proxy = operations[entered]?.from;
        if (proxy === undefined) throw damaged("a call came in to no frame");
        const { isStatic, value } = action;
        outer.call.steps.push({
          proxy,
          turn: isInStatic ? undefined : at,
          isStatic,
          value,
          calldata: calldataOf(action),
        });
      }
      begin();
    } else if (action.kind === ActionKind.RESULT) {
      const ended = open.pop();
      if (ended === undefined) throw damaged("it ends twice");
      const { failed, data } = action;
      if (ended.type === "call") {
        ended.before.calls.push({ ...ended.call, failed, data });
        at = failed || ended.call.isStatic ? ended.before : ended.call.next;
      } else if (failed) at = ended.begin;
    }
  }
  return merged([root]);
}

/** The frames in which calls left, by the place of their action. */
function relaysOf(operations: readonly CallFrame[]): Map<number, CallFrame> {
  const found = new Map<number, CallFrame>();
  const waiting = [...operations];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.crossing !== undefined) found.set(next.crossing.action, next);
    waiting.push(...next.calls);
  }
  return found;
}

function keyOf({ input, value, from }: CallFrame): Hex {
  return keccak256(concat([input, numberToHex(value, { size: 32 }), pad(from)]));
}

function calldataOf({ target, data }: Action): Hex {
  return concat([target, numberToHex(OPERATION_GAS, { size: 4 }), data]);
}

function revertOf({ data }: Action): { number: number } {
  return { number: Number(BigInt(data)) };
}

/**
 * Several records of one place as one. What was undone and is done again comes to the same answer, so it is
 * the same call: what followed one of them can follow the other.
 */
function merged(turns: readonly Turn[]): Turn {
  const same = Map.groupBy(
    turns.flatMap(({ calls }) => calls),
    signatureOf,
  );
  const calls = [...same.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const steps = first.steps.map((step, place) => ({
      ...step,
      turn: step.turn && merged(group.flatMap((call) => call.steps[place]?.turn ?? [])),
    }));
    return [{ ...first, steps, next: merged(group.map(({ next }) => next)) }];
  });
  return { calls };
}

function signatureOf({ key, isStatic, failed, data, steps }: RecordedCall): string {
  const came = steps.map((step) => [step.proxy, step.isStatic, step.value.toString(), step.calldata]);
  return JSON.stringify([key, isStatic, failed, data, came]);
}
