import { expect } from "chai";
import fc from "fast-check";
import { failing, hanging, honest, FORGERIES, forging, stoppable } from "./behaviours.ts";
import { jobOf, LONG, readyProofs, type ReadyProofs, SHORT, STATEMENTS } from "./ready-proofs.ts";
import { type Behaviour, ScriptedBackend } from "./scripted-backend.ts";
import { failureOf, isPending, settle, TestPool } from "./setting.ts";

const CIRCUITS = [LONG, SHORT] as const;
const DEEDS = ["honest", "fails", "hangs", "stops", "dies"] as const;
type Deed = (typeof DEEDS)[number];

const character = fc.record({
  slots: fc.integer({ min: 1, max: 2 }),
  measuredRate: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
});
const act = fc.oneof(
  fc.record({ deed: fc.constantFrom(...DEEDS) }),
  fc.record({ lie: fc.constantFrom(...Object.entries(FORGERIES)) }),
);
/** What a bad backend does with one request after the other, again and again. */
const acts = fc.array(act, { minLength: 1, maxLength: 3 });
const situation = fc.record({
  good: character,
  // A job is given up after four attempts.
  bad: fc.array(fc.tuple(character, acts), { maxLength: 3 }),
  jobs: fc.array(
    fc.record({
      statement: fc.integer({ min: 1, max: STATEMENTS }),
      circuit: fc.constantFrom(...CIRCUITS),
      priority: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

describe("prover pool", function () {
  this.timeout(120_000);
  let proofs: ReadyProofs;
  before(async () => {
    proofs = await readyProofs();
  });

  it("gets every job one valid result while one backend is sound, whatever the others do", async () => {
    // Only those that hang take any time, so this is when they are left.
    await using test = await TestPool.open(proofs, [], { timeout: 20 });
    const deeds = {
      honest: honest(proofs),
      fails: failing,
      hangs: hanging,
      stops: stoppable,
      dies: (_request, backend) => {
        test.pool.remove(backend.name);
        backend.die();
      },
    } satisfies Record<Deed, Behaviour>;
    let run = 0;
    await fc.assert(
      fc.asyncProperty(situation, async ({ good, bad, jobs }) => {
        run++;
        const liars = new Set<string>();
        const backends = bad.map(([each, acts], index) => {
          const behaviour: Behaviour = (request, backend) => {
            const act = acts[(backend.requests.length - 1) % acts.length] ?? { deed: "fails" };
            if ("deed" in act) deeds[act.deed](request, backend);
            else {
              const [, lie] = act.lie;
              liars.add(backend.name);
              forging(proofs, lie)(request, backend);
            }
          };
          return new ScriptedBackend(`bad ${index} of run ${run}`, {
            ...each,
            circuits: CIRCUITS,
            behaviour,
          });
        });
        const sound = new ScriptedBackend(`sound of run ${run}`, {
          ...good,
          circuits: CIRCUITS,
          behaviour: honest(proofs),
        });
        const eventsBefore = test.events.length;
        for (const backend of [...backends, sound]) test.pool.add(backend);
        const results = await Promise.all(
          jobs.map(({ statement, circuit, priority }) =>
            test.pool.prove(jobOf(statement, circuit), { priority }),
          ),
        );
        for (const [index, { statement, circuit }] of jobs.entries()) {
          const { proof, publicSignals } = proofs.of(jobOf(statement, circuit));
          expect(results[index]?.proof).to.equal(proof);
          expect(Object.values(results[index]?.publicInputs ?? {})).to.deep.equal(publicSignals);
        }
        const events = test.events.slice(eventsBefore);
        const named = (type: string) =>
          events.filter((event) => event.type === type).map((event) => event.backend);
        expect(new Set(named("quarantined"))).to.deep.equal(liars);
        expect(named("retried")).to.not.include(sound.name);
        for (const { name } of [...backends, sound]) test.pool.remove(name);
      }),
      { numRuns: 50 },
    );
  });

  it("says who made a proof, what it states and how long that took", async () => {
    const backend = new ScriptedBackend("a", { circuits: [LONG] });
    await using test = await TestPool.open(proofs, [backend]);
    const job = test.pool.prove(jobOf(2));
    const request = await backend.request(0);
    await request.job.witness();
    const { proof, publicSignals } = proofs.of(request.job);
    request.answer({ proof, publicSignals, proveMilliseconds: 7 });
    const { witnessMilliseconds, ...rest } = await job;
    expect(rest).to.deep.equal({
      proof,
      publicInputs: { commitment: 2n, challenge: 2n, evaluation: 16n },
      proveMilliseconds: 7,
      backend: "a",
    });
    expect(witnessMilliseconds).to.be.greaterThan(0);
    expect(test.pool.backends).to.deep.equal([
      {
        name: "a",
        slots: 1,
        running: 0,
        quarantined: false,
        rate: 7 / proofs.long.constraints,
        proofs: 1,
        latest: 7,
        faults: 0,
      },
    ]);
  });

  it("reports the witness' time of whoever computed it", async () => {
    const backend = new ScriptedBackend("remote", { circuits: [LONG], computesWitness: true });
    await using test = await TestPool.open(proofs, [backend]);
    const job = test.pool.prove(jobOf(1));
    const request = await backend.request(0);
    request.answer({ ...proofs.of(request.job), witnessMilliseconds: 41 });
    expect((await job).witnessMilliseconds).to.equal(41);
  });

  describe("cancels a job by its signal", () => {
    const cancelled = /the job was cancelled/;

    it("before it is handed over: no backend sees it", async () => {
      const backend = new ScriptedBackend("a", { circuits: [LONG] });
      await using test = await TestPool.open(proofs, [backend]);
      const signal = AbortSignal.abort(new Error("changed our mind"));
      const { cause } = await failureOf(test.pool.prove(jobOf(1), { signal }), cancelled);
      expect(cause).to.equal(signal.reason);
      await settle();
      expect(backend.asked).to.deep.equal([]);
    });

    it("in the turn in which it was handed over, and while it waits: no backend sees it", async () => {
      const backend = new ScriptedBackend("a", { circuits: [LONG] });
      await using test = await TestPool.open(proofs, [backend]);
      const [early, late] = [new AbortController(), new AbortController()];
      const atOnce = failureOf(test.pool.prove(jobOf(1), { signal: early.signal }), cancelled);
      early.abort();
      const running = test.pool.prove(jobOf(2));
      const request = await backend.request(0);
      const waiting = failureOf(test.pool.prove(jobOf(3), { signal: late.signal }), cancelled);
      const last = test.pool.prove(jobOf(4));
      await settle();
      late.abort();
      await Promise.all([atOnce, waiting]);
      expect(await isPending(running)).to.equal(true);
      honest(proofs)(request, backend);
      honest(proofs)(await backend.request(1), backend);
      await Promise.all([running, last]);
      expect(backend.asked).to.deep.equal([2n, 4n]);
    });

    it("while it is being proven: the backend is told, and not blamed", async () => {
      const backend = new ScriptedBackend("a", { circuits: [LONG] });
      await using test = await TestPool.open(proofs, [backend]);
      const cancel = new AbortController();
      const job = failureOf(test.pool.prove(jobOf(1), { signal: cancel.signal }), cancelled);
      const { signal } = await backend.request(0);
      expect(signal.aborted).to.equal(false);
      cancel.abort();
      expect(signal.aborted).to.equal(true);
      await job;
      // It does not rest, either.
      const next = test.pool.prove(jobOf(2));
      await settle();
      expect(backend.asked).to.deep.equal([1n, 2n]);
      honest(proofs)(await backend.request(1), backend);
      expect((await next).backend).to.equal("a");
      expect(test.events).to.deep.equal([{ type: "joined", backend: "a" }]);
    });

    it("after its result: nothing happens", async () => {
      const backend = new ScriptedBackend("a", { circuits: [LONG], behaviour: honest(proofs) });
      await using test = await TestPool.open(proofs, [backend]);
      const cancel = new AbortController();
      const { proof } = await test.pool.prove(jobOf(1), { signal: cancel.signal });
      cancel.abort();
      expect(backend.requests[0]?.signal.aborted).to.equal(false);
      expect(proof).to.equal(proofs.of(jobOf(1)).proof);
    });
  });

  it("refuses jobs beyond those that may wait, until there is room again", async () => {
    const backend = new ScriptedBackend("a", { circuits: [LONG] });
    await using test = await TestPool.open(proofs, [backend], { queueLimit: 2 });
    const running = test.pool.prove(jobOf(1));
    const request = await backend.request(0);
    const cancel = new AbortController();
    const second = test.pool.prove(jobOf(2));
    const third = failureOf(test.pool.prove(jobOf(3), { signal: cancel.signal }), /cancelled/);
    await failureOf(test.pool.prove(jobOf(4)), /2 proofs are waiting/, "PROVER_BUSY");
    cancel.abort();
    await third;
    const fifth = test.pool.prove(jobOf(5));
    await failureOf(test.pool.prove(jobOf(6)), /2 proofs are waiting/, "PROVER_BUSY");
    honest(proofs)(request, backend);
    for (const number of [1, 2]) honest(proofs)(await backend.request(number), backend);
    const statements = (await Promise.all([running, second, fifth])).map(
      ({ publicInputs }) => publicInputs.commitment,
    );
    expect(statements).to.deep.equal([1n, 2n, 5n]);
  });

  it("refuses a circuit that it does not know, and says which it knows", async () => {
    await using test = await TestPool.open(proofs, []);
    await failureOf(
      test.pool.prove({ ...jobOf(1), circuit: "chain" }),
      /bits, no_bits/,
      "CIRCUIT_NOT_LOADED",
    );
  });

  it("fails all its jobs when it is closed, stops and closes its backends, and takes no more", async () => {
    const backends = [LONG, SHORT].map((circuit) => new ScriptedBackend(circuit, { circuits: [circuit] }));
    const test = await TestPool.open(proofs, backends);
    const closed = /the prover was closed/;
    const jobs = [jobOf(1), jobOf(2), jobOf(3, SHORT)].map((job) => failureOf(test.pool.prove(job), closed));
    const requests = await Promise.all(backends.map((backend) => backend.request(0)));
    const late = failureOf(test.pool.prove(jobOf(4, SHORT)), closed);
    await test.pool.close();
    await Promise.all([...jobs, late]);
    for (const { signal } of requests) expect(signal.aborted).to.equal(true);
    for (const { isClosed, asked } of backends) expect([isClosed, asked.length]).to.deep.equal([true, 1]);
    await failureOf(test.pool.prove(jobOf(5)), closed);
  });
});
