import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { PROJECT_ROOT } from "../../builder/places/places.ts";

const execute = promisify(execFile);
const lock = z.object({ packages: z.record(z.string(), z.looseObject({ version: z.string().optional() })) });

/** What a user's project has besides: a compiler and Hardhat's toolbox, of the versions that are tested. */
const TOOLS = [
  "@nomicfoundation/hardhat-ethers",
  "@nomicfoundation/hardhat-ethers-chai-matchers",
  "@nomicfoundation/hardhat-ignition",
  "@nomicfoundation/hardhat-ignition-ethers",
  "@nomicfoundation/hardhat-keystore",
  "@nomicfoundation/hardhat-mocha",
  "@nomicfoundation/hardhat-network-helpers",
  "@nomicfoundation/hardhat-toolbox-mocha-ethers",
  "@nomicfoundation/hardhat-typechain",
  "@nomicfoundation/hardhat-viem",
  "@nomicfoundation/hardhat-verify",
  "@nomicfoundation/ignition-core",
  "@types/chai",
  "@types/mocha",
  "@types/node",
  "chai",
  "ethers",
  "hardhat",
  "mocha",
  "solc",
  "typescript",
];
const PACKAGES = ["lockstep", "lockstep-client", "hardhat-lockstep"];

/** A user's project in a folder of its own, with our packages as npm installs them, and an empty cache. */
export class UserProject implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async install(): Promise<UserProject> {
    await execute(process.execPath, [path.join(PROJECT_ROOT, "scripts/pack.ts")], { cwd: PROJECT_ROOT });
    const folder = await mkdtemp(path.join(tmpdir(), "lockstep-user-"));
    const project = new UserProject(folder);
    await cp(path.join(import.meta.dirname, "dapp"), folder, { recursive: true });
    // Those that the README begins with.
    const outside = path.join(PROJECT_ROOT, "test/devnet/outside-project/contracts");
    await cp(outside, path.join(folder, "contracts"), { recursive: true });
    const { packages } = lock.parse(
      JSON.parse(await readFile(path.join(PROJECT_ROOT, "package-lock.json"), "utf8")),
    );
    const dependencies = Object.fromEntries([
      ...TOOLS.map((name) => [name, packages[`node_modules/${name}`]?.version]),
      ...PACKAGES.map((name) => [
        name,
        `file:${path.join(PROJECT_ROOT, ".lockstep/packages", `${name}-0.1.0.tgz`)}`,
      ]),
    ]);
    await writeFile(
      path.join(folder, "package.json"),
      JSON.stringify({ name: "dapp", private: true, type: "module", dependencies }),
    );
    const given = ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
    await execute("npm", given, { cwd: folder });
    return project;
  }

  /** Where installed programs keep what takes long to make. */
  get home(): string {
    return path.join(this.folder, "home");
  }

  get environment(): NodeJS.ProcessEnv {
    return { ...process.env, LOCKSTEP_HOME: this.home };
  }

  /** Runs a program that the project has installed; whatever it ends with, this is what it wrote. */
  async run(program: string, given: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<string> {
    const options = { cwd: this.folder, env: { ...this.environment, ...more } };
    const file = path.join(this.folder, "node_modules/.bin", program);
    return await new Promise((resolve) => {
      execFile(file, given, options, (_error, stdout, stderr) => {
        resolve(`${stdout}${stderr}`);
      });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // What was killed may still be ending.
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 });
  }
}
