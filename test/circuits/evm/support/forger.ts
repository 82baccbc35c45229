import { FIELD_MODULUS as P } from "../../../../builder/protocol/ids.ts";
import {
  type BusEntry,
  evaluateRow,
  type EvaluatedRow,
  type Hash,
} from "../../../../circuits/bus/evaluate.ts";
import { codeRow } from "../../../../circuits/evm/code/rows.ts";
import { circuit } from "../../../../circuits/evm/index.ts";
import type { TraceRow } from "../../../../builder/kinds/evm/trace/trace-row.ts";
import type { CommittedRow, SlottedCode } from "./bus.ts";
import { commit, flaws, truths } from "./bus.ts";

/**
 * What became of a forgery. `same`: the changed rows say exactly what they said before, to the bus and for
 * their slots; a row has no other effect.
 */
export type Outcome = "constraint" | "look-up" | "code" | "bus" | "same" | "survived";

/** Rows that hold and balance, to be changed. */
export class Forger {
  readonly rows: readonly CommittedRow[];
  readonly #hash: Hash;
  readonly #said: readonly EvaluatedRow[];
  readonly #isTrue: (entry: BusEntry) => boolean | undefined;
  /** How many rows vouch for each row of a code. */
  readonly #vouched = new Map<string, number>();

  /**
   * @param told what L1 sends.
   * @throws {Error} if the rows do not hold.
   */
  constructor(
    rows: readonly TraceRow[],
    told: readonly BusEntry[],
    codes: readonly SlottedCode[],
    hash: Hash,
  ) {
    const own = commit(rows, hash);
    const found = flaws(own, told, hash, codes);
    if (found.length > 0) throw new Error(`these rows do not hold: ${found.join("; ")}`);
    this.#hash = hash;
    this.#isTrue = truths(codes);
    this.rows = [...own, ...commit(vouching(own, hash), hash)];
    this.#said = this.rows.map(({ type, committed }) => evaluateRow(type, committed, hash));
    for (const key of this.#said.flatMap(vouchedKeys)) this.#vouched.set(key, 1);
  }

  said(row: number): EvaluatedRow {
    const said = this.#said[row];
    if (said === undefined) throw new RangeError(`no row ${row}`);
    return said;
  }

  /** What rows with other committed values make of it. */
  try(changes: ReadonlyMap<number, readonly bigint[]>): Outcome {
    const delta = new Map<string, bigint>();
    const isVouched = new Map(this.#vouched);
    let same = true;
    for (const [at, committed] of changes) {
      const { type } = this.rows[at] ?? {};
      if (type === undefined) throw new RangeError(`no row ${at}`);
      const before = this.said(at);
      const after = evaluateRow(type, committed, this.#hash);
      if (after.broken.length > 0) return "constraint";
      if (after.entries.some((entry) => this.#isFalse(entry))) return "look-up";
      if (keysOf(before) !== keysOf(after)) same = false;
      for (const [said, sign] of [
        [before, -1n],
        [after, 1n],
      ] as const) {
        for (const entry of said.entries) {
          const key = keyOf(entry);
          if (!isFixed(entry)) delta.set(key, (delta.get(key) ?? 0n) + sign * entry.times);
        }
        for (const key of vouchedKeys(said)) isVouched.set(key, (isVouched.get(key) ?? 0) + Number(sign));
      }
    }
    if (same) return "same";
    for (const [key, count] of isVouched)
      // Each row of the code once at most; and what stands for the code as often as L1 says.
      if (count !== (this.#vouched.get(key) ?? 0) && (count > 1 || !this.#mayVouch(key))) return "code";
    for (const times of delta.values()) if (times % P !== 0n) return "bus";
    return "survived";
  }

  #isFalse(entry: BusEntry): boolean {
    // Who sends these is among the rows.
    if (entry.tuple === "code" || entry.tuple === "slot") return false;
    return this.#isTrue(entry) === false;
  }

  #mayVouch(key: string): boolean {
    const [slot = "", row = ""] = key.split(" ");
    if (row.startsWith("codeHead")) return false;
    return this.#isTrue({ tuple: "code", elements: [BigInt(row), BigInt(slot)], times: -1n }) === true;
  }
}

/** Those that tables of constants send. */
function isFixed({ tuple }: BusEntry): boolean {
  return circuit.tables.some((table) => table.tuple === tuple);
}

function keyOf({ tuple, elements }: BusEntry): string {
  return `${tuple}(${elements.join()})`;
}

function keysOf(said: EvaluatedRow): string {
  return [...said.entries.map((entry) => `${entry.times} ${keyOf(entry)}`), ...vouchedKeys(said)].join("; ");
}

function vouchedKeys({ vouched }: EvaluatedRow): string[] {
  return vouched.map((each) =>
    "value" in each ? `${each.slot} ${each.value}` : `${each.slot} ${each.tuple}(${each.elements.join()})`,
  );
}

/** The rows that vouch for what these take from codes. */
function vouching(rows: readonly CommittedRow[], hash: Hash): TraceRow[] {
  const taken = new Map<string, { tuple: string; elements: readonly bigint[]; times: bigint }>();
  for (const { type, committed } of rows)
    for (const entry of evaluateRow(type, committed, hash).entries) {
      if (entry.tuple !== "code" && entry.tuple !== "slot") continue;
      const found = taken.get(keyOf(entry)) ?? { tuple: entry.tuple, elements: entry.elements, times: 0n };
      found.times -= entry.times;
      taken.set(keyOf(entry), found);
    }
  return [...taken.values()].map(({ tuple, elements: [first = 0n, slot = 0n, hi = 0n], times }) => {
    const name = tuple === "code" ? codeRow(Number(slot)).name : `codeHead${slot}`;
    const type = circuit.rows.find((each) => each.type.name === name)?.type;
    if (type === undefined) throw new RangeError(`the circuit has no row ${name}`);
    const given: Record<string, bigint> = tuple === "code" ? { row: first, times } : { lo: first, hi, times };
    return { type, given };
  });
}
