import { expect } from "chai";
import type { PoolEvent } from "../../../builder/proving/pool/options.ts";
import { failing, honest, stoppable } from "./behaviours.ts";
import { jobOf, LONG, readyProofs, type ReadyProofs } from "./ready-proofs.ts";
import { ScriptedBackend } from "./scripted-backend.ts";
import { failureOf, isPending, settle, TestPool } from "./setting.ts";
import { VirtualTime } from "./virtual-time.ts";

const PREFERRED = { circuits: [LONG], measuredRate: 1 } as const;
/** Slower, but not so much that anything would wait for the preferred one. */
const OTHER = { circuits: [LONG], measuredRate: 1.01 } as const;

describe("prover pool and backends that fail", function () {
  this.timeout(120_000);
  let proofs: ReadyProofs;
  before(async () => {
    proofs = await readyProofs();
  });

  const retried = (backend: string, reason: string): PoolEvent => ({
    type: "retried",
    backend,
    circuit: LONG,
    reason,
  });

  it("gives a job to another one", async () => {
    const broken = new ScriptedBackend("broken", { ...PREFERRED, behaviour: failing });
    const good = new ScriptedBackend("good", { ...OTHER, behaviour: honest(proofs) });
    await using test = await TestPool.open(proofs, [broken, good]);
    expect((await test.pool.prove(jobOf(1))).backend).to.equal("good");
    expect(test.events.slice(2)).to.deep.equal([retried("broken", "out of order")]);
  });

  it("keeps a job for those that have not tried it, even if they are busy", async () => {
    using time = new VirtualTime();
    const broken = new ScriptedBackend("broken", PREFERRED);
    const busy = new ScriptedBackend("busy", OTHER);
    await using test = await TestPool.open(proofs, [broken, busy]);
    const jobs = [1, 2].map((statement) => test.pool.prove(jobOf(statement)));
    failing(await broken.request(0), broken);
    await time.advance(10_000);
    expect(broken.asked, "rested, but has tried it").to.deep.equal([1n]);
    jobs.push(test.pool.prove(jobOf(3)));
    honest(proofs)(await broken.request(1), broken);
    for (const number of [0, 1]) honest(proofs)(await busy.request(number), busy);
    await Promise.all(jobs);
    expect([broken.asked, busy.asked]).to.deep.equal([
      [1n, 3n],
      [2n, 1n],
    ]);
  });

  it("computes a job's witness once for all who try", async () => {
    const [broken, good] = [new ScriptedBackend("broken", PREFERRED), new ScriptedBackend("good", OTHER)];
    await using test = await TestPool.open(proofs, [broken, good]);
    const job = test.pool.prove(jobOf(1));
    const first = await broken.request(0);
    const witness = await first.job.witness();
    failing(first, broken);
    const second = await good.request(0);
    expect(await second.job.witness()).to.equal(witness);
    honest(proofs)(second, good);
    expect((await job).backend).to.equal("good");
  });

  it("gives a job up after four attempts, and says why", async () => {
    const backends = ["a", "b", "c", "d", "e"].map(
      (name) => new ScriptedBackend(name, { circuits: [LONG], behaviour: failing }),
    );
    await using test = await TestPool.open(proofs, backends);
    const { cause } = await failureOf(test.pool.prove(jobOf(1)), /"bits".*after 4 attempts: out of order/);
    expect(cause).to.be.an("error").with.property("message", "out of order");
    expect(backends.flatMap(({ asked }) => asked)).to.deep.equal([1n, 1n, 1n, 1n]);
  });

  it("lets a backend rest after each failure, twice as long each time up to a minute, until it succeeds", async () => {
    using time = new VirtualTime();
    let isBroken = true;
    const backend = new ScriptedBackend("a", {
      ...PREFERRED,
      behaviour: (...request) => (isBroken ? failing : honest(proofs))(...request),
    });
    await using test = await TestPool.open(proofs, [backend]);
    /** Milliseconds after which the pool makes the next attempt, give or take the last two. */
    const expectRest = async (milliseconds: number): Promise<void> => {
      const before = backend.asked.length;
      await time.advance(milliseconds - 1);
      expect(backend.asked.length, `within ${milliseconds} ms`).to.equal(before);
      await time.advance(2);
      expect(backend.asked.length, `after ${milliseconds} ms`).to.equal(before + 1);
    };
    const first = failureOf(test.pool.prove(jobOf(1)), /after 4 attempts/);
    await settle();
    for (const rest of [100, 200, 400]) await expectRest(rest);
    await first;
    const others = [2, 3].map((statement) =>
      failureOf(test.pool.prove(jobOf(statement)), /after 4 attempts/),
    );
    for (const rest of [800, 1_600, 3_200, 6_400, 12_800, 25_600, 51_200, 60_000]) await expectRest(rest);
    await Promise.all(others);
    isBroken = false;
    const sound = test.pool.prove(jobOf(4));
    await expectRest(60_000);
    expect((await sound).backend).to.equal("a");
    isBroken = true;
    const last = failureOf(test.pool.prove(jobOf(5)), /after 4 attempts/);
    await settle();
    for (const rest of [100, 200, 400]) await expectRest(rest);
    await last;
  });

  it("survives one that throws instead of failing its promise, and leaves nothing of the attempt", async () => {
    using time = new VirtualTime();
    let signal: AbortSignal | undefined;
    const throwing = new ScriptedBackend("throwing", {
      ...PREFERRED,
      behaviour: (request) => {
        ({ signal } = request);
        throw new Error("not even a promise");
      },
    });
    const good = new ScriptedBackend("good", { ...OTHER, behaviour: honest(proofs) });
    await using test = await TestPool.open(proofs, [throwing, good], { timeout: 1_000 });
    expect((await test.pool.prove(jobOf(1))).backend).to.equal("good");
    expect(test.events.slice(2)).to.deep.equal([retried("throwing", "not even a promise")]);
    await time.advance(1_000);
    expect(signal?.aborted, "its time limit is forgotten").to.equal(false);
  });

  describe("hang:", () => {
    it("stops them when their time is over, and gives the job to another one", async () => {
      using time = new VirtualTime();
      const slow = new ScriptedBackend("slow", { ...PREFERRED, behaviour: stoppable });
      const good = new ScriptedBackend("good", { ...OTHER, behaviour: honest(proofs) });
      await using test = await TestPool.open(proofs, [slow, good], { timeout: 1_000 });
      const job = test.pool.prove(jobOf(1));
      const { signal } = await slow.request(0);
      await time.advance(999);
      expect([signal.aborted, good.asked.length]).to.deep.equal([false, 0]);
      await time.advance(1);
      expect(signal.aborted).to.equal(true);
      expect(signal.reason).to.have.property("code", "BACKEND_FAILED");
      expect((await job).backend).to.equal("good");
      const [event] = test.events.slice(2);
      expect(event).to.include({ type: "retried", backend: "slow" });
      expect(event)
        .to.have.property("reason")
        .that.matches(/no proof within 1000 ms/);
    });

    it("uses nothing that comes late, sound or not", async () => {
      using time = new VirtualTime();
      const [late, good] = [new ScriptedBackend("late", PREFERRED), new ScriptedBackend("good", OTHER)];
      await using test = await TestPool.open(proofs, [late, good], { timeout: 1_000 });
      const job = test.pool.prove(jobOf(1));
      const first = await late.request(0);
      await time.advance(1_000);
      const second = await good.request(0);
      honest(proofs)(first, late);
      expect(await isPending(job)).to.equal(true);
      honest(proofs)(second, good);
      expect((await job).backend).to.equal("good");
      expect(test.eventsOf("retried")).to.deep.equal(["late"]);
      expect(test.pool.backends[0]).to.deep.include({ name: "late", running: 0, rate: 1 });
    });

    it("gives those of a known speed fifteen seconds, and twice as long at each further attempt", async () => {
      using time = new VirtualTime();
      const backends = [1, 1.01, 1.02, 1.03].map(
        (measuredRate) => new ScriptedBackend(`rate ${measuredRate}`, { circuits: [LONG], measuredRate }),
      );
      await using test = await TestPool.open(proofs, backends);
      const job = failureOf(test.pool.prove(jobOf(1)), /after 4 attempts: .*no proof within 120000 ms/);
      for (const [attempt, backend] of backends.entries()) {
        const { signal } = await backend.request(0);
        // No more than the two minutes that an attempt may take at all.
        const limit = Math.min(15_000 * 2 ** attempt, 120_000);
        await time.advance(limit - 1);
        expect(signal.aborted, `attempt ${attempt}, too early`).to.equal(false);
        await time.advance(1);
        expect(signal.aborted, `attempt ${attempt}`).to.equal(true);
      }
      await job;
    });

    it("gives what waits for one to a slower one, before its time is over", async () => {
      using time = new VirtualTime();
      const rate = 100 / proofs.long.constraints;
      const hanging = new ScriptedBackend("hanging", { circuits: [LONG], measuredRate: rate });
      const slow = new ScriptedBackend("slow", {
        circuits: [LONG],
        measuredRate: 5 * rate,
        behaviour: honest(proofs),
      });
      await using test = await TestPool.open(proofs, [hanging, slow]);
      const jobs = [1, 2].map((statement) => test.pool.prove(jobOf(statement)));
      await settle();
      expect(hanging.asked).to.deep.equal([1n]);
      await time.advance(300);
      // It is late, but the slow one would end later.
      expect(slow.asked).to.deep.equal([]);
      for (let step = 0; step < 10; step++) await time.advance(100);
      expect((await jobs[1])?.backend).to.equal("slow");
      expect(test.eventsOf("retried")).to.deep.equal([]);
      honest(proofs)(await hanging.request(0), hanging);
      await jobs[0];
    });
  });
});
