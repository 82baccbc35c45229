import { LockstepError } from "../../../protocol/errors.ts";

/**
 * A visit would leave what the state cannot commit to: more Ether than L1 could hold for a rollup, above all.
 */
export class UncommittableStateError extends LockstepError {
  constructor(what: string, value: bigint, bits: number) {
    super("UNCOMMITTABLE_STATE", `${what} would be ${value}, but the state commits to ${bits} bits`);
  }
}

/** A visit is undone that is no longer the latest: it was made durable, or later ones stand. */
export class UndoneOutOfOrderError extends LockstepError {
  constructor() {
    super("UNDONE_OUT_OF_ORDER", "only the latest visit that is not durable can be undone");
  }
}
