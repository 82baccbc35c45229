import { expect } from "chai";
import type { CircuitJob } from "../../../builder/proving/circuit-job.ts";
import { honest } from "./behaviours.ts";
import { jobOf, LONG, readyProofs, type ReadyProofs, SHORT, type TestCircuit } from "./ready-proofs.ts";
import { ScriptedBackend, type ScriptedBackendOptions } from "./scripted-backend.ts";
import { failureOf, isPending, settle, TestPool } from "./setting.ts";
import { VirtualTime } from "./virtual-time.ts";

const CIRCUITS = [LONG, SHORT];

describe("order in which a prover pool works", function () {
  this.timeout(120_000);
  let proofs: ReadyProofs;
  before(async () => {
    proofs = await readyProofs();
    expect(proofs.long.constraints).to.be.greaterThan(proofs.short.constraints);
  });

  it("is by priority, then the longest first, then the oldest, whatever comes first in a turn", async () => {
    const backend = new ScriptedBackend("a", { circuits: CIRCUITS, behaviour: honest(proofs) });
    await using test = await TestPool.open(proofs, [backend]);
    const jobs: [priority: number | undefined, statement: number, circuit: TestCircuit][] = [
      [1, 1, SHORT],
      [2, 2, LONG],
      [undefined, 3, SHORT],
      [1, 4, LONG],
      [0, 5, LONG],
      [0, 6, LONG],
      [-1, 1, SHORT],
    ];
    await Promise.all(
      jobs.map(([priority, statement, circuit]) =>
        test.pool.prove(jobOf(statement, circuit), priority === undefined ? {} : { priority }),
      ),
    );
    const order = backend.requests.map(({ job }) => `${job.commitment} ${job.circuit}`);
    expect(order).to.deep.equal([
      "1 no_bits",
      "5 bits",
      "6 bits",
      "3 no_bits",
      "4 bits",
      "1 no_bits",
      "2 bits",
    ]);
  });

  it("lets a more urgent job overtake those that wait, but not those that run", async () => {
    const backend = new ScriptedBackend("a", { circuits: CIRCUITS });
    await using test = await TestPool.open(proofs, [backend]);
    const jobs = [test.pool.prove(jobOf(1), { priority: 5 })];
    const { signal } = await backend.request(0);
    jobs.push(test.pool.prove(jobOf(2), { priority: 5 }));
    await settle();
    jobs.push(test.pool.prove(jobOf(3, SHORT), { priority: 4 }));
    for (const number of jobs.keys()) honest(proofs)(await backend.request(number), backend);
    await Promise.all(jobs);
    expect(signal.aborted).to.equal(false);
    expect(backend.asked).to.deep.equal([1n, 3n, 2n]);
  });

  it("fills all slots of all backends, and no more", async () => {
    const backends = [1, 2].map(
      (slots) => new ScriptedBackend(`${slots}`, { circuits: CIRCUITS, slots, measuredRate: 1 }),
    );
    await using test = await TestPool.open(proofs, backends);
    const jobs = [1, 2, 3, 4].map((statement) => failureOf(test.pool.prove(jobOf(statement)), /closed/));
    await settle();
    expect(test.pool.backends.map(({ running }) => running)).to.deep.equal([1, 2]);
    expect(backends.flatMap(({ asked }) => asked)).to.have.members([1n, 2n, 3n]);
    await test.pool.close();
    await Promise.all(jobs);
  });

  it("gives jobs only to those that have the circuit's keys", async () => {
    const [long, short] = CIRCUITS.map(
      (circuit) => new ScriptedBackend(circuit, { circuits: [circuit], behaviour: honest(proofs) }),
    );
    await using test = await TestPool.open(proofs, [long!, short!]);
    const jobs = [jobOf(1), jobOf(2, SHORT), jobOf(3), jobOf(4, SHORT)];
    await Promise.all(jobs.map((job) => test.pool.prove(job)));
    expect([long?.asked, short?.asked]).to.deep.equal([
      [1n, 3n],
      [2n, 4n],
    ]);
  });

  describe("learns how fast backends are:", () => {
    const taking = (proveMilliseconds: number): ScriptedBackendOptions => ({
      circuits: CIRCUITS,
      behaviour: (request) => request.answer({ ...proofs.of(request.job), proveMilliseconds }),
    });
    async function makersInTurn(test: TestPool, statements: readonly number[]): Promise<string[]> {
      const makers: string[] = [];
      for (const statement of statements) makers.push((await test.pool.prove(jobOf(statement))).backend);
      return makers;
    }

    it("prefers the faster one once both have made proofs", async () => {
      const backends = [new ScriptedBackend("slow", taking(500)), new ScriptedBackend("fast", taking(50))];
      await using test = await TestPool.open(proofs, backends);
      await Promise.all([1, 2].map((statement) => test.pool.prove(jobOf(statement))));
      expect(backends.map(({ asked }) => asked.length)).to.deep.equal([1, 1]);
      expect(await makersInTurn(test, [3, 4, 5])).to.deep.equal(["fast", "fast", "fast"]);
    });

    it("gives one that nobody has measured a chance, though a known one is free", async () => {
      const backends = [new ScriptedBackend("slow", taking(500)), new ScriptedBackend("fast", taking(50))];
      await using test = await TestPool.open(proofs, backends);
      const makers = await makersInTurn(test, [1, 2, 3, 4]);
      expect(new Set(makers.slice(0, 2))).to.deep.equal(new Set(["slow", "fast"]));
      expect(makers.slice(2)).to.deep.equal(["fast", "fast"]);
    });

    it("counts the way there and the witness where those are elsewhere", async () => {
      const remote = new ScriptedBackend("remote", { circuits: CIRCUITS, computesWitness: true });
      await using test = await TestPool.open(proofs, [remote]);
      const job = test.pool.prove(jobOf(1));
      const request = await remote.request(0);
      {
        using time = new VirtualTime();
        await time.advance(900);
        request.answer({ ...proofs.of(request.job), proveMilliseconds: 1 });
        await settle();
      }
      await job;
      expect(test.pool.backends[0]?.rate).to.be.at.least(900 / proofs.long.constraints);
    });
  });

  it("lets a slot take its next job while the proof before is being verified", async () => {
    let settled = 0;
    const settledBefore: number[] = [];
    const backend = new ScriptedBackend("a", {
      circuits: CIRCUITS,
      behaviour: (request, self) => {
        settledBefore.push(settled);
        honest(proofs)(request, self);
      },
    });
    await using test = await TestPool.open(proofs, [backend]);
    const jobs = [1, 2, 3, 4, 5, 6].map(async (statement) => {
      await test.pool.prove(jobOf(statement));
      settled++;
    });
    await Promise.all(jobs);
    // Were it not so, each job would have to wait for all before it.
    expect(settledBefore).to.not.deep.equal([0, 1, 2, 3, 4, 5]);
  });

  describe("has witnesses ready before their turn:", () => {
    const unsound = (statement: number): CircuitJob => {
      const job = jobOf(statement);
      return { ...job, input: { ...job.input, evaluation: 1n } };
    };

    it("as many as there are slots, so jobs that are not sound fail while others are proven", async () => {
      const backend = new ScriptedBackend("a", { circuits: CIRCUITS, slots: 2 });
      await using test = await TestPool.open(proofs, [backend]);
      const running = [1, 2].map((statement) => test.pool.prove(jobOf(statement)));
      await backend.request(1);
      const sound = test.pool.prove(jobOf(3));
      // The second of those that wait, behind a sound one.
      await failureOf(test.pool.prove(unsound(4)), /assert/i);
      expect(await isPending(sound)).to.equal(true);
      for (const number of [0, 1, 2]) honest(proofs)(await backend.request(number), backend);
      await Promise.all([...running, sound]);
    });

    it("but none for backends that compute them themselves", async () => {
      const long = new ScriptedBackend("long", { circuits: [LONG], computesWitness: true });
      const short = new ScriptedBackend("short", {
        circuits: [SHORT],
        slots: 2,
        computesWitness: true,
        behaviour: honest(proofs),
      });
      await using test = await TestPool.open(proofs, [long, short]);
      const running = test.pool.prove(jobOf(1));
      const request = await long.request(0);
      const waiting = failureOf(test.pool.prove(unsound(2)), /assert/i);
      await settle();
      // Our threads get to it now, if they are asked.
      const others = [1, 2, 3, 4, 5, 6].map((statement) => test.pool.prove(jobOf(statement, SHORT)));
      for (const { witnessMilliseconds } of await Promise.all(others))
        expect(witnessMilliseconds).to.equal(0);
      expect(await isPending(waiting)).to.equal(true);
      honest(proofs)(request, long);
      await running;
      honest(proofs)(await long.request(1), long);
      await waiting;
    });
  });
});
