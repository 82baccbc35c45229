import { LockstepError } from "../../../protocol/errors.ts";

/** What a gateway cannot do for an EVM rollup. */
type Unsupported =
  | "UNKNOWN_ACCOUNT"
  | "UNSUPPORTED_ENCODING"
  | "UNSUPPORTED_PROOF"
  | "UNSUPPORTED_TRACER"
  | "UNSUPPORTED_TRANSACTION";

/** The gateway cannot do that for an EVM rollup. */
export class UnsupportedRequestError extends LockstepError {
  constructor(code: Unsupported, message: string) {
    super(code, message);
  }
}
