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

/** `DEVELOPMENT_KEY`: keys whose secrets are public were about to be used where value is at stake. */
export class DevelopmentKeyError extends LockstepError {
  constructor(evmChainId: bigint, key: string) {
    super(
      "DEVELOPMENT_KEY",
      `Verification key ${key} is an insecure development key: anybody can forge proofs for it. ` +
        `It is refused on EVM chain ${evmChainId}; only the local chains 31337 and 1337 accept it.`,
    );
  }
}

/** `DEVELOPMENT_KEY`: codes were about to be committed to by a set-up whose secret is public. */
export class DevelopmentPowersError extends LockstepError {
  constructor(kind: string, evmChainId: bigint) {
    super(
      "DEVELOPMENT_KEY",
      `Rollups of kind ${kind} commit to codes under insecure development powers of tau: anybody can forge their ` +
        `proofs. They are refused on EVM chain ${evmChainId}; only the local chains 31337 and 1337 have them.`,
    );
  }
}
