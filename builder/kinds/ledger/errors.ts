import { LockstepError } from "../../protocol/errors.ts";

/** An L2TX that no proof can exist for; it has no effect, not even a failed RESULT. */
export class InvalidL2TransactionError extends LockstepError {
  constructor(reason: string) {
    super("INVALID_L2_TRANSACTION", `invalid ledger transaction: ${reason}`);
  }
}

/** A credit that would take a balance to 2^128 wei or more: more Ether than L1 lets a rollup hold. */
export class BalanceOverflowError extends LockstepError {
  constructor() {
    super("BALANCE_OVERFLOW", "a credit would take an account's balance to 2^128 wei or more");
  }
}

/**
 * A record handed to the circuit that is no complete visit of a ledger: an error of the program, not of a
 * user.
 */
export class UnprovableVisitError extends LockstepError {
  constructor(reason: string) {
    super("UNPROVABLE_VISIT", `the record is no complete visit of a ledger: ${reason}`);
  }
}
