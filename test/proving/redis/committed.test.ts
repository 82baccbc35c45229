import { expect } from "chai";
import type { Artefacts } from "../../../builder/proving/circuits/artefacts.ts";
import { committedValues } from "../../../builder/proving/committed-values.ts";
import type { G1Point } from "../../../builder/proving/keys/verification-key.ts";
import type { Backend } from "../../../builder/proving/backends/backend.ts";
import { openSnarkjs } from "../../../builder/proving/backends/snarkjs/index.ts";
import { proveTogether } from "../../../builder/proving/prove-together.ts";
import type { CommittedResult } from "../../../builder/proving/prover.ts";
import { connectRedis } from "../../../builder/proving/redis/connection.ts";
import { KeptTraces } from "../../../builder/proving/redis/kept-traces.ts";
import { inputKey } from "../../../builder/proving/redis/messages.ts";
import { drawn, lookupsJob } from "../committed/lookups.ts";
import { testArtefacts } from "../keys/setting.ts";
import { failureOf } from "../pool/setting.ts";
import { whyNoRedis } from "./server.ts";
import { RedisSetting } from "./setting.ts";

const missing = await whyNoRedis();
const JOBS = [1, 2, 3].map(lookupsJob);

describe(
  missing === undefined ? "prover workers in two steps" : `prover workers in two steps: ${missing}`,
  function () {
    this.timeout(240_000);
    let lookups: Artefacts;
    let redis: RedisSetting;
    before(async function () {
      if (missing !== undefined) this.skip();
      lookups = await testArtefacts("lookups");
    });
    beforeEach(async () => {
      redis = await RedisSetting.start("lookups", lookups);
    });
    afterEach(async () => {
      await redis[Symbol.asyncDispose]();
    });

    /** Which trace is sent how often. */
    async function watchInputs() {
      const client = await connectRedis(redis.url);
      const monitor = await client.monitor();
      let sets = 0;
      monitor.on("monitor", (_time: string, [command, key]: string[]) => {
        if (command?.toLowerCase() === "set" && key?.startsWith(inputKey("")) === true) sets++;
      });
      return {
        sent: () => sets,
        left: () => client.keys(inputKey("*")),
        [Symbol.dispose]() {
          monitor.disconnect();
          client.disconnect();
        },
      };
    }

    function expectProofs(results: readonly CommittedResult[], draws: readonly (readonly G1Point[])[]): void {
      expect(results.map(({ proof }) => proof.d)).to.deep.equal(draws.at(-1));
      const { beta, gamma } = drawn(draws.at(-1) ?? []);
      for (const { publicSignals } of results) expect(publicSignals.slice(1)).to.deep.equal([beta, gamma]);
    }

    it("keep a trace between the steps, and it is sent once", async () => {
      await redis.startWorker("honest");
      await using builder = await redis.open();
      await builder.until(1);
      const troubles = (): number => builder.seen("left").length + builder.seen("retried").length;
      // A worker that gets no processor for seconds counts as gone, and is sent all of it again.
      for (let tries = 1, before = -1; before !== troubles(); tries++) {
        expect(tries, "times that the worker was taken for gone").to.be.below(5);
        before = troubles();
        using inputs = await watchInputs();
        const draws: (readonly G1Point[])[] = [];
        const results = await proveTogether(builder.pool, JOBS, (commitments) => {
          draws.push(commitments);
          return drawn(commitments);
        });
        expectProofs(results, draws);
        expect(await inputs.left()).to.deep.equal([]);
        if (before === troubles())
          expect(inputs.sent(), "three traces, and what was drawn for each").to.equal(6);
      }
      expect(builder.seen("quarantined")).to.deep.equal([]);
    });

    it("that die between the steps are replaced: the challenge stays", async () => {
      const first = await redis.startWorker("honest");
      await using builder = await redis.open();
      await builder.until(1);
      using inputs = await watchInputs();
      const draws: (readonly G1Point[])[] = [];
      const results = await proveTogether(builder.pool, JOBS, async (commitments) => {
        draws.push(commitments);
        first.kill("SIGKILL");
        await redis.startWorker("honest");
        return drawn(commitments);
      });
      expect(draws).to.have.length(1);
      expectProofs(results, draws);
      // Jobs that went to the dead one before its silence was noticed are sent again.
      expect(inputs.sent(), "the second one has seen no trace").to.be.at.least(9);
    });

    it("that are killed at the second step, or lie in it, have it made by others", async () => {
      await Promise.all(
        (["dying", "lying", "honest"] as const).map((behaviour) => redis.startWorker(behaviour)),
      );
      await using builder = await redis.open();
      await builder.until(3);
      const draws: (readonly G1Point[])[] = [];
      const results = await proveTogether(builder.pool, [...JOBS, lookupsJob(4)], (commitments) => {
        draws.push(commitments);
        return drawn(commitments);
      });
      expect(draws).to.have.length(1);
      expectProofs(results, draws);
      expect(builder.seen("quarantined"), "the liar").to.have.length(1);
      expect(builder.seen("retried").length).to.be.greaterThan(1);
    });

    it("that are given a commitment to another trace say so, and are not blamed", async () => {
      await redis.startWorker("honest");
      const local = await openSnarkjs({ circuits: [lookups], threads: 1 });
      const values = (): Uint8Array => committedValues(["value", "count"], 24, lookupsJob(7).trace);
      const liar: Backend = {
        ...local,
        name: "liar",
        measuredRate: 0.001,
        async commit(job, signal) {
          if (local.commit === undefined) throw new Error("snarkjs commits");
          return await local.commit({ ...job, values }, signal);
        },
      };
      await using builder = await redis.open({ backends: [liar] });
      const draws: (readonly G1Point[])[] = [];
      const results = await proveTogether(builder.pool, JOBS.slice(0, 2), async (commitments) => {
        draws.push(commitments);
        builder.pool.remove("liar");
        await builder.until(1);
        return drawn(commitments);
      });
      expect(draws.length).to.be.greaterThan(1);
      expectProofs(results, draws);
      expect(builder.seen("quarantined").map(({ backend }) => backend)).to.deep.equal(["liar"]);
    });

    it("are told of a statement that nobody wants any more, and leave nothing in Redis", async () => {
      await redis.startWorker("hanging");
      await using builder = await redis.open();
      await builder.until(1);
      using inputs = await watchInputs();
      const cancel = new AbortController();
      const statement = proveTogether(builder.pool, JOBS, drawn, { signal: cancel.signal });
      const failure = failureOf(statement, /cancelled/);
      while (inputs.sent() < JOBS.length + 1) await new Promise((resolve) => setTimeout(resolve, 20));
      cancel.abort();
      await failure;
      while ((await inputs.left()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    });
  },
);

describe("traces that a worker keeps", () => {
  it("are dropped from the oldest on where they are too many", () => {
    const traces = new KeptTraces(10);
    traces.keep("a", { a: 1n }, 4);
    traces.keep("b", { b: 1n }, 4);
    traces.keep("a", { a: 2n }, 6);
    expect([traces.get("a"), traces.get("b")]).to.deep.equal([{ a: 2n }, { b: 1n }]);
    traces.keep("c", { c: 1n }, 3);
    expect([traces.get("a"), traces.get("b"), traces.get("c")]).to.deep.equal([
      { a: 2n },
      undefined,
      { c: 1n },
    ]);
    traces.drop("c");
    traces.keep("d", { d: 1n }, 11);
    expect([traces.get("a"), traces.get("d")], "one that is too large").to.deep.equal([undefined, undefined]);
  });
});
