import { LockstepError } from "../protocol/errors.ts";

/** Another program listens on a port that is needed. */
export class PortInUseError extends LockstepError {
  /**
   * @param purpose what the port is for.
   * @param advice beyond stopping the other program.
   */
  constructor(port: number, purpose: string, options?: { advice?: string; cause?: unknown }) {
    const { advice = "choose another port", cause } = options ?? {};
    super(
      "PORT_IN_USE",
      `port ${port}, wanted for the ${purpose}, is in use. Stop the program that listens there, or ${advice}`,
      { cause },
    );
  }
}
