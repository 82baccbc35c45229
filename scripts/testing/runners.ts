import { type ChildProcess, fork, spawn } from "node:child_process";
import path from "node:path";
import { ONE_FAILED, ONE_PASSED, type TestCount } from "./result.ts";

/** Takes what a stage prints. */
export type Output = (text: string) => void;

function collect(child: ChildProcess, output: Output): void {
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8");
    stream?.on("data", output);
  }
}

/** Runs one of the project's tools; passes if it exits with 0. */
async function runTool(
  root: string,
  tool: string,
  toolArguments: string[],
  output: Output,
): Promise<boolean> {
  const executable = path.join(root, "node_modules", ".bin", tool);
  return new Promise((resolve, reject) => {
    const child = spawn(executable, toolArguments, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    collect(child, output);
    child.on("error", reject);
    child.on("close", (code) => {
      resolve(code === 0);
    });
  });
}

/** Several commands that count as one test. All are run, so that one look shows everything there is to mend. */
export async function countTools(
  root: string,
  commands: readonly string[][],
  output: Output,
): Promise<TestCount> {
  let passed = true;
  for (const [tool, ...toolArguments] of commands)
    if (tool !== undefined && !(await runTool(root, tool, toolArguments, output))) passed = false;
  return passed ? ONE_PASSED : ONE_FAILED;
}

function isTestCount(message: unknown): message is TestCount {
  return typeof message === "object" && message !== null && "passed" in message && "failed" in message;
}

/** Runs test files in one mocha process. A process that ends without a count counts as one failure. */
export async function countMocha(root: string, files: readonly string[], output: Output): Promise<TestCount> {
  return new Promise((resolve, reject) => {
    const child = fork(path.join(import.meta.dirname, "mocha-child.ts"), [...files], {
      cwd: root,
      silent: true,
    });
    collect(child, output);
    let count: TestCount | undefined;
    child.on("message", (message) => {
      if (isTestCount(message)) count = message;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (count === undefined)
        output(`the test process ended early (${signal ?? `exit code ${code ?? "?"}`})\n`);
      resolve(count ?? ONE_FAILED);
    });
  });
}

/** Runs Hardhat's Solidity tests and reads the counts from its summary. */
export async function countSolidity(root: string, output: Output): Promise<TestCount> {
  return new Promise((resolve, reject) => {
    const child = spawn(path.join(root, "node_modules/.bin/hardhat"), ["test", "solidity"], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    collect(child, (chunk) => {
      text += chunk;
      output(chunk);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      const number = (word: string): number => Number(new RegExp(`(\\d+) ${word}`).exec(text)?.[1] ?? 0);
      const failed = number("failing");
      resolve({ passed: number("passing"), failed: code === 0 ? failed : Math.max(1, failed), skipped: [] });
    });
  });
}
