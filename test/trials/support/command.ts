import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const PROGRAM = path.resolve(import.meta.dirname, "../../../builder/cli/index.ts");

/** A command of the command line in a process of its own. */
export class Command {
  readonly #child: ChildProcess;
  #output = "";

  /** @param key of the account that pays or posts. */
  constructor(options: readonly string[], key: string) {
    this.#child = spawn(process.execPath, [PROGRAM, ...options], {
      cwd: tmpdir(),
      env: { ...process.env, LOCKSTEP_KEY: key },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on("data", (chunk: Buffer) => (this.#output += chunk.toString()));
  }

  /** What it has printed so far. */
  get output(): string {
    return this.#output;
  }

  async says(text: string): Promise<void> {
    while (!this.#output.includes(text)) {
      if (this.#child.exitCode !== null) throw new Error(`ended early:\n${this.#output}`);
      await sleep(50);
    }
  }

  /** @returns its exit code. */
  async end(): Promise<number | null> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode === null && signalCode === null) await once(this.#child, "exit");
    return this.#child.exitCode;
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.end();
  }
}
