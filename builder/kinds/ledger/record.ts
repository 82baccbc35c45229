import type { Action } from "../../protocol/action.ts";
import type { UpsertWitness } from "../../state/types.ts";

/** A CALL or L2TX and the RESULT or CALL with which the ledger answers it. */
export interface LedgerOperationStep {
  readonly type: "operation";
  readonly in: Action;
  readonly out: Action;
  /** The account that pays or is credited; written back unchanged when the operation fails. */
  readonly account: UpsertWitness;
  /** The recipient of a transfer, or the account a balance was read of. */
  readonly counterparty?: UpsertWitness;
}

/** The RESULT of an outgoing call and the RESULT with which the suspended operation ends. */
export interface LedgerResultStep {
  readonly type: "result";
  readonly in: Action;
  readonly out: Action;
}

export type LedgerStep = LedgerOperationStep | LedgerResultStep;

/** What the ledger remembers of a visit in order to prove it: its steps in order. */
export interface LedgerVisitRecord {
  readonly steps: readonly LedgerStep[];
}
