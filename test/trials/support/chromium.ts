import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/** Of @sparticuz/chromium: a browser inside an npm package. */
const packaged = z.object({ default: z.object({ executablePath: z.custom<() => Promise<string>>() }) });

/** Why none is found, and what to do. */
export const NO_CHROMIUM =
  "no chromium: install Debian's package, or `npm install --no-save @sparticuz/chromium@153.0.0`, or name one " +
  "in LOCKSTEP_CHROMIUM";

/** The path of a chromium, if there is one on this machine. */
export async function findChromium(): Promise<string | undefined> {
  if (process.env.LOCKSTEP_CHROMIUM !== undefined) return process.env.LOCKSTEP_CHROMIUM;
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  const installed = folders
    .flatMap((folder) => NAMES.map((name) => path.join(folder, name)))
    .find(isExecutable);
  return installed ?? (await packagedChromium());
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function packagedChromium(): Promise<string | undefined> {
  try {
    const entry = createRequire(import.meta.url).resolve("@sparticuz/chromium");
    const loaded: unknown = await import(pathToFileURL(entry).href);
    return await packaged.parse(loaded).default.executablePath();
  } catch {
    return undefined;
  }
}

/** A browser without a window, that shows one page. */
export class Chromium implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #profile: string;
  #output = "";

  private constructor(child: ChildProcess, profile: string) {
    this.#child = child;
    this.#profile = profile;
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => (this.#output += chunk.toString()));
  }

  /** Names that end in `.example` are this machine's. */
  static async show(executable: string, url: string): Promise<Chromium> {
    const profile = await mkdtemp(path.join(tmpdir(), "lockstep-chromium-"));
    const options = [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--enable-logging=stderr",
      "--remote-debugging-port=0",
      `--user-data-dir=${profile}`,
      "--host-resolver-rules=MAP *.example 127.0.0.1",
      url,
    ];
    return new Chromium(spawn(executable, options, { stdio: ["ignore", "pipe", "pipe"] }), profile);
  }

  /** What it has written: for messages. */
  get output(): string {
    return this.#output;
  }

  /** When it ends by itself. */
  async ended(): Promise<never> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, "exit");
    throw new Error(`chromium ended:\n${this.#output}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    if (this.#child.exitCode === null && this.#child.signalCode === null) await ended;
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 10 });
  }
}
