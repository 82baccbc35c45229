import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { artefact } from "../core/setup.ts";
import { type Devnet, startDevnet } from "../../builder/devnet/devnet.ts";
import { DEVNET_ROLLUPS } from "../../builder/devnet/devnet-rollups.ts";
import { freePorts } from "../../builder/node/ports.ts";
import { openDapp } from "../../builder/devnet/tour/dapp.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const execute = promisify(execFile);

/** The README's programs run as they are shown, in a folder that has a devnet's description and packages. */
describe("the client's README", function () {
  this.timeout(600_000);
  let readme: string;
  let devnet: Devnet;
  let folder: string;
  let counter: string;

  before(async () => {
    readme = await readFile(path.join(ROOT, "packages/client/README.md"), "utf8");
    folder = await mkdtemp(path.join(tmpdir(), "lockstep-client-"));
    await symlink(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
    await writeFile(path.join(folder, "package.json"), '{ "type": "module" }');
    await mkdir(path.join(folder, ".lockstep"));
    devnet = await startDevnet({
      ports: await freePorts(DEVNET_ROLLUPS.length),
      proofs: "none",
      folder: path.join(folder, ".lockstep"),
    });
    const a = devnet.description.rollups.find(({ name }) => name === "A");
    if (a === undefined) throw new Error("the devnet has no A");
    // Compiles it.
    await artefact("Counter");
    counter = await openDapp(devnet.description, 0, a).deploy("Counter");
  });
  after(async () => {
    await devnet[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** Blocks of a language under a heading, one after the other. */
  function shown(heading: string, language: string): string[] {
    const [, text = ""] = readme.split(`\n## ${heading}\n`);
    const [section = ""] = text.split("\n## ");
    return [...section.matchAll(/```(\w+)\n([^]*?)```/g)]
      .filter(([, name]) => name === language)
      .map(([, , code = ""]) => code);
  }

  async function run(name: string, program: string): Promise<string[]> {
    await writeFile(path.join(folder, name), program);
    const { stdout } = await execute(process.execPath, [name], {
      cwd: folder,
      env: { ...process.env, COUNTER: counter },
    });
    return stdout.trim().split("\n");
  }

  it("shows a program for viem that prints what it says", async () => {
    const printed = await run("viem.ts", shown("With viem", "ts").join("\n"));
    const [said = ""] = shown("With viem", "text");
    expect(printed).to.deep.equal(said.trim().split("\n"));
  });

  it("shows a program for ethers", async () => {
    const printed = await run("ethers.ts", shown("With ethers", "ts").join("\n"));
    expect(printed).to.deep.equal(["the count is 2", "the proxy is true"]);
  });

  it("names every error of the package", async () => {
    const errors = Object.keys(await import("lockstep-client")).filter((name) => name.endsWith("Error"));
    const named = [...readme.matchAll(/^\| `(\w+Error)` /gm)].map(([, name]) => name);
    expect(named.sort()).to.deep.equal(errors.filter((name) => name !== "LockstepClientError").sort());
  });
});
