import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { PROJECT_ROOT } from "../../builder/places/places.ts";
import { createDevelopmentKey } from "../../builder/proving/keys/development.ts";
import { hashVerificationKey } from "../../builder/proving/keys/verification-key.ts";
import { readProvingKey } from "../../builder/proving/keys/zkey.ts";
import { chooseBackend } from "../../builder/proving/local-prover.ts";
import { benchCircuit } from "../../scripts/bench/prove/circuit.ts";
import { chainR1cs, chainWitness } from "../../scripts/gpu/chain.ts";
import { verdictsOn } from "../../scripts/gpu/check.ts";
import { artefactsOf, verificationKeyOf } from "../../scripts/gpu/circuits.ts";
import { findDrivers } from "../../scripts/gpu/loaders.ts";
import { modulesOf } from "../../scripts/gpu/pack/modules.ts";
import { excess } from "../../scripts/gpu/pack/size.ts";
import { nextTask, planOf, type Task, type TaskState, whyNot } from "../../scripts/gpu/plan.ts";
import { type MeasuredRecord, readRecords } from "../../scripts/gpu/records.ts";
import { tableOf } from "../../scripts/gpu/table.ts";
import { inTemporaryFolder } from "../proving/keys/setting.ts";
import { endSnarkjs } from "../proving/keys/snarkjs-threads.ts";

const MEASURE = path.join(PROJECT_ROOT, "scripts/gpu/measure.ts");

