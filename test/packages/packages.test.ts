import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { answers, readDescription } from "../../builder/node/deployment/description.ts";
import { prepareArtefacts } from "../../builder/node/artefacts.ts";
import { CACHE_FOLDER, PROJECT_ROOT } from "../../builder/places/places.ts";
import { forgeIn } from "../tools/foundry.ts";
import { UserProject } from "./installed.ts";

/** Milliseconds for which a process may take to notice that its starter is gone. */
const PATIENCE = 20_000;

describe("packages that npm installs into a user's project", function () {
  this.timeout(600_000);
  let project: UserProject;

  before(async () => {
    project = await UserProject.install();
  });
  after(async () => {
    await project[Symbol.asyncDispose]();
  });

  it("bring a program with every command", async () => {
    const help = await project.run("lockstep", ["--help"]);
    const commands = "start demo deploy builder node prover-worker provers status trace keys".split(" ");
    for (const command of commands) expect(help).to.match(new RegExp(`^ {2}${command} `, "m"));
  });

  it("start a devnet without a key or a compiler, and write beside the project alone", async () => {
    const before = installedFiles(project.folder);
    const program = path.join(project.folder, "node_modules/.bin/lockstep");
    const given = ["start", "--no-play", "--port-base", "0", "--rollups", "a:evm,b:evm"];
    const devnet = spawn(program, given, {
      cwd: project.folder,
      env: project.environment,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const first = await Promise.race([once(devnet, "message"), once(devnet, "exit")]);
    expect(first[0]).to.have.property("type", "ready");
    const { l1, rollups } = readDescription(path.join(project.folder, ".lockstep"));
    expect(rollups.map(({ name, proven }) => [name, proven])).to.deep.equal([
      ["a", false],
      ["b", false],
    ]);
    expect(await answers(l1.gateway)).to.equal(true);
    devnet.kill("SIGTERM");
    await once(devnet, "exit");
    expect(existsSync(path.join(project.folder, ".lockstep/devnet.json"))).to.equal(false);
    expect(installedFiles(project.folder)).to.deep.equal(before);
    // No circuit was made.
    expect(globSync("artefacts/*-*", { cwd: project.home })).to.deep.equal([]);
  });

  it("give a configuration file in TypeScript its types, and take options from it", async () => {
    const program = path.join(project.folder, "node_modules/.bin/lockstep");
    const devnet = spawn(program, ["start", "--config", "commands.config.ts"], {
      cwd: project.folder,
      env: project.environment,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    await Promise.race([once(devnet, "message"), once(devnet, "exit")]);
    const { accounts, rollups } = readDescription(path.join(project.folder, ".lockstep"));
    devnet.kill("SIGTERM");
    await once(devnet, "exit");
    expect(rollups.map(({ name, cheats }) => [name, cheats])).to.deep.equal([
      ["shop", true],
      ["vault", true],
    ]);
    expect(accounts).to.have.length(2);
    // A file that no command takes: what the plugin starts in the tests that follow reads none.
    await writeFile(path.join(project.folder, "lockstep.config.json"), '{ "nonsense": 1 }');
    expect(await project.run("lockstep", ["status"])).to.include("INVALID_CONFIGURATION");
  });

  it("run 20 tests of a user's, a vault on three chains among them, and the README's", async () => {
    const output = await project.run("hardhat", ["test", "mocha"]);
    expect(output)
      .to.match(/\b21 passing\b/)
      .and.not.include("failing");
  });

  it("are shown in the README by a test that was among these", () => {
    const readme = readFileSync(path.join(PROJECT_ROOT, "README.md"), "utf8");
    const first = readFileSync(path.join(project.folder, "test/guestbook.js"), "utf8");
    expect(readme).to.include("```js\n" + first + "```");
    for (const name of ["Guestbook", "Visitor"]) {
      const contract = readFileSync(path.join(project.folder, `contracts/${name}.sol`), "utf8");
      expect(readme).to.include("```solidity\n" + contract + "```");
    }
  });

  it("take at most 30 lines of set-up for these", () => {
    const lines = ["hardhat.config.ts", "test/setup.ts"].flatMap((file) =>
      readFileSync(path.join(project.folder, file), "utf8").split("\n"),
    );
    const code = lines.filter((line) => line.trim() !== "" && !/^\s*(\/\/|\/?\*)/.test(line));
    expect(code.length).to.be.at.most(30);
  });

  it("have Solidity that a Foundry project builds with, by a remapping", async () => {
    const output = await forgeIn(project.folder, {})("build", "--force");
    expect(output).to.include("Compiler run successful");
    expect(existsSync(path.join(project.folder, "foundry/out/Till.sol/Till.json"))).to.equal(true);
  });

  it("have Solidity of which no file that users import asks for one compiler exactly", () => {
    const program = path.join(project.folder, "node_modules/lockstep");
    const reached = new Set<string>();
    const waiting = globSync(["contracts/interfaces/*.sol", "contracts/examples/ILedger.sol"], {
      cwd: program,
    });
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (reached.has(file)) continue;
      reached.add(file);
      const source = readFileSync(path.join(program, file), "utf8");
      expect(source, file).to.match(/^pragma solidity \^0\.8\.\d+;$/m);
      for (const [, imported = ""] of source.matchAll(/^import [^"]*"([^"]+)";$/gm))
        waiting.push(path.join(path.dirname(file), imported));
    }
    expect(reached.size).to.be.greaterThan(8);
  });

  it("have types for these", async () => {
    expect(await project.run("tsc", ["-p", "."])).to.equal("");
  });

  it("prove, where they are told to, with the keys that this machine has", async () => {
    await prepareArtefacts();
    const given = ["--config", "proven.config.js", "run", "--no-compile", "scripts/proven.js"];
    const output = await project.run("hardhat", given, { LOCKSTEP_HOME: CACHE_FOLDER });
    expect(output).to.include("proven: true\n").and.to.include("L1 was told 1, C has 1\n");
  });

  // The first configuration has no compiler and no other plugin, and the network's type in plain words.
  for (const [ENDS, config] of [
    ["in order", "literal.config.js"],
    ["suddenly", "hardhat.config.ts"],
  ] as const)
    it(`leave no devnet behind when a process under ${config} ends ${ENDS}`, async () => {
      const given = ["--config", config, "run", "--no-compile", "scripts/end.ts"];
      const output = await project.run("hardhat", given, { ENDS });
      const gateway = /http:\/\/\S+/.exec(output)?.[0] ?? "";
      expect(gateway).to.include("127.0.0.1");
      const deadline = performance.now() + PATIENCE;
      while ((await answers(gateway)) && performance.now() < deadline);
      expect(await answers(gateway)).to.equal(false);
    });
});

/** Files of the installed program, with their sizes. */
function installedFiles(folder: string): string[] {
  const program = path.join(folder, "node_modules/lockstep");
  return globSync("**/*", { cwd: program, exclude: ["node_modules/**"] })
    .map((file) => `${file} ${statSync(path.join(program, file)).size}`)
    .sort();
}
