import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { z } from "zod";
import { isRunning, PROJECT, Sandbox, untilGone } from "./sandbox.ts";

describe("bootstrap", function () {
  this.timeout(60_000);
  let sandbox: Sandbox;
  beforeEach(() => {
    sandbox = new Sandbox();
  });
  afterEach(() => {
    sandbox.dispose();
  });

  describe("set-up", () => {
    it("installs dependencies, then runs the command with its arguments and exit code", async () => {
      const { code, output } = await sandbox.run("start", "exit", "7");
      expect(code).to.equal(7);
      expect(output).to.contain("ran start exit");
      expect(sandbox.npmCalls()).to.have.length(1);
      expect(sandbox.npmCalls()[0]).to.match(/^ci .*--ignore-scripts/);
    });

    it("calls npm again only when the lock file has changed", async () => {
      await sandbox.run("start", "exit", "0");
      await sandbox.run("start", "exit", "0");
      expect(sandbox.npmCalls()).to.have.length(1);
      sandbox.changeLock();
      await sandbox.run("start", "exit", "0");
      expect(sandbox.npmCalls()).to.have.length(2);
    });

    it("fetches a Node once if the machine's is too old, and runs everything under it", async () => {
      sandbox.pretendVersion = "v20.20.2";
      const first = await sandbox.run("start", "exit", "0");
      expect(first.code, first.output).to.equal(0);
      expect(sandbox.npmCalls()[0]).to.match(/^install --prefix .* node-\w+-\w+@24\.\d+\.\d+/);
      await sandbox.run("start", "exit", "0");
      expect(sandbox.npmCalls().map((call) => call.split(" ")[0])).to.deep.equal(["install", "ci"]);
    });

    it("takes Node 24.3 as recent enough, and what does not run it not", async () => {
      sandbox.pretendVersion = "v24.3.0";
      await sandbox.run("start", "exit", "0");
      expect(sandbox.npmCalls().map((call) => call.split(" ")[0])).to.deep.equal(["ci"]);
      // Runs TypeScript, but does not know `using`.
      sandbox.pretendVersion = "v22.23.5";
      await sandbox.run("start", "exit", "0");
      expect(sandbox.npmCalls().map((call) => call.split(" ")[0])).to.deep.equal(["ci", "install"]);
    });

    it("asks for the Node that package.json names", () => {
      const { engines } = JSON.parse(readFileSync(path.join(PROJECT, "package.json"), "utf8")) as {
        engines: { node: string };
      };
      const bootstrap = readFileSync(path.join(PROJECT, "scripts/bootstrap.mjs"), "utf8");
      const [, major, minor] = /MINIMUM_NODE = \[(\d+), (\d+)\]/.exec(bootstrap) ?? [];
      expect(engines.node).to.equal(`>=${major ?? ""}.${minor ?? ""}`);
    });

    it("goes on after a set-up that was killed", async () => {
      writeFileSync(path.join(sandbox.root, "package-lock.json"), "{}");
      await sandbox.run("start", "exit", "0");
      // No process has this id: pids end at 2^22.
      writeFileSync(path.join(sandbox.root, ".lockstep/setup.lock"), "4194305");
      expect((await sandbox.run("start", "exit", "3")).code).to.equal(3);
    });
  });

  describe("errors", () => {
    for (const [cause, message] of [
      ["code ENOTFOUND", "registry could not be reached (ENOTFOUND)"],
      ["code ENOSPC", "the disk is full"],
      ["code EACCES", "no permission to write"],
      ["code EBADPLATFORM", "does not support"],
    ] as const)
      it(`says what to do about npm's ${cause}`, async () => {
        sandbox.npmFailure = cause;
        const { code, output } = await sandbox.run("start", "exit", "0");
        expect(code).to.equal(1);
        expect(output).to.contain(message).and.not.to.contain("ran start");
      });

    it("names the commands when it does not know one", async () => {
      const { code, output } = await sandbox.run("stop");
      expect(code).to.equal(1);
      expect(output).to.contain("start|demo");
      expect(sandbox.npmCalls()).to.have.length(0);
    });

    it("has an npm script for each command, which needs nothing but the machine's Node", async () => {
      const { output } = await sandbox.run("stop");
      const commands = /bootstrap\.mjs (\S+)/.exec(output)?.[1]?.split("|") ?? [];
      const { scripts } = z
        .object({ scripts: z.record(z.string(), z.string()) })
        .parse(JSON.parse(readFileSync(path.join(PROJECT, "package.json"), "utf8")));
      for (const command of commands)
        expect(scripts[command], command).to.equal(`exec node scripts/bootstrap.mjs ${command}`);
      for (const [name, line] of Object.entries(scripts))
        expect(commands, name).to.include(/^exec node scripts\/bootstrap\.mjs (\S+)/.exec(line)?.[1]);
    });
  });

  describe("processes", () => {
    it("forwards SIGTERM and passes the exit code on; nothing stays behind", async () => {
      const child = sandbox.start("start", "stay");
      const pids = await sandbox.pids();
      child.kill("SIGTERM");
      await once(child, "exit");
      expect(child.exitCode).to.equal(9);
      await untilGone(pids);
    });

    it("takes two signals in one moment for one, as when npm forwards Ctrl-C", async () => {
      const child = sandbox.start("start", "stubborn");
      const pids = await sandbox.pids();
      child.kill("SIGINT");
      child.kill("SIGINT");
      await sleep(1_000);
      expect(pids.every(isRunning)).to.equal(true);
      child.kill("SIGINT");
      await once(child, "exit");
      await untilGone(pids);
    });

    it("leaves nothing behind when it is killed", async () => {
      const child = sandbox.start("start", "stubborn");
      const pids = await sandbox.pids();
      child.kill("SIGKILL");
      await untilGone(pids);
    });

    it("stops in order when npm, without a terminal, is sent SIGINT or killed", async () => {
      for (const signal of ["SIGINT", "SIGKILL"] as const) {
        const npm = sandbox.startUnderNpm({ exec: true }, "start", "stay");
        const pids = await sandbox.pids();
        npm.kill(signal);
        await untilGone(pids);
        sandbox.forgetPids();
      }
    });

    it("leaves nothing behind when npm is killed", async () => {
      const npm = sandbox.startUnderNpm({ exec: false }, "start", "stay");
      const pids = await sandbox.pids();
      npm.kill("SIGKILL");
      await untilGone(pids);
    });

    it("leaves nothing behind when the command ends by itself", async () => {
      const child = sandbox.start("start", "stay");
      const [command, grandchild] = await sandbox.pids();
      if (command === undefined || grandchild === undefined) throw new Error("two processes run");
      process.kill(command, "SIGKILL");
      await once(child, "exit");
      expect(child.exitCode).to.equal(137);
      await untilGone([grandchild]);
    });
  });
});
