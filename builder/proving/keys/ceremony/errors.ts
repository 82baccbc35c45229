import { LockstepError } from "../../../protocol/errors.ts";

/** `POWERS_OF_TAU`: a `.ptau` file cannot be used for a circuit; `reason` says why in one word. */
export class PowersOfTauError extends LockstepError {
  readonly reason: "damaged" | "other-curve" | "not-prepared" | "too-small" | "unknown" | "development";

  constructor(path: string, reason: PowersOfTauError["reason"], explanation: string) {
    super("POWERS_OF_TAU", `${path} cannot be used: ${explanation}`);
    this.reason = reason;
  }
}

/** `FILE_EXISTS`: a step would have written over something. */
export class FileExistsError extends LockstepError {
  constructor(path: string) {
    super("FILE_EXISTS", `${path} is there already, and nothing is written over: choose another name`);
  }
}

/** `CEREMONY_STEP`: a step was asked for something that it cannot do. */
export class CeremonyStepError extends LockstepError {
  constructor(message: string, options?: { cause?: unknown }) {
    super("CEREMONY_STEP", message, options);
  }
}

/** `TRANSCRIPT`: a transcript cannot be read. */
export class TranscriptError extends LockstepError {
  constructor(path: string, what = "of a ceremony", options?: { cause?: unknown }) {
    super("TRANSCRIPT", `${path} is not a transcript ${what}`, options);
  }
}

/** `KEY_FAULTS`: a key is not what it should be. */
export class KeyFaultsError extends LockstepError {
  readonly faults: readonly KeyFault[];

  constructor(path: string, faults: readonly KeyFault[]) {
    super("KEY_FAULTS", `${path} does not pass: ${faults.map(({ message }) => message).join("; ")}`);
    this.faults = faults;
  }
}

/** One thing that does not fit. */
export interface KeyFault {
  readonly name:
    | "damaged"
    | "not-split"
    | "other-circuit"
    | "other-powers-of-tau"
    | "contributions"
    | "beacon"
    | "unfinished"
    | "other-key"
    | "other-initial-key"
    | "unknown-powers-of-tau"
    | "development-key";
  /** For people: what was found and what was expected. */
  readonly message: string;
}
