import { LockstepError } from "../protocol/errors.ts";

/** The builder was told to stop: what waits for it waits no longer. */
export class BuilderStoppedError extends LockstepError {
  constructor(options?: { cause?: unknown }) {
    super("STOPPED", "the builder was stopped", options);
  }
}
