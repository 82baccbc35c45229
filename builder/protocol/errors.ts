/**
 * Base of every error Lockstep throws on purpose. `code` is stable and is what programs and tests compare;
 * the message is for people and says what was wrong and what to do.
 */
export class LockstepError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}
