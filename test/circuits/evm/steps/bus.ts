import { bytesToHex } from "viem";
import { FRAME_ATTRIBUTE, STATEMENT_ATTRIBUTE } from "../../../../circuits/evm/attributes.ts";
import { type BusEntry, evaluateRow, fillRow, unbalanced } from "../../../../circuits/bus/evaluate.ts";
import { type TupleName, TUPLES } from "../../../../circuits/bus/tuples.ts";
import type { RowType } from "../../../../circuits/bus/row.ts";
import type { FrameEnd, FrameStart } from "../../../../builder/kinds/evm/trace/frame-start.ts";
import type { Lifetime, StorageEntry, Tables } from "../../../../builder/kinds/evm/trace/tables.ts";
import type { TraceRow } from "../../../../builder/kinds/evm/trace/trace-row.ts";
import { operandHalves, wordAt } from "../../../../builder/kinds/evm/trace/words.ts";
import { halves } from "../../../../builder/proving/bus/terms.ts";
import { truths } from "../support/bus.ts";

/** A row with what it commits to. */
export interface CommittedRow {
  readonly type: RowType;
  readonly values: readonly bigint[];
}

/** What a bus says of a trace. */
export interface Verdict {
  /** Constraints that do not hold. */
  readonly broken: readonly string[];
  /** Tuples that are sent and received differently often, false look-ups included. */
  readonly unbalanced: ReadonlyMap<string, bigint>;
}

/** No row of a step hashes. */
export const noHash = (): never => {
  throw new RangeError("no row of a step hashes");
};

export function commit(rows: readonly TraceRow[]): CommittedRow[] {
  return rows.map(({ type, given }) => ({ type, values: fillRow(type, given, noHash) }));
}

/** What stands around a frame: its border, its tables and L1's code. */
export interface Surroundings {
  readonly start: FrameStart;
  readonly end: FrameEnd;
  /** What the frame is told of undoing. */
  readonly undoing: bigint;
  readonly tables: Pick<Tables, "slots" | "accounts" | "refund">;
}

/** Evaluates rows of one frame, with what others would send and receive added. */
export function judge(rows: readonly CommittedRow[], surroundings: Surroundings): Verdict {
  const evaluated = rows.map(({ type, values }) => ({ type, ...evaluateRow(type, values, noHash) }));
  const own = evaluated.flatMap(({ entries }) => entries);
  const { start } = surroundings;
  const truth = truths([{ slot: start.slot, code: bytesToHex(start.code) }]);
  const provided = new Set(trueOfFrame(surroundings).map(({ tuple, elements }) => key(tuple, elements)));
  // What is sent freely, and true, is sent as often as it is received.
  const rest = own.filter(
    (sent) => sent.times > 0n || !(truth(sent) === true || provided.has(key(sent.tuple, sent.elements))),
  );
  return {
    broken: evaluated.flatMap(({ type, broken }) => broken.map((why) => `${type.name}: ${why}`)),
    unbalanced: unbalanced([...rest, ...border(surroundings)]),
  };
}

function key(tuple: TupleName, elements: readonly bigint[]): string {
  return `${tuple}(${elements.join(",")})`;
}

/** Tuples of a type in the order of its fields. */
function entry(tuple: TupleName, fields: Readonly<Record<string, bigint>>, times: bigint): BusEntry {
  const elements = Object.keys(TUPLES[tuple].fields).map((field) => {
    const value = fields[field];
    if (value === undefined) throw new RangeError(`${tuple} has no ${field}`);
    return value;
  });
  return { tuple, elements, times };
}

/** What the row that begins the frame sends as often as it is received. */
function trueOfFrame({ start, undoing }: Surroundings): BusEntry[] {
  const { context, callData, attributes } = start;
  const attribute = (name: string, kind: number, of: bigint): BusEntry => {
    const values: Readonly<Record<string, bigint>> = { ...attributes, undoing };
    return entry("attribute", { ...halves(values[name] ?? 0n), context: of, kind: BigInt(kind) }, 1n);
  };
  return [
    ...Object.entries(FRAME_ATTRIBUTE).map(([name, kind]) => attribute(name, kind, context)),
    ...Object.entries(STATEMENT_ATTRIBUTE)
      .filter(([name]) => name in attributes)
      .map(([name, kind]) => attribute(name, kind, 0n)),
    // One more than there are: the word behind them is 0.
    ...Array.from({ length: Math.ceil(callData.length / 32) + 1 }, (_, index) =>
      entry("calldata", { ...halves(wordAt(callData, index)), context, index: BigInt(index) }, 1n),
    ),
  ];
}

function storage({ address, slot, value, original, warm, time }: StorageEntry, times: bigint): BusEntry {
  const fields = { ...operandHalves("slot", slot), ...operandHalves("original", original), ...halves(value) };
  return entry("storage", { ...fields, address, warm: warm ? 1n : 0n, time }, times);
}

function lifetimes<Entry>(
  all: readonly Lifetime<Entry>[],
  of: (entry: Entry, times: bigint) => BusEntry,
): BusEntry[] {
  return all.flatMap(({ first, last }) => [of(first, 1n), of(last, -1n)]);
}

/** What begins and ends the frame and its transaction. */
function border({ start, end, tables }: Surroundings): BusEntry[] {
  const { context, time, gas, slot } = start;
  const { output } = end;
  return [
    entry("state", { gas, context, time, sp: 0n, pc: 0n, slot }, 1n),
    entry("memorySize", { words: 0n, context, time: 0n, quotient: 0n }, 1n),
    entry("freshMemory", { index: 0n, context }, 1n),
    entry("undoings", { count: 0n, context }, 1n),
    entry("refund", { value: 0n, time: 0n }, 1n),
    entry("refund", { ...tables.refund }, -1n),
    entry(
      "ended",
      {
        gas: end.gas,
        context,
        time: end.time,
        succeeded: end.succeeded ? 1n : 0n,
        length: BigInt(output.length),
      },
      -1n,
    ),
    ...Array.from({ length: Math.ceil(output.length / 32) }, (_, index) =>
      entry("returned", { ...halves(wordAt(output, index)), context, index: BigInt(index) }, -1n),
    ),
    ...lifetimes(tables.slots, storage),
    ...lifetimes(tables.accounts, ({ address, balance, nonce, codeHash, warm, time: since }, times) =>
      entry(
        "account",
        { address, balance, nonce, ...operandHalves("hash", codeHash), warm: warm ? 1n : 0n, time: since },
        times,
      ),
    ),
  ];
}
