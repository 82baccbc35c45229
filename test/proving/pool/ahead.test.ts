import { expect } from "chai";
import { honest } from "./behaviours.ts";
import { jobOf, LONG, readyProofs, type ReadyProofs } from "./ready-proofs.ts";
import { ScriptedBackend } from "./scripted-backend.ts";
import { settle, TestPool } from "./setting.ts";
import { VirtualTime } from "./virtual-time.ts";

const CIRCUITS = [LONG];

describe("prover pool and backends that work ahead", function () {
  this.timeout(120_000);
  let proofs: ReadyProofs;
  before(async () => {
    proofs = await readyProofs();
  });

  it("have jobs before their slots are free, and no more than they take", async () => {
    const backend = new ScriptedBackend("a", { circuits: CIRCUITS, slots: 2, ahead: 1, measuredRate: 1 });
    await using test = await TestPool.open(proofs, [backend]);
    const jobs = [1, 2, 3, 4, 5].map((statement) => test.pool.prove(jobOf(statement)));
    await settle();
    expect(backend.asked).to.deep.equal([1n, 2n, 3n]);
    for (const number of jobs.keys()) honest(proofs)(await backend.request(number), backend);
    await Promise.all(jobs);
    expect(backend.asked).to.deep.equal([1n, 2n, 3n, 4n, 5n]);
  });

  it("get nothing ahead before their speed is known", async () => {
    const backend = new ScriptedBackend("a", { circuits: CIRCUITS, ahead: 1 });
    await using test = await TestPool.open(proofs, [backend]);
    const jobs = [1, 2, 3].map((statement) => test.pool.prove(jobOf(statement)));
    await settle();
    expect(backend.asked).to.deep.equal([1n]);
    honest(proofs)(await backend.request(0), backend);
    await jobs[0];
    await settle();
    expect(backend.asked).to.deep.equal([1n, 2n, 3n]);
    for (const request of backend.requests) honest(proofs)(request, backend);
    await Promise.all(jobs);
  });

  it("are as fast as they are from when a slot is free", async () => {
    using time = new VirtualTime();
    const rate = 1_000 / proofs.long.constraints;
    const options = { circuits: CIRCUITS, ahead: 1, computesWitness: true, measuredRate: rate };
    const backend = new ScriptedBackend("a", options);
    await using test = await TestPool.open(proofs, [backend]);
    const jobs = [1, 2].map((statement) => test.pool.prove(jobOf(statement)));
    await backend.request(1);
    for (const number of jobs.keys()) {
      await time.advance(1_000);
      honest(proofs)(await backend.request(number), backend);
      await jobs[number];
    }
    const milliseconds = (test.pool.backends[0]?.rate ?? NaN) * proofs.long.constraints;
    expect(Math.round(milliseconds)).to.equal(1_000);
  });

  it("get a job that another one would begin at once only if they end it sooner", async () => {
    const rate = 1_000 / proofs.long.constraints;
    const fast = { circuits: CIRCUITS, ahead: 1, measuredRate: rate };
    const backends = [
      new ScriptedBackend("fast", fast),
      new ScriptedBackend("slow", { circuits: CIRCUITS, measuredRate: 2.5 * rate }),
    ];
    await using test = await TestPool.open(proofs, backends);
    const jobs = [1, 2, 3].map((statement) => test.pool.prove(jobOf(statement)));
    await settle();
    expect(backends.map(({ asked }) => asked)).to.deep.equal([[1n, 2n], [3n]]);
    for (const backend of backends) for (const request of backend.requests) honest(proofs)(request, backend);
    await Promise.all(jobs);
  });

  it("have their time for a job from when a slot is free", async () => {
    using time = new VirtualTime();
    const backend = new ScriptedBackend("a", { circuits: CIRCUITS, ahead: 1, measuredRate: 1 });
    await using test = await TestPool.open(proofs, [backend], { timeout: 1_000 });
    const jobs = [1, 2].map((statement) => test.pool.prove(jobOf(statement)));
    await backend.request(1);
    for (const number of jobs.keys()) {
      await time.advance(999);
      honest(proofs)(await backend.request(number), backend);
      await jobs[number];
    }
    expect(test.eventsOf("retried")).to.deep.equal([]);
  });

  describe("give back what they have not begun, unblamed,", () => {
    async function withOneAhead(
      test: (pool: TestPool, fast: ScriptedBackend) => Promise<void>,
    ): Promise<void> {
      const fast = new ScriptedBackend("fast", { circuits: CIRCUITS, ahead: 1, measuredRate: 1 });
      const slow = new ScriptedBackend("slow", {
        circuits: CIRCUITS,
        measuredRate: 3,
        behaviour: honest(proofs),
      });
      await using pool = await TestPool.open(proofs, [fast, slow]);
      const jobs = [1, 2].map((statement) => pool.pool.prove(jobOf(statement)));
      await settle();
      expect(fast.asked).to.deep.equal([1n, 2n]);
      await test(pool, fast);
      expect((await jobs[1])?.backend).to.equal("slow");
      expect(fast.requests[1]?.signal.aborted).to.equal(true);
      fast.die();
      await jobs[0];
      expect(pool.eventsOf("retried")).to.deep.equal(["fast"]);
    }

    it("when they fail at another job", () =>
      withOneAhead(async (_, fast) => {
        fast.requests[0]?.fail(new Error("out of order"));
      }));

    it("when they leave", () =>
      withOneAhead(async ({ pool }) => {
        pool.remove("fast");
      }));
  });
});
