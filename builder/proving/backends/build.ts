import { LockstepError } from "../../protocol/errors.ts";

/** `WORKER_BUILD`: what a backend needs could not be built here; the message says why and what to do. */
export class WorkerBuildError extends LockstepError {
  constructor(reason: string, options?: { cause?: unknown }) {
    super("WORKER_BUILD", reason, options);
  }
}

/** How a backend builds what it needs. */
export interface BuildOptions {
  /** Of the programs that are run; by default this process' own. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  readonly onStep?: (step: string) => void;
  /** Milliseconds in which a build that failed is not tried again. Default 0. */
  readonly retryAfter?: number;
}
