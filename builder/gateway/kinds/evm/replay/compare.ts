import type { CallFrame } from "../../../../evm/call-frame.ts";
import type { EvmLog } from "../../../../evm/logs.ts";
import type { VisitReceipt } from "../../../../kinds/evm/receipt.ts";
import { ActionKind } from "../../../../protocol/action.ts";

/** What a transaction did when it was played again. */
export interface Rehearsed {
  readonly frame: CallFrame;
  readonly logs: readonly EvmLog[];
}

type Visit = Pick<VisitReceipt, "actions" | "operations" | "logs">;

/**
 * The first thing in which a transaction that was played again differs from what it did; nothing if it does
 * not. Gas is not looked at, nor are the frames in which the replay makes other chains' calls.
 */
export function differenceOf(visit: Visit, { frame, logs }: Rehearsed): string | undefined {
  const entered = enteredBy(visit);
  const waiting: (readonly [real: CallFrame | undefined, played: CallFrame | undefined, isRoot: boolean])[] =
    [[visit.operations[0], frame, true]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [real, played, isRoot] = next;
    if (real === undefined || played === undefined)
      return `a call of ${(real ?? played)?.to ?? "a contract"} ${real === undefined ? "more" : "less"}`;
    const what = differingField(real, played, isRoot);
    if (what !== undefined) return `${what} of a call of ${real.to ?? "a contract"} by ${real.from}`;
    const { crossing } = real;
    const isCrossing = crossing !== undefined;
    const inside = isCrossing ? (entered.get(crossing.action) ?? []) : real.calls;
    const shown = isCrossing ? played.calls.map(({ calls: [called] }) => called) : played.calls;
    for (let place = Math.max(inside.length, shown.length) - 1; place >= 0; place--)
      waiting.push([inside[place], shown[place], isCrossing]);
  }
  return text(visit.logs) === text(logs) ? undefined : "the events";
}

function differingField(real: CallFrame, played: CallFrame, isRoot: boolean): string | undefined {
  // A frame that a call from another chain opened is shown by what that was.
  if (!isRoot && real.type !== played.type) return "the type";
  if (real.from !== played.from) return "the caller";
  if (real.to !== played.to) return "the callee";
  if (real.value !== played.value) return "the value";
  if (real.input !== played.input) return "the data";
  if (endOf(real) !== endOf(played)) return "the end";
  return real.output === played.output ? undefined : "the answer";
}

function endOf({ error }: CallFrame): "success" | "revert" | "halt" {
  if (error === undefined) return "success";
  return error === "revert" ? "revert" : "halt";
}

function text(logs: readonly EvmLog[]): string {
  return JSON.stringify(logs.map(({ address, topics, data }) => [address, topics, data]));
}

/** The frames that were entered from other chains, by the place of the call that waited meanwhile. */
function enteredBy({ actions, operations }: Visit): Map<number, CallFrame[]> {
  const entered = new Map<number, CallFrame[]>();
  /** Places of calls that wait; of operations nothing. */
  const open: (number | undefined)[] = [];
  let operation = 0;
  for (const [place, { kind }] of actions.entries()) {
    if (kind === ActionKind.RESULT) open.pop();
    if (kind !== ActionKind.CALL && kind !== ActionKind.L2TX) continue;
    const isOutgoing = kind === ActionKind.CALL && open.length % 2 === 1;
    open.push(isOutgoing ? place : undefined);
    if (isOutgoing) continue;
    const frame = operations[operation++];
    const caller = open.at(-2);
    if (frame !== undefined && caller !== undefined)
      entered.set(caller, [...(entered.get(caller) ?? []), frame]);
  }
  return entered;
}
