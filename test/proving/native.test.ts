import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { Artefacts } from "../../builder/proving/circuits/artefacts.ts";
import { gnarkWorker } from "../../builder/proving/backends/gnark/worker.ts";
import { openNative } from "../../builder/proving/backends/native/backend.ts";
import { WorkerError, WorkerProcess } from "../../builder/proving/backends/native/worker-process.ts";
import { rapidsnarkWorker } from "../../builder/proving/backends/rapidsnark/worker.ts";
import type { PoolEvent } from "../../builder/proving/pool/options.ts";
import { ProverPool } from "../../builder/proving/pool/pool.ts";
import type { ProveOptions } from "../../builder/proving/prover.ts";
import { readCommitmentKey } from "../../builder/proving/keys/commitment-key.ts";
import { readG1 } from "../../builder/proving/keys/points.ts";
import { failureCode, inTemporaryFolder, testArtefacts } from "./keys/setting.ts";
import { bitsWitness, processesOf, workerHere } from "./native-setting.ts";
import { BITS_JOB, BITS_PUBLIC_INPUTS, writeDamagedKey } from "./setting.ts";

const forever = new AbortController().signal;

const linuxOnly = process.platform === "linux" ? it : it.skip;

/**
 * @param name of the worker, also among processes.
 * @param program its path.
 * @param growth kilobytes that hundreds of proofs may add to a process.
 */
