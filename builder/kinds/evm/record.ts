import type { VisitReceipt } from "./receipt.ts";
import type { Touched } from "./state-types.ts";
import type { StateWitness } from "./store/witness.ts";
import type { WitnessNote } from "./store/witness-note.ts";
import type { StateRoot } from "../../protocol/ids.ts";

/** A transaction of a visit: an L2TX, or all of a visit that a CALL began. */
export interface EvmTransaction {
  readonly receipt: VisitReceipt;
  /** The rollup's root after it. */
  readonly rootAfter: StateRoot;
}

/** What an EVM rollup remembers of a visit. */
export interface EvmVisitRecord {
  /** In order: several in a joint visit. */
  readonly transactions: readonly [EvmTransaction, ...EvmTransaction[]];
  /** What it looked at. */
  readonly touched: Touched;
  /** What re-executing the visit from its root before needs, and what it is proven from. */
  readonly witness: StateWitness;
  readonly note: WitnessNote;
}

/** The record, whose witness is proven when it is first read. */
export function recordOf(
  transactions: EvmVisitRecord["transactions"],
  touched: Touched,
  note: WitnessNote,
): EvmVisitRecord {
  let witness: StateWitness | undefined;
  return {
    transactions,
    touched,
    note,
    get witness() {
      return (witness ??= note.prove());
    },
  };
}
