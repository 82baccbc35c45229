/**
 * `npm test [path…]`: set-up, lint, type check, Solidity tests and mocha tests; with paths, only mocha tests
 * whose file name begins with one of them. The last line is `N passed, N failed`. `npm run test:full [path…]`
 * (`--full`) runs the long trials of test/trials as well, and the circuits' forger tries everything.
 */
import path from "node:path";
import { inspect } from "node:util";
import { prepareArtefacts } from "../builder/node/artefacts.ts";
import { wrongContractImports } from "./testing/contract-rooms.ts";
import { ONE_PASSED, oneFailed, type TestCount, total } from "./testing/result.ts";
import { countMocha, countSolidity, countTools, type Output } from "./testing/runners.ts";
import { runStages, type Stage } from "./testing/stages.ts";
import { mochaFiles, solidityFiles, trialFiles, unmatchedTestFiles } from "./testing/test-files.ts";

const root = path.resolve(import.meta.dirname, "..");
const options = process.argv.slice(2);
const isFull = options.includes("--full");
const wanted = options.filter((option) => option !== "--full");
/** They take longest, so they begin first. */
const LONGEST = ["test/circuits", "test/scenarios", "test/devnet", "test/core"];

/** The page has types of a browser, all else those of Node. */
const TYPED = [
  ["tsc", "-p", "."],
  ["tsc", "-p", "packages/page"],
];

function checkTestFiles(output: Output): TestCount {
  const unmatched = unmatchedTestFiles(root);
  if (unmatched.length === 0) return ONE_PASSED;
  const failure = `no runner runs ${unmatched.join(", ")}`;
  output(`${failure}\n`);
  return oneFailed(failure);
}

function checkContractImports(output: Output): TestCount {
  const wrong = wrongContractImports(root);
  if (wrong.length === 0) return ONE_PASSED;
  output(`${wrong.join("\n")}\n`);
  return oneFailed(wrong.join("\n"));
}

function checks(): Stage[] {
  const lint = [
    ["eslint", "."],
    ["prettier", "--check", "--log-level", "warn", "."],
    ["markdownlint-cli2"],
    ["solhint", "--max-warnings", "0", "--disc", "--noPoster", "contracts/**/*.sol"],
  ];
  return [
    { title: "lint", run: (output) => countTools(root, lint, output) },
    { title: "type check", run: (output) => countTools(root, TYPED, output) },
    {
      title: "imports point down (builder/)",
      run: (output) =>
        countTools(root, [["depcruise", "builder", "--config", ".dependency-cruiser.mjs"]], output),
    },
    { title: "imports point down (contracts/)", run: checkContractImports },
    { title: "every test file has a runner", run: checkTestFiles },
    ...(solidityFiles(root).length > 0
      ? [{ title: "solidity", run: (output: Output) => countSolidity(root, output) }]
      : []),
  ];
}

function isWanted(file: string): boolean {
  return wanted.length === 0 || wanted.some((prefix) => file.startsWith(prefix));
}

/** Test files by area, `test/<area>/…` or `test/<area>/<part>/…`: one process each. */
function areas(): Stage[] {
  const files = mochaFiles(root).filter(isWanted);
  const byArea = Map.groupBy(files, (file) => path.dirname(file).split(path.sep).slice(0, 3).join("/"));
  const rank = (area: string): number => (LONGEST.includes(area) ? LONGEST.indexOf(area) : LONGEST.length);
  return [...byArea]
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([area, own]) => ({ title: area, run: (output) => countMocha(root, own, output) }));
}

/** Trials, one process each. */
function trials(): Stage[] {
  return trialFiles(root)
    .filter(isWanted)
    .map((file) => ({ title: file, run: (output) => countMocha(root, [file], output) }));
}

// Every forgery in place of a sample.
if (isFull) process.env.LOCKSTEP_FORGER = "full";
const start = performance.now();
const counts: TestCount[] = [];
try {
  await prepareArtefacts();
  counts.push(...(await runStages([...areas(), ...(wanted.length === 0 ? checks() : [])])));
  if (isFull) {
    // They measure how builders get along with each other, and want the machine for themselves.
    for (const trial of trials()) counts.push(...(await runStages([trial])));
  } else if (counts.length === 0 && trials().length > 0) {
    counts.push(oneFailed(`${wanted.join(", ")}: trials are run by npm run test:full`));
  }
} catch (error) {
  console.error(error);
  counts.push(oneFailed(inspect(error)));
}

const { passed, failed, skipped, failures } = total(counts);
for (const title of skipped) console.log(`skipped: ${title}`);
for (const failure of failures) console.log(`\nfailed: ${failure}`);
console.log(`\ntook ${((performance.now() - start) / 1_000).toFixed(0)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
