import type { ErrorDescriptors } from "./descriptor.ts";

const REFUSED = "Nothing to be posted may be like this: see `SELF_CHECK_FAILED`.";

/** Why the reference refuses a statement about an EVM rollup. */
export const STATEMENT_ERRORS = {
  WORDS_DIFFER: {
    title: "another statement was proven",
    meaning: "The words of header and visit are not those that were proven.",
    remedy: REFUSED,
  },
  TIMESTAMP_TOO_OLD: {
    title: "the statement is older than the state",
    meaning: "The batch's time is before that of the rollup's latest block.",
    remedy: REFUSED,
  },
  ACTION_OUT_OF_PLACE: {
    title: "an action is out of place",
    meaning:
      "An action has not the form of its kind, is not of this rollup, or comes when it is not its turn.",
    remedy: REFUSED,
  },
  ACTION_DIFFERS: {
    title: "the rollup acts otherwise",
    meaning: "The rollup does something else than the statement says.",
    remedy: REFUSED,
  },
  EXECUTION_REFUSED: {
    title: "the rollup takes no such action",
    meaning: "No proof can exist for the action: the rollup refuses it.",
    remedy: REFUSED,
  },
  ROOT_DIFFERS: {
    title: "another root after the visit",
    meaning: "Executing the visit again leads to another root than the statement says.",
    remedy: REFUSED,
  },
  WITNESS_MALFORMED: {
    title: "the witness is malformed",
    meaning: "A part of the witness is malformed, or there twice.",
    remedy: REFUSED,
  },
  WITNESS_NOT_IN_STATE: {
    title: "the witness is of another state",
    meaning: "A path does not lead to the root before the visit.",
    remedy: REFUSED,
  },
  WITNESS_VALUE: {
    title: "the witness has a wrong value",
    meaning: "What the witness says of a key is not what its leaf says.",
    remedy: REFUSED,
  },
  WITNESS_CODE: {
    title: "the witness has no such code",
    meaning: "A contract's code is missing, or no account has it.",
    remedy: REFUSED,
  },
  NOT_WITNESSED: {
    title: "the witness is incomplete",
    meaning: "The visit reads or writes what the witness does not show.",
    remedy: REFUSED,
  },
} as const satisfies ErrorDescriptors;
