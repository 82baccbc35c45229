import { COMMAND_ERRORS } from "./commands.ts";
import type { ErrorDescriptors } from "./descriptor.ts";
import { FAULT_ERRORS } from "./faults.ts";
import { FOLLOWING_ERRORS } from "./following.ts";
import { GATEWAY_ERRORS } from "./gateways.ts";
import { KEY_ERRORS } from "./keys.ts";
import { POSTING_ERRORS } from "./posting.ts";
import { PROVER_ERRORS } from "./provers.ts";
import { STATEMENT_ERRORS } from "./statements.ts";
import { STORAGE_ERRORS } from "./storage.ts";
import { TRANSACTION_ERRORS } from "./transactions.ts";

/**
 * Every error of Lockstep by its code. A code is stable, and thrown by one class. `npm run docs:errors`
 * writes docs/errors.md from it.
 */
export const ERRORS = {
  ...COMMAND_ERRORS,
  ...KEY_ERRORS,
  ...PROVER_ERRORS,
  ...TRANSACTION_ERRORS,
  ...GATEWAY_ERRORS,
  ...POSTING_ERRORS,
  ...FOLLOWING_ERRORS,
  ...STORAGE_ERRORS,
  ...STATEMENT_ERRORS,
  ...FAULT_ERRORS,
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** The registry in the order of the documentation. */
export const ERROR_GROUPS: readonly { readonly title: string; readonly errors: ErrorDescriptors }[] = [
  { title: "A command does not start", errors: COMMAND_ERRORS },
  { title: "A transaction is refused, or fails", errors: TRANSACTION_ERRORS },
  { title: "A gateway refuses a request", errors: GATEWAY_ERRORS },
  { title: "Circuits, keys and ceremonies", errors: KEY_ERRORS },
  { title: "Making proofs", errors: PROVER_ERRORS },
  { title: "Posting batches", errors: POSTING_ERRORS },
  { title: "Following L1", errors: FOLLOWING_ERRORS },
  { title: "Files and folders", errors: STORAGE_ERRORS },
  { title: "Statements about EVM rollups", errors: STATEMENT_ERRORS },
  { title: "Faults of the program", errors: FAULT_ERRORS },
];

/** Where the documentation explains a code: a URL relative to the project's root. */
export function errorDocs(code: ErrorCode): string {
  return `docs/errors.md#${code.toLowerCase()}`;
}
