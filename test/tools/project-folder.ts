import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { Hex } from "viem";
import { z } from "zod";

const ROOT = path.resolve(import.meta.dirname, "../..");
const HARDHAT = path.join(ROOT, "node_modules/hardhat/dist/src/cli.js");
const CAST = path.join(ROOT, "node_modules/@foundry-rs/cast/bin.mjs");
const execute = promisify(execFile);

const artefact = z.object({ bytecode: z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]+$/)]) });

/** A user's project, a copy of `project/`: nothing of Lockstep's is in it but a gateway's address. */
export class ProjectFolder implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param a address of the gateway that the project's network entry has. */
  static async open(a: string): Promise<ProjectFolder> {
    const folder = await mkdtemp(path.join(tmpdir(), "lockstep-tools-"));
    await cp(path.join(import.meta.dirname, "project"), folder, { recursive: true });
    // Its packages are the repository's: nothing is fetched.
    await symlink(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
    const config = path.join(folder, "hardhat.config.ts");
    await writeFile(config, (await readFile(config, "utf8")).replace("http://127.0.0.1:8548", a));
    return new ProjectFolder(folder);
  }

  async hardhat(...options: string[]): Promise<string> {
    // Ignition asks a person before it deploys to any chain that is not 31337.
    const env = { ...process.env, HARDHAT_IGNITION_CONFIRM_DEPLOYMENT: "true", NO_COLOR: "1" };
    const { stdout } = await execute(process.execPath, [HARDHAT, ...options], { cwd: this.#folder, env });
    return stdout;
  }

  async bytecode(contract: string): Promise<Hex> {
    const file = path.join(this.#folder, "artifacts/contracts/Tokens.sol", `${contract}.json`);
    return artefact.parse(JSON.parse(await readFile(file, "utf8"))).bytecode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Foundry's cast, at one gateway. */
export function castAt(url: string): (...options: string[]) => Promise<string> {
  return async (...options) => {
    const env = { ...process.env, ETH_RPC_URL: url };
    const { stdout } = await execute(process.execPath, [CAST, ...options], { env });
    return stdout.trim();
  };
}
