import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { freePorts } from "../../../builder/node/ports.ts";
import { connectRedis } from "../../../builder/proving/redis/connection.ts";

const execute = promisify(execFile);
const PROGRAM = "redis-server";
const START_ATTEMPTS = 50;

async function isInstalled(): Promise<boolean> {
  return await execute(PROGRAM, ["--version"]).then(
    () => true,
    () => false,
  );
}

/**
 * Why there is no real Redis here; nothing if there is one. It is installed from Debian's packages where that
 * is possible.
 */
export async function whyNoRedis(): Promise<string | undefined> {
  if (await isInstalled()) return undefined;
  try {
    await execute("apt-get", ["update", "-qq"]);
    await execute("apt-get", ["install", "-y", "-qq", "--no-install-recommends", PROGRAM], {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  } catch (error) {
    return `${PROGRAM} is not installed and cannot be: ${error instanceof Error ? error.message.split("\n")[0] : ""}`;
  }
  return (await isInstalled()) ? undefined : `${PROGRAM} cannot be installed`;
}

/** A real Redis of the test's own. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

export async function startRedis(): Promise<RedisServer> {
  const folder = await mkdtemp(path.join(tmpdir(), "lockstep-redis-"));
  const port = (await freePorts(0)).rpc;
  const server = spawn(PROGRAM, ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--dir", folder], {
    stdio: "ignore",
  });
  const ended = once(server, "exit");
  const url = `redis://127.0.0.1:${port}`;
  const kill = async (): Promise<void> => {
    server.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  for (let attempt = 0; ; attempt++) {
    try {
      (await connectRedis(url)).disconnect();
      return { url, kill, [Symbol.asyncDispose]: kill };
    } catch (error) {
      if (attempt === START_ATTEMPTS || server.exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
