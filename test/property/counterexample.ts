import { expect } from "chai";
import { sharedEquivalence } from "./equivalence.ts";
import type { Program } from "./program.ts";

/**
 * A test that a program, once found to differ, does the same on several chains and on one, and that nothing
 * of it is refused.
 */
export function itIsEquivalent(title: string, program: Program): void {
  it(title, async function () {
    this.timeout(120_000);
    const equivalence = await sharedEquivalence();
    expect(await equivalence.check(program), "refusals").to.deep.equal([]);
  });
}
