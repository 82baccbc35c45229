import type { FrameEnd, Undoings } from "./frame-start.ts";
import type { Machine } from "./machine.ts";

export const NOTHING_UNDONE: Undoings = { count: 0n, attribute: 0n, given: {} };

/**
 * Undoes what a frame did to tables, the newest first, and tells its rows: each that changed an entry is the
 * one that changes it back. What a failed frame refunds does not count.
 */
export async function undo(
  { start, changes, rows, tables, refund }: Machine,
  end: FrameEnd,
): Promise<Undoings> {
  const { undoneBefore } = start;
  if (undoneBefore === undefined) return NOTHING_UNDONE;
  const count = undoneBefore + BigInt(changes.length);
  const lastUndoing = end.time + count;
  const undoing = { undone: 1n, lastUndoing };
  for (const [index, { row, before }] of [...changes.entries()].reverse()) {
    const newest = await tables.storage(before.address, before.slot);
    const { type, given } = rows[row] ?? {};
    if (type === undefined) throw new RangeError(`the frame has no row ${row}`);
    const number = undoneBefore + BigInt(index);
    rows[row] = { type, given: { ...given, ...undoing, count: number, newestTime: newest.time } };
    tables.writeStorage({ ...before, time: lastUndoing - number });
  }
  tables.restoreRefund(refund);
  return { count, attribute: (lastUndoing << 128n) + 1n, given: undoing };
}
