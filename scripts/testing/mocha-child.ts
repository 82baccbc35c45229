/**
 * Runs the test files named on the command line with mocha, reports the counts to its parent and exits, so
 * that nothing a test leaves open can keep the run from ending.
 */
import path from "node:path";
import { inspect } from "node:util";
import Mocha from "mocha";
import type { TestCount } from "./result.ts";

/** Milliseconds; tests that prove set their own. */
const TIMEOUT_MS = 120_000;
/** Of an error with a page of values, the beginning says what is wrong. */
const MOST_OF_AN_ERROR = 4_000;

const mocha = new Mocha({ timeout: TIMEOUT_MS, slow: 20_000, forbidOnly: true, reporter: "spec" });
for (const file of process.argv.slice(2)) mocha.addFile(file);
await mocha.loadFilesAsync();

const skipped: string[] = [];
const failures: string[] = [];
let passed = 0;
let failed = 0;
const runner = mocha.run(() => {
  const count: TestCount = { passed, failed, skipped, failures };
  if (process.send === undefined) process.exit(failed === 0 ? 0 : 1);
  process.send(count, () => process.exit(0));
});
runner.on("pass", () => passed++);
// Failing hooks count too: the tests they guard did not run.
runner.on("fail", (test, error) => {
  failed++;
  const where = path.relative(process.cwd(), test.file ?? "");
  failures.push(`${where}: ${test.fullTitle()}\n${inspect(error).slice(0, MOST_OF_AN_ERROR)}`);
});
runner.on("pending", (test) => skipped.push(test.fullTitle()));
