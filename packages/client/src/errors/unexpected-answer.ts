import { LockstepClientError } from "./base.ts";

/** What an endpoint answered, or a file holds, is not what it should be. */
export class UnexpectedAnswerError extends LockstepClientError {
  override readonly name = "UnexpectedAnswerError";

  /**
   * @param source method or file.
   * @param place where in it, such as `rollups.1.gateway`.
   * @param expected what should be there.
   */
  constructor(source: string, place: string, expected: string) {
    super(`${source}: ${place === "" ? "it" : place} is not ${expected}`);
  }
}
