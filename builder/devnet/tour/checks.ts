import assert from "node:assert/strict";
import { isDeepStrictEqual, inspect } from "node:util";
import pc from "picocolors";

/** Compares what was read back from the chains with what should be there, and prints each comparison. */
export class Checks {
  passed = 0;
  failed = 0;
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  equal<Value>(title: string, actual: Value, expected: Value): void {
    if (isDeepStrictEqual(actual, expected)) {
      this.passed++;
      this.#print(`  ${pc.green("✓")} ${title}`);
      return;
    }
    this.failed++;
    this.#print(`  ${pc.red("✗")} ${title}: is ${inspect(actual)}, should be ${inspect(expected)}`);
  }

  /** @throws when a comparison failed, or none was made. */
  finish(): void {
    assert(this.passed > 0, "nothing was checked");
    assert.equal(this.failed, 0, `${this.failed} of ${this.passed + this.failed} checks failed`);
  }
}
