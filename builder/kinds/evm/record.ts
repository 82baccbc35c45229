import type { VisitReceipt } from "./receipt.ts";
import type { Touched } from "./state-types.ts";
import type { StateWitness } from "./store/witness.ts";

/** What an EVM rollup remembers of a visit. */
export interface EvmVisitRecord {
  readonly receipt: VisitReceipt;
  /** What it looked at. */
  readonly touched: Touched;
  /** What re-executing the visit from its root before needs. */
  readonly witness: StateWitness;
}
