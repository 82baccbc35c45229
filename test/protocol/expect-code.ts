import { expect } from "chai";
import { type ErrorCode, LockstepError } from "../../builder/protocol/errors.ts";
import { errorDocs } from "../../builder/protocol/errors/registry.ts";

/** Asserts that the promise is refused with a LockstepError of this code, and of this text if given. */
export async function expectCode(
  promise: Promise<unknown>,
  code: ErrorCode,
  message?: RegExp,
): Promise<void> {
  const outcome: unknown = await promise.then(
    () => "no error",
    (error: unknown) => error,
  );
  if (!(outcome instanceof LockstepError))
    throw new Error(`expected ${code}, got ${String(outcome)}`, { cause: outcome });
  expect(outcome.code).to.equal(code);
  if (message !== undefined) expect(outcome.message).to.match(message);
}

/** What gateways answer beside the message of an error. */
export function errorData(code: ErrorCode): { code: ErrorCode; docs: string } {
  return { code, docs: errorDocs(code) };
}
