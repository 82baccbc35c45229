import { globSync } from "node:fs";

/** Folders without sources of this project. */
const FOREIGN = ["node_modules/**", ".lockstep/**", ".git/**", "artifacts/**", "cache/**", "types/**"];

function glob(root: string, pattern: string): string[] {
  return globSync(pattern, { cwd: root, exclude: FOREIGN }).sort();
}

/** Where the long trials are, which `npm run test:full` alone runs. */
const TRIALS = "test/trials/";

/** Files that mocha runs in `npm test`, relative to the project's root. */
export function mochaFiles(root: string): string[] {
  return glob(root, "test/**/*.test.ts").filter((file) => !file.startsWith(TRIALS));
}

/** Files that `npm run test:full` runs besides. */
export function trialFiles(root: string): string[] {
  return glob(root, `${TRIALS}**/*.test.ts`);
}

/** Files that Hardhat's Solidity test runner runs: `paths.tests.solidity` in hardhat.config.ts. */
export function solidityFiles(root: string): string[] {
  return glob(root, "contracts/test/**/*.t.sol");
}

/** Files that look like tests and that no runner would ever run. */
export function unmatchedTestFiles(root: string): string[] {
  const matched = new Set([...mochaFiles(root), ...trialFiles(root), ...solidityFiles(root)]);
  const candidates = [
    ...glob(root, "**/*.{test,spec}.{ts,mts,cts,js,mjs,cjs}"),
    ...glob(root, "**/*_test.{ts,mts,js,mjs}"),
    ...glob(root, "**/*.t.sol"),
    ...glob(root, "**/*.test.sol"),
  ];
  return candidates.filter((file) => !matched.has(file));
}
