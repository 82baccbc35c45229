import { LockstepError } from "../../protocol/errors.ts";

/** `KEY_CORRUPT`: a key or constraint file is not what its format says. */
export class KeyCorruptError extends LockstepError {
  constructor(what: string, options?: { cause?: unknown }) {
    super(
      "KEY_CORRUPT",
      `${what}. If it is among the cached artefacts, remove it: it is made again.`,
      options,
    );
  }
}

/** `DEVELOPMENT_KEY`: what has secrets that are public was about to be used where value is at stake. */
export class DevelopmentKeyError extends LockstepError {
  /** @param subject what has them, with its verb. */
  constructor(evmChainId: bigint, subject: string) {
    super(
      "DEVELOPMENT_KEY",
      `${subject} of the insecure development set-up: anybody can forge proofs under it. ` +
        `It is refused on EVM chain ${evmChainId}; only the local chains 31337 and 1337 accept it.`,
    );
  }
}
