import { expect } from "chai";
import { type StatementFlaw, StatementRefusedError } from "../../../../builder/kinds/evm/reference/errors.ts";

/**
 * Why `work` refuses; undefined if it does not.
 * @throws when it fails in any other way.
 */
export async function flawOf(work: () => unknown): Promise<StatementFlaw | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof StatementRefusedError) return error.code;
    throw error;
  }
}

/**
 * Asserts that `work` refuses, for one of these reasons.
 * @param what for the message.
 */
export async function expectFlaw(
  work: () => unknown,
  flaws: readonly StatementFlaw[],
  what: string,
): Promise<void> {
  const flaw = await flawOf(work);
  expect(flaw, `${what} is accepted`).not.to.equal(undefined);
  expect(flaws, what).to.include(flaw);
}
