import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The real project. */
export const PROJECT = path.resolve(import.meta.dirname, "../..");

/**
 * A clone of the bootstrap alone, in a folder with a space in its name, with a command and an npm of the
 * test's own: what the bootstrap does to them is what is tested. The real npm is used by every fresh
 * `npm test`.
 */
export class Sandbox {
  readonly root: string;
  /** Old enough that the bootstrap fetches another: what `process.version` says. */
  pretendVersion: string | undefined;
  /** What the npm of this sandbox prints before it fails; undefined: it works. */
  npmFailure: string | undefined;
  readonly #children: ChildProcess[] = [];

  constructor() {
    this.root = mkdtempSync(path.join(tmpdir(), "lockstep clone "));
    for (const file of ["scripts/bootstrap.mjs", "scripts/guard.mjs", "builder/node/progress.mjs"])
      cpSync(path.join(PROJECT, file), path.join(this.root, file));
    writeFileSync(path.join(this.root, "package-lock.json"), "{}");
    mkdirSync(path.join(this.root, "builder/cli"));
    writeFileSync(path.join(this.root, "builder/cli/index.ts"), COMMAND);
    mkdirSync(path.join(this.root, "fake"));
    writeFileSync(path.join(this.root, "fake/npm-cli.js"), NPM);
    writeFileSync(path.join(this.root, "fake/version.cjs"), PRETEND);
  }

  /** Runs the bootstrap to its end. */
  async run(...bootstrapArguments: string[]): Promise<{ code: number | null; output: string }> {
    const child = this.start(...bootstrapArguments);
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    await once(child, "close");
    return { code: child.exitCode, output };
  }

  start(...bootstrapArguments: string[]): ChildProcess {
    const script = path.join(this.root, "scripts/bootstrap.mjs");
    return this.#spawn([script, ...bootstrapArguments], this.#environment());
  }

  /**
   * Starts the bootstrap as npm does, through a shell; signals go to that shell. The process returned is
   * npm's.
   * @param exec whether the shell makes room for the bootstrap, as the scripts in package.json say.
   */
  startUnderNpm({ exec }: { readonly exec: boolean }, ...bootstrapArguments: string[]): ChildProcess {
    const script = path.join(this.root, "scripts/bootstrap.mjs");
    const words = [process.execPath, script, ...bootstrapArguments].map((word) => `'${word}'`).join(" ");
    // A second command keeps every shell from replacing itself with the first.
    const line = exec ? `exec ${words}` : `${words}; exit 0`;
    const npm = [
      `const child = require("node:child_process").spawn("sh", ["-c", process.argv[1]], { stdio: "ignore" });`,
      `process.on("SIGINT", () => child.kill("SIGINT"));`,
    ];
    return this.#spawn(["-e", npm.join("\n"), line], {
      ...this.#environment(),
      npm_lifecycle_event: "start",
    });
  }

  #environment(): NodeJS.ProcessEnv {
    const { npm_lifecycle_event: _, ...environment } = process.env;
    return {
      ...environment,
      npm_execpath: path.join(this.root, "fake/npm-cli.js"),
      FAKE_NPM_FAILURE: this.npmFailure ?? "",
      ...(this.pretendVersion === undefined
        ? {}
        : {
            NODE_OPTIONS: `--require "${path.join(this.root, "fake/version.cjs")}"`,
            PRETEND_VERSION: this.pretendVersion,
            REAL_NODE: process.execPath,
          }),
    };
  }

  #spawn(nodeArguments: string[], env: NodeJS.ProcessEnv): ChildProcess {
    const child = spawn(process.execPath, nodeArguments, {
      cwd: tmpdir(),
      stdio: ["ignore", "pipe", "pipe"],
      env,
    });
    this.#children.push(child);
    return child;
  }

  /** How often npm was called, with which arguments. */
  npmCalls(): string[] {
    const log = path.join(this.root, "npm.log");
    return existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
  }

  /** Pids of the command and of the child it has started, once both run. */
  async pids(): Promise<number[]> {
    const file = path.join(this.root, "pids");
    for (let waited = 0; waited < 20_000; waited += 50) {
      if (existsSync(file)) return readFileSync(file, "utf8").split(" ").map(Number);
      await sleep(50);
    }
    throw new Error("the command did not start");
  }

  /** Before another command is started. */
  forgetPids(): void {
    rmSync(path.join(this.root, "pids"), { force: true });
  }

  changeLock(): void {
    writeFileSync(path.join(this.root, "package-lock.json"), '{ "changed": true }');
  }

  dispose(): void {
    for (const child of this.#children) child.kill("SIGKILL");
    rmSync(this.root, { recursive: true, force: true });
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A process that has ended but was not waited for by its parent yet is no process any more.
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

/**
 * Waits until none of the processes runs.
 * @throws naming those that still do.
 */
export async function untilGone(pids: readonly number[], milliseconds = 15_000): Promise<void> {
  for (let waited = 0; waited < milliseconds; waited += 50) {
    if (!pids.some(isRunning)) return;
    await sleep(50);
  }
  throw new Error(`still running: ${pids.filter(isRunning).join(", ")}`);
}

/**
 * The command under test: `start exit N` ends with N, `start stay` waits for a signal, `start stubborn`
 * ignores it.
 */
const COMMAND = `
import { spawn } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
const [command, mode, code] = process.argv.slice(2);
console.log("ran", command, mode, "on", process.execPath);
if (mode === "exit") process.exit(Number(code));
const child = spawn(process.execPath, ["-e", "process.on('SIGTERM',()=>{});process.on('SIGINT',()=>{});setInterval(()=>{},1000)"], { stdio: "ignore" });
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => { if (mode === "stay") process.exit(9); });
setInterval(() => {}, 1000);
const file = new URL("../../pids", import.meta.url);
setTimeout(() => {
  writeFileSync(new URL("../../pids.partial", import.meta.url), process.pid + " " + child.pid);
  renameSync(new URL("../../pids.partial", import.meta.url), file);
}, 300);
`;

/** Installs nothing, or a Node that is the real one. */
const NPM = `
const fs = require("node:fs");
const path = require("node:path");
const root = path.resolve(__dirname, "..");
const given = process.argv.slice(2);
fs.appendFileSync(path.join(root, "npm.log"), given.join(" ") + "\\n");
if (process.env.FAKE_NPM_FAILURE) {
  console.error("npm error " + process.env.FAKE_NPM_FAILURE);
  process.exit(1);
}
if (given[0] === "ci") fs.mkdirSync(path.join(root, "node_modules"), { recursive: true });
if (given[0] === "install") {
  const name = given.find((each) => each.startsWith("node-")).split("@")[0];
  const bin = path.join(given[given.indexOf("--prefix") + 1], "node_modules", name, "bin");
  fs.mkdirSync(bin, { recursive: true });
  fs.writeFileSync(path.join(bin, "node"), '#!/bin/sh\\nexec "$REAL_NODE" "$@"\\n', { mode: 0o755 });
}
`;

const PRETEND = `Object.defineProperty(process, "version", { value: process.env.PRETEND_VERSION });`;
