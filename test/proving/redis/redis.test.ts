import { inspect } from "node:util";
import { expect } from "chai";
import type { Artefacts } from "../../../builder/proving/circuits/artefacts.ts";
import { readVerificationKey } from "../../../builder/proving/load-circuit.ts";
import type { Prover } from "../../../builder/proving/prover.ts";
import { shownError } from "../../../builder/cli/log.ts";
import { ProverWorker } from "../../../builder/proving/redis/prover-worker.ts";
import { connectRedis, RedisRefusedError } from "../../../builder/proving/redis/connection.ts";
import {
  inputKey,
  queueName,
  WORKER_FORMAT,
  workerKey,
  WORKERS_KEY,
} from "../../../builder/proving/redis/messages.ts";
import { openSnarkjs } from "../../../builder/proving/backends/snarkjs/index.ts";
import { verifyProof } from "../reference-verification.ts";
import { failureCode, testArtefacts } from "../keys/setting.ts";
import { BITS_INPUT, BITS_JOB } from "../setting.ts";
import { whyNoRedis } from "./server.ts";
import { RedisSetting } from "./setting.ts";

const missing = await whyNoRedis();

describe(
  missing === undefined ? "prover workers over Redis" : `prover workers over Redis: ${missing}`,
  function () {
    this.timeout(240_000);
    let bits: Artefacts;
    let redis: RedisSetting;
    before(async function () {
      if (missing !== undefined) this.skip();
      bits = await testArtefacts("bits");
    });
    beforeEach(async () => {
      redis = await RedisSetting.start("bits", bits);
    });
    afterEach(async () => {
      await redis[Symbol.asyncDispose]();
    });

    it("get every job proven though one of three is killed at work and one lies", async () => {
      await Promise.all(
        (["dying", "lying", "honest"] as const).map((behaviour) => redis.startWorker(behaviour)),
      );
      await using builder = await redis.open();
      await builder.until(3);
      const results = await Promise.all(Array.from({ length: 6 }, () => builder.pool.prove(BITS_JOB)));
      const key = await readVerificationKey(bits);
      for (const { proof } of results) expect(verifyProof(key, [3n, 2n, 24n], proof)).to.equal(true);
      expect(new Set(results.map(({ backend }) => backend)).size, "the honest one made them all").to.equal(1);
      expect(builder.seen("quarantined"), "the liar").to.have.length(1);
      expect(builder.seen("left"), "the killed one").to.have.length(1);
      expect(builder.seen("retried").length).to.be.greaterThan(1);
      await redis.startWorker("honest");
      await builder.until(3);
      expect(builder.pool.backends.filter(({ quarantined }) => quarantined)).to.have.length(1);
    });

    it("have the next job while they are at work on one, once their speed is known", async () => {
      await redis.startWorker("honest");
      await using builder = await redis.open();
      await builder.until(1);
      await builder.pool.prove(BITS_JOB);
      const client = await connectRedis(redis.url);
      const jobs = Promise.all(Array.from({ length: 3 }, () => builder.pool.prove(BITS_JOB)));
      const active = async (): Promise<number[]> => {
        const lists = await client.keys("bull:*:active");
        return Promise.all(lists.map((list) => client.llen(list)));
      };
      const seen = new Set<number>();
      const ended = new AbortController();
      void jobs.then(() => ended.abort());
      while (!ended.signal.aborted) for (const count of await active()) seen.add(count);
      await jobs;
      expect(Math.max(...seen)).to.equal(2);
      client.disconnect();
    });

    it("leave jobs in time that they hang on", async () => {
      await redis.startWorker("hanging");
      await using builder = await redis.open({ timeout: 5_000 });
      await builder.until(1);
      const job = builder.pool.prove(BITS_JOB);
      await redis.startWorker("honest");
      expect((await job).publicInputs.evaluation).to.equal(24n);
      expect(builder.seen("retried")).to.not.be.empty;
    });

    it("are told of jobs that nobody wants any more, and leave nothing in Redis", async () => {
      const worker = await redis.startWorker("hanging");
      await using builder = await redis.open();
      await builder.until(1);
      const cancel = new AbortController();
      const job = failureCode(builder.pool.prove(BITS_JOB, { signal: cancel.signal }));
      const client = await connectRedis(redis.url);
      while ((await client.keys(inputKey("*"))).length === 0);
      const queued = await client.keys("bull:*");
      for (const key of queued)
        if ((await client.type(key)) === "hash")
          expect(
            JSON.stringify(await client.hgetall(key)).length,
            "inputs travel beside the queue",
          ).to.be.lessThan(1_500);
      cancel.abort();
      expect(await job).to.equal("PROOF_FAILED");
      worker.kill("SIGKILL");
      await builder.until(0);
      expect(await client.keys(inputKey("*"))).to.deep.equal([]);
      client.disconnect();
    });

    it("are not needed: without Redis this machine goes on", async () => {
      const local = await openSnarkjs({ circuits: [bits], threads: 1 });
      await redis.startWorker("hanging");
      await using builder = await redis.open({ backends: [local], timeout: 15_000 });
      await builder.until(2);
      const jobs = Array.from({ length: 3 }, () => builder.pool.prove(BITS_JOB));
      await redis.kill();
      for (const { backend } of await Promise.all(jobs)) expect(backend).to.equal("snarkjs");
    });

    it("that refuse a sound job are passed over, and a job that is not sound fails at once", async () => {
      await redis.startWorker("honest");
      await using builder = await redis.open();
      await builder.until(1);
      const bad = { ...BITS_JOB, input: { ...BITS_INPUT, evaluation: 25n } };
      const failure = await builder.pool.prove(bad).catch((error: unknown) => error);
      expect(failure).to.have.property("code", "PROOF_FAILED");
      expect(failure)
        .to.have.property("message")
        .that.matches(/assert/i);
      expect((await builder.pool.prove(BITS_JOB)).publicInputs.evaluation).to.equal(24n);
    });

    it("that have other keys, or are of another version, get no jobs, and it is said once why", async () => {
      const client = await connectRedis(redis.url);
      const cards = {
        estranged: JSON.stringify({
          format: WORKER_FORMAT,
          id: "estranged",
          slots: 1,
          circuits: { bits: "0x00" },
        }),
        // As workers registered before cards named a format.
        old: JSON.stringify({ id: "old", slots: 1, ahead: 1, circuits: {} }),
        modern: JSON.stringify({ format: "lockstep.prover.v99", id: "modern", planets: 8 }),
        malformed: JSON.stringify({ format: WORKER_FORMAT, id: "malformed", planets: 8 }),
        garbled: "{",
      };
      for (const [id, card] of Object.entries(cards)) await client.set(workerKey(id), card);
      await client.sadd(WORKERS_KEY, ...Object.keys(cards), "dead");
      await using builder = await redis.open();
      while ((await client.sismember(WORKERS_KEY, "dead")) === 1) continue;
      // A worker that joins later is seen in a later look than the others.
      await redis.startWorker("honest");
      await builder.until(1);
      const reasons = Object.fromEntries(builder.ignored.map(({ worker, reason }) => [worker, reason]));
      expect(builder.ignored).to.have.length(5);
      expect(reasons.estranged).to.match(/other keys .* bits/);
      expect(reasons.modern).to.include("lockstep.prover.v99").and.include(WORKER_FORMAT);
      for (const id of ["old", "modern"]) expect(reasons[id]).to.include("run the same version of Lockstep");
      expect(reasons.malformed).to.match(/malformed/);
      expect(reasons.garbled).to.match(/cannot be read/);
      client.disconnect();
    });

    it("never share a queue with those of another version", () => {
      for (const name of [queueName("a"), inputKey("a")])
        expect(name).to.match(/lockstep[:-]prover[:-]v3[:-]/);
      // Those registered where every version looks, so that each can say of the other that it is of another
      // one.
      expect([WORKERS_KEY, workerKey("a")]).to.deep.equal([
        "lockstep:prover:workers",
        "lockstep:prover:worker:a",
      ]);
    });

    it("that Redis refuses say so, and nothing shows the password", async () => {
      const admin = await connectRedis(redis.url);
      await admin.acl("SETUSER", "joe", "on", ">s3cret", "~*", "&*", "+@all");
      const { host } = new URL(redis.url);
      const prover: Prover = {
        prove: () => Promise.reject(new Error("no job comes")),
        commit: () => Promise.reject(new Error("no job comes")),
        proveCommitted: () => Promise.reject(new Error("no job comes")),
        close: () => Promise.resolve(),
      };
      const start = async (password: string, onRefused: (error: RedisRefusedError) => void) =>
        await ProverWorker.start({
          url: `redis://joe:${password}@${host}`,
          prover,
          slots: 1,
          circuits: [bits],
          onRefused,
        });
      const shown = (error: Error) => `${JSON.stringify(shownError(error))} ${inspect(error, { depth: 9 })}`;
      const wrong = await start("wr0ng", () => undefined).catch((error: unknown) => error);
      if (!(wrong instanceof RedisRefusedError)) throw new Error("it was not refused by name");
      expect(wrong.code).to.equal("REDIS_REFUSED");
      expect(shown(wrong)).to.include("WRONGPASS").and.not.include("wr0ng");
      const refused = Promise.withResolvers<RedisRefusedError>();
      const worker = await start("s3cret", refused.resolve);
      await admin.acl("SETUSER", "joe", "-set");
      const error = await refused.promise;
      expect(error.message).to.include(`redis://${host}`).and.include("NOPERM");
      expect(shown(error)).to.not.include("s3cret");
      await worker[Symbol.asyncDispose]();
      admin.disconnect();
    });

    it("cannot be reached without a Redis, and the error says where none was", async () => {
      await redis.kill();
      const failure = await redis.open().catch((error: unknown) => error);
      expect(failure).to.have.property("code", "REDIS_UNREACHABLE");
      expect(failure).to.have.property("message").that.includes(redis.url);
    });
  },
);
