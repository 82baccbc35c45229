import { LockstepClientError } from "./base.ts";

/** A transaction still waits after the time for which the caller wanted to wait for it. */
export class InclusionTimeoutError extends LockstepClientError {
  override readonly name = "InclusionTimeoutError";
  readonly hash: `0x${string}`;
  /** How far it was when last asked. */
  readonly state: string;

  constructor(hash: `0x${string}`, milliseconds: number, state: string) {
    super(`${hash} is not included after ${milliseconds / 1_000} s, and not dropped either: it is ${state}`);
    this.hash = hash;
    this.state = state;
  }
}
