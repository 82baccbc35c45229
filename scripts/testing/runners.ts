import { type ChildProcess, fork, spawn } from "node:child_process";
import path from "node:path";
import { ONE_PASSED, oneFailed, type TestCount } from "./result.ts";
import { solidityFailures } from "./solidity-failures.ts";

/** Of what a tool printed, as much is repeated where the run ends; its last lines say what is wrong. */
const MOST_OF_A_TOOL = 4_000;

/** Takes what a stage prints. */
export type Output = (text: string) => void;

/** Passes on what a process prints; the function returned gives all of it so far. */
function collect(child: ChildProcess, output: Output): () => string {
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8");
    stream?.on("data", (text: string) => {
      printed += text;
      output(text);
    });
  }
  return () => printed;
}

/** Runs one of the project's tools; passes if it exits with 0. */
async function runTool(
  root: string,
  tool: string,
  toolArguments: readonly string[],
  output: Output,
): Promise<{ passed: boolean; printed: string }> {
  const executable = path.join(root, "node_modules", ".bin", tool);
  return new Promise((resolve, reject) => {
    const child = spawn(executable, toolArguments, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    const printed = collect(child, output);
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ passed: code === 0, printed: printed() });
    });
  });
}

/**
 * Several commands that count as one test. All are run, so that one look shows everything there is to mend.
 */
export async function countTools(
  root: string,
  commands: readonly string[][],
  output: Output,
): Promise<TestCount> {
  const failures: string[] = [];
  for (const [tool, ...toolArguments] of commands) {
    if (tool === undefined) continue;
    const { passed, printed } = await runTool(root, tool, toolArguments, output);
    if (!passed) failures.push(`${tool}\n${printed.slice(-MOST_OF_A_TOOL)}`);
  }
  return failures.length === 0 ? ONE_PASSED : oneFailed(failures.join("\n"));
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
    const printed = collect(child, output);
    let count: TestCount | undefined;
    child.on("message", (message) => {
      if (isTestCount(message)) count = message;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (count !== undefined) {
        resolve(count);
        return;
      }
      const end = `the test process ended early (${signal ?? `exit code ${code ?? "?"}`})`;
      output(`${end}\n`);
      resolve(oneFailed(`${files.join(" ")}: ${end} after\n${printed().slice(-MOST_OF_A_TOOL)}`));
    });
  });
}

/** Runs Hardhat's Solidity tests and reads the counts from its summary. */
export async function countSolidity(root: string, output: Output): Promise<TestCount> {
  const { passed, printed } = await runTool(root, "hardhat", ["test", "solidity"], output);
  const number = (word: string): number => Number(new RegExp(`(\\d+) ${word}`).exec(printed)?.[1] ?? 0);
  const failed = passed ? number("failing") : Math.max(1, number("failing"));
  const told = failed === 0 ? [] : solidityFailures(printed);
  const reasons = told.length > 0 || failed === 0 ? told : [printed.slice(-MOST_OF_A_TOOL)];
  const failures = reasons.map((reason) => `hardhat test solidity\n${reason}`);
  return { passed: number("passing"), failed, skipped: [], failures };
}
