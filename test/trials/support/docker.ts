import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

const PROJECT = path.resolve(import.meta.dirname, "../../..");
/** A build of the image prints what `apt-get`, `npm` and Go do. */
const MOST_OUTPUT = 64 * 2 ** 20;

const execute = promisify(execFile);

async function run(program: string, words: readonly string[]): Promise<string> {
  const { stdout, stderr } = await execute(program, [...words], { cwd: PROJECT, maxBuffer: MOST_OUTPUT });
  return stdout + stderr;
}

/** Runs a command of Docker's in the project's folder. */
export async function docker(...words: string[]): Promise<string> {
  return await run("docker", words);
}

async function works(command: Promise<unknown>): Promise<boolean> {
  return await command.then(
    () => true,
    () => false,
  );
}

/** Why containers cannot be run here, if they cannot. */
export async function dockerMissing(): Promise<string | undefined> {
  const isThere = await works(docker("info", "--format", "{{.ServerVersion}}"));
  return isThere ? undefined : "no Docker daemon answers; DOCKER_HOST may name one";
}

/** Compose as a plug-in of Docker's or as a program of its own, if it is here. */
export async function findCompose(): Promise<((...words: string[]) => Promise<string>) | undefined> {
  const ways = [["docker", "compose"], ["docker-compose"]] as const;
  for (const [program, ...before] of ways) {
    const compose = async (...words: string[]) => await run(program, [...before, ...words]);
    if (await works(compose("version"))) return compose;
  }
  return undefined;
}

/** A container of the image `lockstep` that shares the machine's network, with a volume for its state. */
export class Container implements AsyncDisposable {
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  static async run(...command: string[]): Promise<Container> {
    const name = `lockstep-trial-${process.pid}`;
    const volume = ["--volume", `${name}:/lockstep/state`];
    await docker(
      "run",
      "-d",
      "--init",
      "--network",
      "host",
      "--name",
      name,
      ...volume,
      "lockstep",
      ...command,
    );
    return new Container(name);
  }

  async execute(...words: string[]): Promise<string> {
    return await docker("exec", this.name, ...words);
  }

  async logs(): Promise<string> {
    return await docker("logs", this.name);
  }

  async isRunning(): Promise<boolean> {
    return (await docker("inspect", "-f", "{{.State.Running}}", this.name)).trim() === "true";
  }

  async start(): Promise<void> {
    await docker("start", this.name);
  }

  /**
   * Stops it as Docker does.
   * @returns its exit code: 137 if it had to be killed.
   */
  async stop(): Promise<number> {
    await docker("stop", this.name);
    return await exitCodeOf(this.name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await docker("rm", "--force", this.name);
    await docker("volume", "rm", this.name);
  }
}

export async function exitCodeOf(name: string): Promise<number> {
  return Number(await docker("inspect", "-f", "{{.State.ExitCode}}", name));
}
