import { LockstepError } from "../protocol/errors.ts";

/** A rewind to a root that is not in the history: never persisted, or too many states ago. */
export class UnknownRootError extends LockstepError {
  constructor(root: bigint) {
    super("UNKNOWN_ROOT", `no persisted state in the history has the root ${root.toString()}`);
  }
}

/** The folder holds something else than this state: other files, another rollup's state, another format. */
export class ForeignStateError extends LockstepError {
  constructor(folder: string, found: string) {
    super(
      "FOREIGN_STATE",
      `${folder} is not this rollup's state folder: ${found}. Give another folder or remove it`,
    );
  }
}

/** What was read back is damaged: its root is not the persisted one. It must be rebuilt from L1's data. */
export class CorruptStateError extends LockstepError {
  constructor(where: string, what: string, cause?: unknown) {
    super("CORRUPT_STATE", `the state in ${where} is damaged: ${what}. Remove it and rebuild it from L1`, {
      cause,
    });
  }
}

/**
 * An insert into a state whose places are all taken: nothing can prove it, so whatever asks for it is
 * refused. What is there can still be read and changed.
 */
export class TreeFullError extends LockstepError {
  constructor(places: number) {
    super(
      "TREE_FULL",
      `the rollup's state takes no new entry: all ${places.toString()} places of its tree are taken`,
    );
  }
}

/** Another process has the folder open. */
export class StateLockedError extends LockstepError {
  constructor(folder: string, cause: unknown) {
    super("STATE_LOCKED", `${folder} is in use by another process`, { cause });
  }
}

/**
 * The folder cannot be opened, read or written. After a failed write the state refuses to go on: reopen it.
 */
export class StateUnavailableError extends LockstepError {
  constructor(where: string, what: string, cause?: unknown) {
    super("STATE_UNAVAILABLE", `the state in ${where} ${what}`, { cause });
  }
}

/**
 * A root or a proof is asked for of a state before the last `persist` or `rewind`, or something goes on
 * there: the tree cannot go back to it.
 */
export class ForgottenMomentError extends LockstepError {
  constructor() {
    super("FORGOTTEN_MOMENT", "the state of that moment has been left for good");
  }
}
