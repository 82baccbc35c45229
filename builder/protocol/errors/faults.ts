import type { ErrorDescriptors } from "./descriptor.ts";

const REPORT = "A fault of the program: report it with the log.";

/** What only a fault of the program leads to. */
export const FAULT_ERRORS = {
  INTERNAL: {
    title: "an error without a code of its own",
    meaning: "Something failed that the program does not foresee. The reason has its message.",
    remedy: REPORT,
  },
  OUT_OF_RANGE: {
    title: "a number is out of range",
    meaning: "A number is negative, or too large for its type.",
    remedy: "Correct it if it was given; otherwise a fault of the program.",
  },
  UNEXPECTED_DELIVERY: {
    title: "an action at the wrong time",
    meaning: "A rollup was handed an action that cannot come at this moment.",
    remedy: REPORT,
  },
  JOURNAL_OPEN: {
    title: "an open journal",
    meaning: "A state was to be stored or rewound inside a checkpoint, or while a visit waits.",
    remedy: REPORT,
  },
  UNBALANCED_JOURNAL: {
    title: "the journal's calls do not nest",
    meaning: "A checkpoint was committed, or a call returned, while levels opened later are still open.",
    remedy: REPORT,
  },
  UNPROVABLE_VISIT: {
    title: "an incomplete visit",
    meaning: "A record that a ledger's circuit was to prove is no complete visit.",
    remedy: REPORT,
  },
  VISIT_MISMATCH: {
    title: "two memories of a visit",
    meaning: "A rollup remembers another visit than the simulation recorded.",
    remedy: REPORT,
  },
  FORGOTTEN_MOMENT: {
    title: "a state that was left",
    meaning: "A root or proof is asked for of a state before the last one stored.",
    remedy: REPORT,
  },
  UNDONE_OUT_OF_ORDER: {
    title: "a visit undone out of order",
    meaning: "A visit is undone that is not the latest, or was stored.",
    remedy: REPORT,
  },
  SYSTEM_CONTRACT: {
    title: "the system contract fails",
    meaning: "A read of the EVM rollup's system contract failed.",
    remedy: REPORT,
  },
} as const satisfies ErrorDescriptors;
