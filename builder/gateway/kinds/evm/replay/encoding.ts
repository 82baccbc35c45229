import { concat, type Hex, numberToHex, size } from "viem";
import type { ChainId } from "../../../../protocol/ids.ts";
import type { RecordedCall, Step, Turn } from "./recorded.ts";

const TURN_HEAD = 2;
const CALL_BYTES = 44;
const ANSWER_HEAD = 12;
const STEP_HEAD = 45;
const FIRST_TURN = 8;

/** Where everything stands in the record. */
class Layout {
  readonly turns = new Map<Turn, number>();
  readonly answers = new Map<RecordedCall, number>();
  readonly order: (Turn | RecordedCall)[] = [];
  end = FIRST_TURN;

  constructor(root: Turn) {
    const waiting = [root];
    for (let turn = waiting.pop(); turn !== undefined; turn = waiting.pop()) {
      this.turns.set(turn, this.#place(turn, TURN_HEAD + CALL_BYTES * turn.calls.length));
      for (const call of turn.calls) {
        this.answers.set(call, this.#place(call, answerBytes(call)));
        waiting.push(call.next, ...call.steps.flatMap((step) => step.turn ?? []));
      }
    }
  }

  #place(what: Turn | RecordedCall, bytes: number): number {
    const place = this.end;
    this.order.push(what);
    this.end += bytes;
    return place;
  }
}

function answerBytes({ steps, data }: RecordedCall): number {
  const came = steps.reduce((sum, { calldata }) => sum + STEP_HEAD + size(calldata), 0);
  return ANSWER_HEAD + came + size(data);
}

/**
 * The code of `contracts/l2/Replay.sol` with what it replays behind it, as its documentation draws it.
 * @param code of the contract alone.
 * @param rollup on which it stands.
 */
export function withRecord(code: Hex, rollup: ChainId, root: Turn): Hex {
  const layout = new Layout(root);
  const record = [
    numberToHex(rollup, { size: 8 }),
    ...layout.order.map((each) => ("calls" in each ? turnBytes(each, layout) : callBytes(each, layout))),
  ];
  return concat([code, ...record, numberToHex(layout.end, { size: 4 })]);
}

function turnBytes({ calls }: Turn, { answers }: Layout): Hex {
  return concat([
    numberToHex(calls.length, { size: TURN_HEAD }),
    ...calls.flatMap((call) => [call.key, numberToHex(call.gas, { size: 8 }), place(answers.get(call))]),
  ]);
}

function callBytes({ isStatic, failed, steps, next, data }: RecordedCall, layout: Layout): Hex {
  return concat([
    flag(isStatic),
    flag(failed),
    numberToHex(steps.length, { size: 2 }),
    place(layout.turns.get(next)),
    place(size(data)),
    ...steps.map((step) => stepBytes(step, layout)),
    data,
  ]);
}

function stepBytes({ proxy, turn, isStatic, value, calldata }: Step, { turns }: Layout): Hex {
  return concat([
    proxy,
    place(turn === undefined ? 0 : turns.get(turn)),
    flag(isStatic),
    numberToHex(value, { size: 16 }),
    place(size(calldata)),
    calldata,
  ]);
}

const flag = (is: boolean): Hex => (is ? "0x01" : "0x00");

function place(at: number | undefined): Hex {
  if (at === undefined) throw new Error("what is recorded has a place");
  return numberToHex(at, { size: 4 });
}
