import { type Hex, hexToBytes, keccak256 } from "viem";
import { codeRows } from "../../../../builder/proving/bus/code-rows.ts";
import { halves } from "../../../../builder/proving/bus/terms.ts";
import {
  type BusEntry,
  evaluateRow,
  fillRow,
  type Hash,
  unbalanced,
} from "../../../../circuits/bus/evaluate.ts";
import type { RowType } from "../../../../circuits/bus/row.ts";
import type { TupleName } from "../../../../circuits/bus/tuples.ts";
import { OPCODES } from "../../../../circuits/evm/opcodes.ts";

/** A row and what it commits to. */
export interface CommittedRow {
  readonly type: RowType;
  readonly committed: readonly bigint[];
}

export function commit(
  rows: Iterable<{ readonly type: RowType; readonly given: Readonly<Record<string, bigint>> }>,
  hash: Hash,
): CommittedRow[] {
  return [...rows].map(({ type, given }) => ({ type, committed: fillRow(type, given, hash) }));
}

/** A code and the slot in which it is. */
export interface SlottedCode {
  readonly slot: bigint;
  readonly code: Hex;
}

/**
 * What does not hold: broken constraints, tuples that no table and no code has, and others that are not
 * balanced.
 */
export function flaws(
  rows: Iterable<CommittedRow>,
  others: readonly BusEntry[],
  hash: Hash,
  codes: readonly SlottedCode[] = [],
): string[] {
  const isTrue = truths(codes);
  const entries = [...others];
  const found: string[] = [];
  for (const { type, committed } of rows) {
    const { entries: own, broken } = evaluateRow(type, committed, hash);
    found.push(...broken.map((why) => `${type.name}: ${why}`));
    for (const sent of own) {
      const truth = isTrue(sent);
      if (truth === undefined) entries.push(sent);
      else if (!truth) found.push(`${type.name}: ${sent.elements.join(", ")} is in no ${sent.tuple}`);
    }
  }
  for (const [tuple, times] of unbalanced(entries)) found.push(`${tuple}: ${times}`);
  return found;
}

/** Whether a tuple is one that tables and codes send as often as it is received; undefined for all others. */
export function truths(codes: readonly SlottedCode[]): (entry: BusEntry) => boolean | undefined {
  const rows = new Set(
    codes.flatMap(({ slot, code }) => codeRows(hexToBytes(code)).map((row) => `${row},${slot}`)),
  );
  const slots = new Set(
    codes.map(({ slot, code }) => {
      const { lo, hi } = halves(BigInt(keccak256(code)));
      return [lo, slot, hi].join();
    }),
  );
  const opcodes = new Set(
    OPCODES.map(({ gas, class: kind, parameter, pops, pushes, writes }) =>
      [gas, kind, parameter, pops, pushes, Number(writes)].join(),
    ),
  );
  const tables: Partial<Record<TupleName, (a: bigint, b: bigint, c: bigint, all: string) => boolean>> = {
    range: (value) => value < 4096n,
    and: (result, one, other) => one < 64n && other < 64n && result === (one & other),
    power: (lo, exponent, hi) => exponent < 256n && lo + (hi << 128n) === 1n << exponent,
    opcode: (_a, _b, _c, all) => opcodes.has(all),
    code: (_a, _b, _c, all) => rows.has(all),
    slot: (_a, _b, _c, all) => slots.has(all),
  };
  return ({ tuple, elements }) => {
    const [a = 0n, b = 0n, c = 0n] = elements;
    return tables[tuple]?.(a, b, c, elements.join());
  };
}
