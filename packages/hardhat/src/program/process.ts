import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { HardhatPluginError } from "hardhat/plugins";
import type { Devnet } from "lockstep-client";
import type { LockstepOptions } from "../options.ts";
import { isNews, type News } from "./news.ts";
import { findProgram } from "./find.ts";

/** How long a devnet may take to stop by itself. */
const STOP_MS = 5_000;
/** How much of what it wrote is shown when it does not start. */
const SHOWN = 4_000;

/** Folders of the user's project. */
export interface ProjectPaths {
  readonly root: string;
  readonly cache: string;
}

/** L1, rollups and a builder in a process of their own, which ends with this one, however that ends. */
export class DevnetProcess {
  readonly description: Devnet;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, folder: string, description: Devnet) {
    this.#child = child;
    this.#folder = folder;
    this.description = description;
  }

  static async start({ root, cache }: ProjectPaths, options: LockstepOptions): Promise<DevnetProcess> {
    const program = await findProgram(root, options);
    const folder = await mkdtemp(path.join(tmpdir(), "hardhat-lockstep-"));
    const child = spawn(process.execPath, [program, ...argumentsFor(options, folder)], {
      cwd: root,
      // It stops when the channel closes: with this process at the latest.
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      // Half of the time until it answers is the engine's, for reading and compiling the same programs.
      env: { NODE_COMPILE_CACHE: path.join(cache, "lockstep"), ...process.env },
    });
    let written = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      written = `${written}${chunk.toString()}`.slice(-SHOWN);
    });
    try {
      const news = await newsOf(child);
      if (news === undefined) throw failure(`the devnet did not start:\n${written}`);
      if (news.type === "failed") throw failure(`${news.message} (${news.code}, ${news.docs})`);
      // A test that forgets to close it still ends.
      child.unref();
      child.channel?.unref();
      if (child.stderr instanceof Socket) child.stderr.unref();
      return new DevnetProcess(child, folder, news.devnet);
    } catch (error) {
      child.kill("SIGKILL");
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Resolves when the process is gone. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.ref();
      child.kill("SIGTERM");
      const last = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      await ended;
      clearTimeout(last);
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function argumentsFor(options: LockstepOptions, folder: string): string[] {
  const { rollups, proofs, accounts, mnemonic, options: more = [] } = options;
  const named = Object.entries(rollups).map(([name, kind]) => `${name}:${kind}`);
  return [
    // What Hardhat's configuration says is all: a file for the commands is about other devnets.
    ...["start", "--no-config", "--no-play", "--port-base", "0", "--data", folder],
    ...["--rollups", named.join(",")],
    ...(proofs === "none" ? ["--proofs", "none"] : []),
    ...(accounts === undefined ? [] : ["--accounts", String(accounts)]),
    ...(mnemonic === undefined ? [] : ["--mnemonic", mnemonic]),
    ...more,
  ];
}

/** Its first message; undefined when it ends without one. */
async function newsOf(child: ChildProcess): Promise<News | undefined> {
  return await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => {
      resolve(undefined);
    });
    child.on("message", (message) => {
      if (isNews(message)) resolve(message);
    });
  });
}

function failure(reason: string): HardhatPluginError {
  return new HardhatPluginError("hardhat-lockstep", reason);
}
