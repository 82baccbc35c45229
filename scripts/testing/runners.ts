import { fork, spawn } from "node:child_process";
import path from "node:path";
import { ONE_FAILED, ONE_PASSED, type TestCount } from "./result.ts";

/** Runs one of the project's tools; passes if it exits with 0. Its output goes to the terminal as it comes. */
export async function runTool(root: string, tool: string, toolArguments: string[]): Promise<boolean> {
  const executable = path.join(root, "node_modules", ".bin", tool);
  return new Promise((resolve, reject) => {
    const child = spawn(executable, toolArguments, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", reject);
    child.on("exit", (code) => {
      resolve(code === 0);
    });
  });
}

/** Several commands that count as one test. All are run, so that one look shows everything there is to mend. */
export async function countTools(root: string, commands: readonly string[][]): Promise<TestCount> {
  let passed = true;
  for (const [tool, ...toolArguments] of commands)
    if (tool !== undefined && !(await runTool(root, tool, toolArguments))) passed = false;
  return passed ? ONE_PASSED : ONE_FAILED;
}

function isTestCount(message: unknown): message is TestCount {
  return typeof message === "object" && message !== null && "passed" in message && "failed" in message;
}

/** Runs test files in one mocha process. A process that ends without a count counts as one failure. */
export async function countMocha(root: string, files: readonly string[]): Promise<TestCount> {
  return new Promise((resolve, reject) => {
    const child = fork(path.join(import.meta.dirname, "mocha-child.ts"), [...files], { cwd: root });
    let count: TestCount | undefined;
    child.on("message", (message) => {
      if (isTestCount(message)) count = message;
    });
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      if (count === undefined)
        console.log(`the test process ended early (${signal ?? `exit code ${code ?? "?"}`})`);
      resolve(count ?? ONE_FAILED);
    });
  });
}

/** Runs Hardhat's Solidity tests and reads the counts from its summary. */
export async function countSolidity(root: string): Promise<TestCount> {
  return new Promise((resolve, reject) => {
    const child = spawn(path.join(root, "node_modules/.bin/hardhat"), ["test", "solidity"], {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      process.stdout.write(chunk);
    });
    child.on("error", reject);
    child.on("exit", (code) => {
      const number = (word: string): number => Number(new RegExp(`(\\d+) ${word}`).exec(text)?.[1] ?? 0);
      const failed = number("failing");
      resolve({ passed: number("passing"), failed: code === 0 ? failed : Math.max(1, failed), skipped: [] });
    });
  });
}
