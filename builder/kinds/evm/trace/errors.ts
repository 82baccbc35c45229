import { LockstepError } from "../../../protocol/errors.ts";

/** The execution is right, but no circuit covers it yet. */
export class NotYetProvableError extends LockstepError {
  /** @param pc byte of the code, for what an instruction needs. */
  constructor(feature: string, pc?: number) {
    super("NOT_YET_PROVABLE", `there is no proof yet of ${feature}${pc === undefined ? "" : ` (pc ${pc})`}`);
  }
}
