import type { Linear } from "../../bus/linear.ts";
import type { RowBuilder } from "../../bus/row.ts";
import { FRAME_ATTRIBUTE } from "../attributes.ts";

/** Whether what a frame does to tables is undone when it ends, and until when. */
export interface Undoing {
  /** 1 if it is. */
  readonly undone: Linear;
  /** When the frame's first entry is undone, which is the last undoing. */
  readonly last: Linear;
}

/** Receives what the frame was told when it began. given: undone, lastUndoing. */
export function receiveUndoing(r: RowBuilder, context: Linear): Undoing {
  const undone = r.flag("undone");
  const last = r.given("lastUndoing");
  r.receive("attribute", { lo: undone, context, kind: FRAME_ATTRIBUTE.undoing, hi: last });
  return { undone, last };
}

/**
 * Counts an entry of a frame among those that are undone. Number k, from 0 on, is undone at `last` − k: the
 * newest first, all of them after the frame has ended and before anything else happens. given: count.
 * @returns the time at which the entry is undone.
 */
export function countUndoing(r: RowBuilder, context: Linear, { undone, last }: Undoing): Linear {
  const count = r.given("count");
  r.receive("undoings", { count, context }, undone);
  r.bounded(count.plus(1), (1n << 32n) - 1n, "a statement has fewer than 2^32 rows");
  r.send("undoings", { count: count.plus(1), context }, undone);
  const time = last.minus(count);
  r.bounded(time, (1n << 32n) - 1n, "`end` says that `last` is the frame's end and all that it counted");
  return time;
}
