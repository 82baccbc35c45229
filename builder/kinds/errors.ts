import { LockstepError } from "../protocol/errors.ts";

/** No circuit instance of the kind holds the visit. */
export class VisitTooLargeError extends LockstepError {
  constructor(what: string, size: number, limit: number) {
    super(
      "VISIT_TOO_LARGE",
      `${what}: ${size.toString()}, but no circuit holds more than ${limit.toString()}`,
    );
  }
}

/**
 * The bytes are no transaction that the rollup could take: there is no effect at all, and no proof but, on
 * kinds that have one for it, that the transaction fails.
 */
export class InvalidL2TransactionError extends LockstepError {
  constructor(reason: string, options?: { cause?: unknown }) {
    super("INVALID_L2_TRANSACTION", `the rollup would refuse the transaction: ${reason}`, options);
  }
}

/** The machine was handed an action that cannot come at this moment, or journal calls that do not nest. */
export class UnexpectedDeliveryError extends LockstepError {
  constructor(reason: string) {
    super("UNEXPECTED_DELIVERY", reason);
  }
}

/** `persist`, `rewind` or `park` while a checkpoint is open or a visit is suspended. */
export class JournalOpenError extends LockstepError {
  constructor(operation: string) {
    super("JOURNAL_OPEN", `${operation} while a checkpoint is open or a visit is suspended`);
  }
}

/** A checkpoint was committed, or a call returned, while levels opened later are still open. */
export class UnbalancedJournalError extends LockstepError {
  constructor(reason: string) {
    super("UNBALANCED_JOURNAL", reason);
  }
}

/**
 * A frame that re-entered a suspended rollup reverts, and the kind cannot prove what the rollup answered
 * until then: a transaction that does this is refused.
 */
export class UndoneWhileSuspendedError extends LockstepError {
  constructor() {
    super(
      "UNDONE_WHILE_SUSPENDED",
      "a call that re-entered a suspended ledger was undone while the ledger still waits: its circuit cannot prove that",
    );
  }
}