describe("measuring on a lent machine", function () {
  this.timeout(120_000);
  after(endSnarkjs);

  describe("chains made without circom", () => {
    it("have the verification key and the witness of the compiled circuit", () =>
      inTemporaryFolder(async (folder) => {
        const { artefacts, job, witness } = await benchCircuit(10, folder);
        const key = readProvingKey(await createDevelopmentKey(chainR1cs(10)), "chain");
        expect(hashVerificationKey(key.verificationKey)).to.equal(
          hashVerificationKey(await verificationKeyOf(artefacts)),
        );
        const made = chainWitness(10, job.input);
        expect(Buffer.compare(made, await readFile(witness)), "witness").to.equal(0);
        expect(() => chainWitness(10, { ...job.input, seed: [] })).to.throw(RangeError, /3 values/);
      }));
  });

  describe("the order of a run", () => {
    const tasks = planOf({
      devices: ["gpu"],
      processors: ["cpu"],
      powers: [16, 20],
      hasLedger: true,
      visits: 8,
    });

    it("goes on with processors while a device's kernels are compiled, and takes the device when they are", () => {
      const isFirst = (name: string): boolean => name === "key of ledger1";
      const names = walk(tasks, (name, states) => {
        if (isFirst(name)) expect(states.get("kernels of gpu"), "compiled beside").to.equal("running");
        // The compiler is done when the first circuit is proven.
        return name === "cpu, ledger1" ? "kernels of gpu" : undefined;
      });
      expect(names.slice(0, 8)).to.deep.equal([
        "key of chain10",
        "kernels of gpu",
        "key of ledger1",
        "key of chain16",
        "cpu, ledger1",
        "gpu, ledger1",
        "gpu, chain16",
        "cpu, chain16",
      ]);
      expect(names.indexOf("key of chain20")).to.be.greaterThan(names.indexOf("cpu, chain16"));
      expect(names).to.have.members(tasks.map(({ name }) => name));
    });

    it("leaves out what needs a device that failed, and says so", () => {
      const states = new Map<string, TaskState>([
        ["key of chain10", "done"],
        ["kernels of gpu", "failed"],
      ]);
      for (const task of tasks) {
        if (!task.name.startsWith("gpu,")) continue;
        states.set("key of chain16", "done").set("key of ledger1", "done");
        expect(nextTask([task], states, false)).to.equal(undefined);
        expect(whyNot(task, states)).to.match(/there is no "(kernels of gpu|key of chain20)"/);
      }
      const cpu = tasks.filter(({ name }) => name === "cpu, chain16");
      expect(nextTask(cpu, states, false)).to.equal(cpu[0]);
    });
  });

  describe("ways to the drivers", () => {
    const adapters = (software: boolean): string =>
      JSON.stringify({
        cuda: { error: "none" },
        wgpu: [{ name: "adapter", driver: "Vulkan", software }],
      });

    it("are tried until one leads to a GPU", () =>
      inTemporaryFolder(async (folder) => {
        const worker = path.join(folder, "worker");
        const script = `if [ "$WAY" = b ]; then echo '${adapters(false)}'; else echo '${adapters(true)}'; fi`;
        await writeFile(worker, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
        const ways = ["a", "b", "c"].map((WAY) => ({ how: WAY, environment: { WAY } }));
        const how = async (those: typeof ways) => (await findDrivers(worker, those)).map((each) => each.how);
        expect(await how(ways)).to.deep.equal(["a", "b"]);
        const [first, , last] = ways;
        if (first === undefined || last === undefined) throw new RangeError("three ways");
        expect(await how([first, last]), "software is no GPU").to.deep.equal(["c", "a"]);
      }));
  });

  describe("what is packed", () => {
    it("has the modules that the run and its threads import, and no tool", async () => {
      const files = await modulesOf(PROJECT_ROOT, ["scripts/gpu/measure.ts", "scripts/gpu/step.ts"]);
      const packages = new Set(files.map((file) => file.split("/")[1]));
      expect([...packages]).to.include.members(["zod", "piscina", "viem", "ffjavascript"]);
      expect([...packages]).to.not.include.members(["hardhat"]);
      for (const tool of ["hardhat", "esbuild", "typescript", "solc"])
        expect(packages.has(tool), tool).to.equal(false);
      expect(files).to.include.members([
        "node_modules/piscina/package.json",
        "node_modules/piscina/dist/worker.js",
      ]);
      expect(files.some((file) => /classic-level\/prebuilds\/linux-x64\/.*\.node$/.test(file))).to.equal(
        true,
      );
    });

    it("is refused where it does not travel with the tree", () => {
      expect(excess(8, 56)).to.equal(undefined);
      expect(excess(8, 56.2)).to.match(/64\.2 MiB are 0\.2 MiB more than travel/);
    });
  });

  describe("a run", () => {
    it("has its proofs verified by snarkjs, and none that is not one", () =>
      inTemporaryFolder(async (out) => {
        const { name } = await chooseBackend();
        const run = measure(out, name);
        expect(await once(run, "exit")).to.deep.equal([0, null]);
        const records = recordsIn(out);
        const proofs = records.filter(({ kind }) => kind === "proof");
        expect(proofs).to.have.length(6);
        const development = await verificationKeyOf(await artefactsOf("ledger1"));
        const unknown = async (): Promise<undefined> => undefined;
        expect(await verdictsOn(records, development, unknown)).to.deep.equal({ verified: 6, wrong: [] });
        const table = readFileSync(path.join(out, "table.md"), "utf8");
        expect(table).to.match(new RegExp(`\\| chain10 \\| ${name} \\| [\\d.]+ \\| [\\d.]+ \\| [\\d.]+ \\|`));
        expect(table).to.contain("not measured: kernels of snarkrs:none");

        const forged = records.map((record): MeasuredRecord =>
          record.kind === "proof" ? { ...record, publicSignals: ["1", "2", "3"] } : record,
        );
        expect((await verdictsOn(forged, development, unknown)).wrong).to.have.length(6);
        const others = { ...development, delta: development.gamma };
        expect((await verdictsOn(records, others, unknown)).wrong[0]).to.match(/key of chain10 is another/);
        expect(
          tableOf(forged.map((each) => ("isValid" in each ? { ...each, isValid: false } : each))),
        ).to.contain("A PROOF WAS WRONG");
      }));

    it("that is killed has written what it had", () =>
      inTemporaryFolder(async (out) => {
        const { name } = await chooseBackend();
        const run = measure(out, name);
        const isProven = (): boolean => safely(out).some(({ kind }) => kind === "proof");
        while (!isProven()) await delay(20);
        run.kill("SIGKILL");
        await once(run, "exit");
        expect(recordsIn(out).map(({ kind }) => kind)).to.include.members(["machine", "key", "proof"]);
        expect(readFileSync(path.join(out, "table.md"), "utf8")).to.contain(`| chain10 | ${name} |`);
      }));

    it("reads results whose last line was cut off", () => {
      const line = JSON.stringify({ kind: "gap", task: "a", reason: "b" });
      expect(readRecords(`${line}\n${line.slice(0, 10)}`)).to.have.length(1);
      expect(() => readRecords(`${line.slice(0, 10)}\n${line}\n`)).to.throw(SyntaxError);
    });
  });
});

/** Performs tasks one after the other; those beside end when told. */
function walk(
  tasks: readonly Task[],
  onTask: (name: string, states: ReadonlyMap<string, TaskState>) => string | undefined,
): string[] {
  const states = new Map<string, TaskState>();
  const names: string[] = [];
  for (;;) {
    const beside = nextTask(tasks, states, true);
    if (beside !== undefined) {
      states.set(beside.name, "running");
      names.push(beside.name);
      continue;
    }
    const task = nextTask(tasks, states, false);
    if (task === undefined) return names;
    names.push(task.name);
    states.set(task.name, "done");
    const ended = onTask(task.name, states);
    if (ended !== undefined) states.set(ended, "done");
  }
}

function measure(out: string, backend: string): ChildProcess {
  const given = ["--out", out, "--minutes", "1.5", "--no-ledger", "--powers", "10"];
  // A device that no machine has.
  const backends = ["--processors", backend, "--devices", "snarkrs:none"];
  return spawn(process.execPath, [MEASURE, ...given, ...backends], { stdio: "ignore" });
}

function recordsIn(out: string): MeasuredRecord[] {
  return readRecords(readFileSync(path.join(out, "results.jsonl"), "utf8"));
}

/** Nothing before there is a file. */
function safely(out: string): MeasuredRecord[] {
  try {
    return recordsIn(out);
  } catch {
    return [];
  }
}
