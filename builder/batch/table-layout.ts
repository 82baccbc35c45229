import { type Hex, size, slice, toHex } from "viem";
import type { Action } from "../protocol/action.ts";
import type { ChainId } from "../protocol/ids.ts";

/**
 * Sizes of a table's parts in bytes, from the layouts drawn in `contracts/table/ExecutionTable.sol` and
 * `Steps.sol`. Constants that have a name there have the same one here; `test/batch/table-layout.test.ts`
 * compares them.
 */

/** `Steps`: the greatest table. */
export const MAX_TABLE_BYTES = 24_575;
/** `Player`: executions of a table that can be consumed, which L1 tells apart by bits of one word. */
export const MAX_EXECUTIONS = 192;
/** `ExecutionTable`: what a slot of storage holds. */
export const SLOT_BYTES = 31;
/** `ExecutionTable`: slots in front of the index. */
export const HEAD_SLOTS = 2;
/** `ExecutionTable`: a slot of the index. */
export const INDEX_BYTES = 4;
/** `ExecutionTable`: how many calls there are for each slot of the index that is free. */
export const CALLS_PER_FREE_SLOT = 8;
/** `ExecutionTable`: of an entry in front of its roots: length, key, ordinal, execution. */
export const ENTRY_BYTES = 2 + 32 + 3;

// `Steps`, in the words of its drawing.
const ROOT_COUNT = 1;
const RECORD_LENGTH = 2;
const DISTANCE = 2;
const EXPECTED = 32;
const EFFECT_COUNT = 1;
const FLAGS = 1;
const COUNT = 2;
const ADDRESS = 20;
const ROOT = 32;
const GAS = 4;
const WORD = 32;
/** Ids from this one on stand in eight bytes behind it. */
const LONG_CHAIN = 0xffn;
/** Of 128 bits, with its size in front. */
const MAX_AMOUNT = 1 + 16;

/** A rollup of an execution, as far as sizes depend on it. */
export interface TableRollup {
  readonly id: ChainId;
  /** Whether Ether crosses its border. */
  readonly movesValue: boolean;
}

/** What a record has in front of its step: not the first one, and the distance only before an alternative. */
export const RECORD_BYTES = RECORD_LENGTH + EXPECTED;
export const DISTANCE_BYTES = DISTANCE;

/** The most that the roots of an opening take. */
export function maxRoots(rollups: readonly TableRollup[]): number {
  return rollups.reduce((sum, { id }) => sum + chainBytes(id) + ROOT, ROOT_COUNT);
}

/** The most that a step's effects take: all that can be told of each rollup. */
export function maxEffects(rollups: readonly TableRollup[]): number {
  return rollups.reduce(
    (sum, { id, movesValue }) => sum + FLAGS + chainBytes(id) + ROOT + (movesValue ? 2 * MAX_AMOUNT : 0),
    EFFECT_COUNT,
  );
}

/** The most that an undoing takes with its effects, which are debits alone. */
export function maxUndoing(rollups: readonly TableRollup[]): number {
  return rollups
    .filter(({ movesValue }) => movesValue)
    .reduce((sum, { id }) => sum + FLAGS + chainBytes(id) + MAX_AMOUNT, EFFECT_COUNT + FLAGS + COUNT);
}

/** The most that a CALL takes. */
export function maxCall({ from, value, gas, data }: Action): number {
  const amount = value === 0n ? 0 : numberBytes(toHex(value, { size: WORD }));
  return (
    FLAGS + COUNT + chainBytes(from) + ADDRESS + amount + ADDRESS + (gas === 0 ? 0 : GAS) + dataBytes(data)
  );
}

/** The most that a RESULT takes. */
export function maxResult({ data }: Action): number {
  return FLAGS + COUNT + dataBytes(data);
}

function chainBytes(id: ChainId): number {
  return id < LONG_CHAIN ? 1 : 1 + 8;
}

/** What data takes: its head, and words without the zeros in front of them. */
export function dataBytes(data: Hex): number {
  const length = size(data);
  if (length === 0) return 0;
  const head = length % WORD;
  let bytes = 1 + head;
  for (let at = head; at < length; at += WORD) bytes += numberBytes(slice(data, at, at + WORD));
  return bytes;
}

function numberBytes(word: Hex): number {
  const zeros = /^0x(?:00)*/.exec(word)?.[0].length ?? 0;
  return 1 + (word.length - zeros) / 2;
}
