import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { Hex } from "viem";
import { z } from "zod";

const ROOT = path.resolve(import.meta.dirname, "../..");
const HARDHAT = path.join(ROOT, "node_modules/hardhat/dist/src/cli.js");
const execute = promisify(execFile);

const artefact = z.object({ bytecode: z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]+$/)]) });

/** Whose addresses a project has. */
export interface Gateways {
  readonly l1: string;
  readonly a: string;
}

/** A user's project, a copy of a folder here: nothing of Lockstep's is in it but the gateways' addresses. */
export class ProjectFolder implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** With Hardhat, and network entries for both gateways. */
  static async open({ l1, a }: Gateways): Promise<ProjectFolder> {
    const project = await ProjectFolder.copy("project", "contracts");
    const config = path.join(project.folder, "hardhat.config.ts");
    const entries = (await readFile(config, "utf8"))
      .replace("http://127.0.0.1:8546", l1)
      .replace("http://127.0.0.1:8548", a);
    await writeFile(config, entries);
    return project;
  }

  /** @param sources where it keeps contracts: it has the examples' counter and what calls one there. */
  static async copy(name: string, sources: string): Promise<ProjectFolder> {
    const folder = await mkdtemp(path.join(tmpdir(), "lockstep-tools-"));
    await cp(path.join(import.meta.dirname, name), folder, { recursive: true });
    for (const example of ["Counter.sol", "CounterCaller.sol"])
      await cp(path.join(ROOT, "contracts/examples", example), path.join(folder, sources, example));
    // Its packages are the repository's: nothing is fetched.
    await symlink(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
    return new ProjectFolder(folder);
  }

  async hardhat(...options: string[]): Promise<string> {
    // Ignition asks a person before it deploys to any chain that is not 31337.
    const env = { ...process.env, HARDHAT_IGNITION_CONFIRM_DEPLOYMENT: "true", NO_COLOR: "1" };
    const { stdout } = await execute(process.execPath, [HARDHAT, ...options], { cwd: this.folder, env });
    return stdout;
  }

  async bytecode(contract: string): Promise<Hex> {
    const file = path.join(this.folder, "artifacts/contracts/Tokens.sol", `${contract}.json`);
    return artefact.parse(JSON.parse(await readFile(file, "utf8"))).bytecode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
