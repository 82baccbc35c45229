/**
 * `npm test [path…]`: set-up, lint, type check, Solidity tests and mocha tests; with paths, only mocha tests whose
 * file name begins with one of them. The last line is `N passed, N failed`.
 */
import path from "node:path";
import { prepareArtefacts } from "../builder/devnet/artefacts.ts";
import { ONE_FAILED, ONE_PASSED, type TestCount, total } from "./testing/result.ts";
import { countMocha, countSolidity, countTools } from "./testing/runners.ts";
import { mochaFiles, solidityFiles, unmatchedTestFiles } from "./testing/test-files.ts";

const root = path.resolve(import.meta.dirname, "..");
const wanted = process.argv.slice(2);
const counts: TestCount[] = [];

async function stage(title: string, run: () => TestCount | Promise<TestCount>): Promise<void> {
  console.log(`\n== ${title}`);
  const start = performance.now();
  const count = await run();
  counts.push(count);
  const elapsed = ((performance.now() - start) / 1_000).toFixed(1);
  console.log(`== ${title}: ${count.passed} passed, ${count.failed} failed (${elapsed} s)`);
}

function checkTestFiles(): TestCount {
  const unmatched = unmatchedTestFiles(root);
  for (const file of unmatched) console.log(`no runner runs ${file}`);
  return unmatched.length === 0 ? ONE_PASSED : ONE_FAILED;
}

async function runChecks(): Promise<void> {
  await stage("lint", () =>
    countTools(root, [
      ["eslint", "."],
      ["prettier", "--check", "--log-level", "warn", "."],
      ["solhint", "--max-warnings", "0", "--disc", "--noPoster", "contracts/**/*.sol"],
    ]),
  );
  await stage("type check", () => countTools(root, [["tsc", "-p", "."]]));
  await stage("every test file has a runner", checkTestFiles);
  if (solidityFiles(root).length > 0) await stage("solidity", () => countSolidity(root));
}

/** Test files by area, `test/<area>/…`: one process each. */
function areas(): Map<string, string[]> {
  const files = mochaFiles(root).filter(
    (file) => wanted.length === 0 || wanted.some((prefix) => file.startsWith(prefix)),
  );
  return Map.groupBy(files, (file) => path.dirname(file).split(path.sep).slice(0, 2).join("/"));
}

const start = performance.now();
let setUp = true;
try {
  await prepareArtefacts();
} catch (error) {
  console.error(error);
  setUp = false;
  counts.push(ONE_FAILED);
}
if (setUp) {
  if (wanted.length === 0) await runChecks();
  for (const [area, files] of areas()) await stage(area, () => countMocha(root, files));
}

const { passed, failed, skipped } = total(counts);
for (const title of skipped) console.log(`skipped: ${title}`);
console.log(`\ntook ${((performance.now() - start) / 1_000).toFixed(0)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
