import { LockstepError } from "../../protocol/errors.ts";

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
