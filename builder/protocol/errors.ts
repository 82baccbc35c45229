import { type ErrorCode, errorDocs } from "./errors/registry.ts";

export type { ErrorCode } from "./errors/registry.ts";

/**
 * Base of every error Lockstep throws on purpose. `code` is stable and is what programs and tests compare;
 * the message is for people and says what was wrong and what to do.
 */
export class LockstepError extends Error {
  /** One of the registry (`errors/registry.ts`). */
  readonly code: ErrorCode;
  /** Where `code` is explained: a URL relative to the project's root. */
  readonly docs: string;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.docs = errorDocs(code);
  }
}

/** The code of whatever was thrown. */
export function codeOf(error: unknown): ErrorCode {
  return error instanceof LockstepError ? error.code : "INTERNAL";
}
