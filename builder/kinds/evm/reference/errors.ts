import { LockstepError } from "../../../protocol/errors.ts";

/** Why a statement is refused. */
export type StatementFlaw =
  /** The words of header and visit are not those that were proven. */
  | "WORDS_DIFFER"
  /** The batch is older than the rollup's latest block. */
  | "TIMESTAMP_TOO_OLD"
  /** An action has not the form of its kind, is not of this rollup, or comes when it is not its turn. */
  | "ACTION_OUT_OF_PLACE"
  /** The rollup does something else than the statement says. */
  | "ACTION_DIFFERS"
  /** The rollup takes no such action: no proof can exist. */
  | "EXECUTION_REFUSED"
  /** The root after the visit is another one. */
  | "ROOT_DIFFERS"
  /** Part of the witness is malformed, or there twice. */
  | "WITNESS_MALFORMED"
  /** A path does not lead to the root before the visit. */
  | "WITNESS_NOT_IN_STATE"
  /** What the witness says of a key is not what its leaf says. */
  | "WITNESS_VALUE"
  /** A code is missing, or no account has it. */
  | "WITNESS_CODE"
  /** The visit reads or writes what the witness does not show. */
  | "NOT_WITNESSED";

/** A statement about an EVM rollup that does not hold, or whose witness does not show that it does. */
export class StatementRefusedError extends LockstepError {
  declare readonly code: StatementFlaw;

  constructor(code: StatementFlaw, message: string, options?: { cause?: unknown }) {
    super(code, message, options);
  }
}