function suite(name: string, program: string, growth: number): void {
  let bits: Artefacts;
  let witness: Uint8Array;
  before(async () => {
    bits = await testArtefacts("bits");
    witness = await bitsWitness();
  });

  async function openPool(
    circuits: readonly Artefacts[] = [bits],
    listener?: (event: PoolEvent) => void,
  ): Promise<ProverPool> {
    const backend = await openNative(name, program, { circuits, threads: 2 });
    return ProverPool.open({ circuits, backends: [backend], listener });
  }
  const own = (): number[] =>
    processesOf(name)
      .filter(({ parent }) => parent === process.pid)
      .map(({ pid }) => pid);
  /** A job whose process is surely at work on it: it is stopped. */
  async function stoppedAtWork(pool: ProverPool, options?: ProveOptions) {
    await pool.prove(BITS_JOB);
    const [pid = 0] = own();
    process.kill(pid, "SIGSTOP");
    const job = pool.prove(BITS_JOB, options);
    await sleep(300);
    return { pid, job };
  }

  it("proves in one process per circuit, started for its first proof", async () => {
    const noBits = await testArtefacts("no_bits");
    const pool = await openPool([bits, noBits]);
    try {
      if (process.platform === "linux") expect(own()).to.deep.equal([]);
      const first = await pool.prove(BITS_JOB);
      expect(first.publicInputs).to.deep.equal(BITS_PUBLIC_INPUTS);
      const [pid] = own();
      const input = { ...BITS_JOB.input, word: 0n, bits: [] };
      expect((await pool.prove({ ...BITS_JOB, circuit: "no_bits", input })).publicInputs).to.deep.equal(
        BITS_PUBLIC_INPUTS,
      );
      const second = await pool.prove(BITS_JOB);
      // Proofs are randomised: equal ones would give the witness away.
      for (const point of ["a", "b", "c"] as const)
        expect(second.proof[point]).to.not.deep.equal(first.proof[point]);
      if (process.platform === "linux") expect(own()).to.have.length(2).and.to.include(pid);
    } finally {
      await pool.close();
    }
  });

  linuxOnly("makes hundreds of proofs in the same memory (Linux tells how much)", async () => {
    const worker = new WorkerProcess(program, [bits.zkey, "1"]);
    const residentKilobytes = (): number => {
      const status = readFileSync(`/proc/${worker.pid ?? 0}/status`, "utf8");
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]);
    };
    try {
      for (let proof = 0; proof < 50; proof++) await worker.prove(witness, forever);
      const before = residentKilobytes();
      for (let proof = 0; proof < 300; proof++) await worker.prove(witness, forever);
      expect(residentKilobytes() - before).to.be.lessThan(growth);
    } finally {
      await worker.kill();
    }
  });

  linuxOnly(
    "has the job of a process that is killed made by the next one (processes are found in /proc)",
    async () => {
      const pool = await openPool();
      try {
        const { pid, job } = await stoppedAtWork(pool);
        process.kill(pid, "SIGKILL");
        expect((await job).publicInputs).to.deep.equal(BITS_PUBLIC_INPUTS);
        expect(own()).to.have.length(1).and.to.not.include(pid);
        const [second = 0] = own();
        process.kill(second, "SIGKILL");
        expect((await pool.prove(BITS_JOB)).publicInputs, "killed while idle").to.deep.equal(
          BITS_PUBLIC_INPUTS,
        );
      } finally {
        await pool.close();
      }
    },
  );

  linuxOnly(
    "kills the process of a job that is cancelled, and works on (processes are found in /proc)",
    async () => {
      const events: PoolEvent["type"][] = [];
      const pool = await openPool([bits], ({ type }) => events.push(type));
      try {
        const cancel = new AbortController();
        const { pid, job } = await stoppedAtWork(pool, { signal: cancel.signal });
        cancel.abort();
        expect(await failureCode(job)).to.equal("PROOF_FAILED");
        expect((await pool.prove(BITS_JOB)).publicInputs).to.deep.equal(BITS_PUBLIC_INPUTS);
        expect(own()).to.have.length(1).and.to.not.include(pid);
        expect(events, "the next job does not go to the dying process").to.deep.equal(["joined"]);
      } finally {
        await pool.close();
      }
    },
  );

  linuxOnly(
    "leaves no process when it is closed, even amid a proof (processes are found in /proc)",
    async () => {
      const pool = await openPool();
      const { job } = await stoppedAtWork(pool);
      const failure = failureCode(job);
      await pool.close();
      expect(await failure).to.equal("PROOF_FAILED");
      expect(own()).to.deep.equal([]);
    },
  );

  linuxOnly("leaves no process when whoever opened it is killed (processes are found in /proc)", async () => {
    const owner = spawn(process.execPath, [join(import.meta.dirname, "native-owner.ts"), program]);
    try {
      await once(owner.stdout, "data");
      const workers = processesOf(name).filter(({ parent }) => parent === owner.pid);
      expect(workers).to.have.length(1);
      owner.kill("SIGKILL");
      const isLeft = (): boolean => processesOf(name).some(({ pid }) => pid === workers[0]?.pid);
      for (let tries = 0; tries < 100 && isLeft(); tries++) await sleep(50);
      expect(isLeft()).to.equal(false);
    } finally {
      owner.kill("SIGKILL");
    }
  });

  describe("refuses", () => {
    it("a witness that is none or another circuit's, and works on", async () => {
      const worker = new WorkerProcess(program, [bits.zkey, "1"]);
      try {
        const { pid } = worker;
        const ofOtherLength = Buffer.from(witness);
        // Number of wires, at the end of the first section.
        ofOtherLength.writeUInt32LE(ofOtherLength.readUInt32LE(24 + 36) - 1, 24 + 36);
        for (const bad of [
          new Uint8Array(0),
          witness.subarray(0, 10),
          Buffer.alloc(5_000, "x"),
          ofOtherLength,
        ]) {
          const failure = await worker.prove(bad, forever).catch((error: unknown) => error);
          expect(failure).to.be.instanceOf(WorkerError);
          expect(failure).to.have.property("message").that.is.not.empty;
        }
        expect((await worker.prove(witness, forever)).publicSignals).to.deep.equal([3n, 2n, 24n]);
        expect(worker.pid).to.equal(pid);
      } finally {
        await worker.kill();
      }
    });

    it("a trace that is none, and works on; any where the circuit commits to nothing", async () => {
      const lookups = await testArtefacts("lookups");
      const worker = new WorkerProcess(program, [lookups.zkey, "1", lookups.commitment?.key ?? ""]);
      const without = new WorkerProcess(program, [bits.zkey, "1"]);
      const right = Buffer.alloc(24 * 32, 0).fill(1, 0, 1);
      try {
        const refused = async (asked: WorkerProcess, values: Uint8Array, reason: RegExp) => {
          const failure = await asked.commit(values, forever).catch((error: unknown) => error);
          expect(failure).to.be.instanceOf(WorkerError);
          expect(failure).to.have.property("message").that.matches(reason);
        };
        await refused(worker, right.subarray(32), /for 24 committed wires/);
        await refused(worker, new Uint8Array(0), /for 24 committed wires/);
        await refused(worker, Buffer.alloc(24 * 32, 0xff), /value 0 is no element/);
        await refused(without, right, /no committed wires/);
        const { d } = await worker.commit(right, forever);
        // The first point of the key.
        const key = readCommitmentKey(await readFile(lookups.commitment?.key ?? ""));
        expect(d).to.deep.equal(readG1(key.points, 0));
      } finally {
        await worker.kill();
        await without.kill();
      }
    });

    it("a damaged commitment key, and says which", () =>
      inTemporaryFolder(async (folder) => {
        const { zkey, commitment } = await testArtefacts("lookups");
        const file = await readFile(commitment?.key ?? "");
        const path = join(folder, "circuit.ckey");
        for (const content of [
          Buffer.alloc(0),
          file.subarray(0, 30),
          file.subarray(0, -1),
          Buffer.alloc(300, 1),
        ]) {
          await writeFile(path, content);
          const worker = new WorkerProcess(program, [zkey, "1", path]);
          const failure = await worker.commit(new Uint8Array(0), forever).catch((error: unknown) => error);
          expect(failure).to.be.instanceOf(WorkerError);
          await worker.kill();
        }
      }));

    it("a frame of an absurd length, and ends", async () => {
      const child: ChildProcessWithoutNullStreams = spawn(program, [bits.zkey, "1"]);
      const output: Buffer[] = [];
      child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
      child.stdin.write(Buffer.alloc(4, 0xff));
      const [code] = await once(child, "close");
      expect(code).to.equal(1);
      expect(Buffer.concat(output).toString("latin1")).to.match(/a frame is too long$/);
    });

    it("a damaged key, another circuit's, and one that has gone since it was opened", () =>
      inTemporaryFolder(async (folder) => {
        const zkey = join(folder, "other.zkey");
        const damaged = (await readFile(bits.zkey)).subarray(0, -1000);
        await writeFile(zkey, damaged);
        expect(await failureCode(openPool([{ ...bits, zkey }]))).to.equal("KEY_CORRUPT");
        const { zkey: another } = await testArtefacts("no_bits");
        expect(await failureCode(openPool([{ ...bits, zkey: another }]))).to.equal("WRONG_KEY");

        await cp(bits.zkey, zkey);
        const pool = await openPool([{ ...bits, zkey }]);
        try {
          await writeFile(zkey, "");
          const failure = await pool.prove(BITS_JOB).catch((error: unknown) => error);
          expect(failure).to.have.property("code", "PROOF_FAILED");
          expect(failure).to.have.property("message").that.includes(zkey);
          await cp(bits.zkey, zkey);
          expect((await pool.prove(BITS_JOB)).publicInputs).to.deep.equal(BITS_PUBLIC_INPUTS);
        } finally {
          await pool.close();
        }
      }));
  });

  it("hands out no proof that a silently damaged key makes", () =>
    inTemporaryFolder(async (folder) => {
      const zkey = join(folder, "damaged.zkey");
      await writeDamagedKey(bits, zkey);
      const pool = await openPool([{ ...bits, zkey }]);
      const failure = await pool.prove(BITS_JOB).catch((error: unknown) => error);
      await pool.close();
      expect(failure).to.have.property("code", "PROOF_FAILED");
      expect(failure)
        .to.have.property("message")
        .that.matches(/does not verify/);
    }));
}

for (const { worker, growth } of [
  // Its collector leaves some hundreds more or less; a key kept for each proof would be tens of megabytes.
  { worker: gnarkWorker, growth: 4_096 },
  // One witness kept for each proof would be a megabyte, one more key for each a hundred.
  { worker: rapidsnarkWorker, growth: 512 },
]) {
  const here = await workerHere(worker);
  describe(worker.name, function () {
    this.timeout(120_000);
    if ("program" in here) suite(worker.name, here.program, growth);
    else it.skip(`proves (no worker on this machine: ${here.reason})`);
  });
}
