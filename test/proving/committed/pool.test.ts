import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type {
  Backend,
  CommitmentJob,
  CommittedBackendJob,
} from "../../../builder/proving/backends/backend.ts";
import { openSnarkjs } from "../../../builder/proving/backends/snarkjs/index.ts";
import type { CircuitInput, TraceJob } from "../../../builder/proving/circuit-job.ts";
import type { Artefacts } from "../../../builder/proving/circuits/artefacts.ts";
import { committedValues } from "../../../builder/proving/committed-values.ts";
import { readBinaryFile } from "../../../builder/proving/keys/binary-file.ts";
import { compileCurve } from "../../../builder/proving/keys/curve-module.ts";
import { readSplitVerificationKey } from "../../../builder/proving/keys/split-verification-key.ts";
import type { G1Point } from "../../../builder/proving/keys/verification-key.ts";
import type { PoolEvent, PoolOptions } from "../../../builder/proving/pool/options.ts";
import { ProverPool } from "../../../builder/proving/pool/pool.ts";
import { proveTogether } from "../../../builder/proving/prove-together.ts";
import type { CommittedResult } from "../../../builder/proving/prover.ts";
import { ProofVerifier } from "../../../builder/proving/threads/proof-verifier.ts";
import { calculateWitness } from "../../../builder/proving/threads/witness.ts";
import { inTemporaryFolder, testArtefacts } from "../keys/setting.ts";
import { failureOf } from "../pool/setting.ts";
import { drawn, lookupsJob } from "./lookups.ts";

/** Where there is a choice, it is chosen. */
const PREFERRED = 0.001;
/** The trace that liars take in every other one's place. */
const OTHER = lookupsJob(5).trace;

describe("prover pool and commitments", function () {
  this.timeout(240_000);
  let lookups: Artefacts;
  let bits: Artefacts;
  let wasm: WebAssembly.Module;
  let verifier: ProofVerifier;
  let engine: Backend;
  before(async () => {
    [lookups, bits] = [await testArtefacts("lookups"), await testArtefacts("bits")];
    wasm = await WebAssembly.compile(await readFile(lookups.wasm));
    const key = readSplitVerificationKey(JSON.parse(await readFile(lookups.verificationKey, "utf8")));
    verifier = await ProofVerifier.create(await compileCurve(), key);
    engine = await openSnarkjs({ circuits: [lookups], threads: 2 });
  });
  after(() => engine.close());

  type Steps = Partial<Pick<Backend, "commit" | "proveCommitted" | "measuredRate" | "computesWitness">>;

  /** A backend of this name that works by the engine, but for what is given. */
  function backend(name: string, changes: Steps = {}): Backend {
    return {
      name,
      slots: 1,
      circuits: new Set(["lookups", "bits"]),
      measuredRate: 1,
      prove: () => Promise.reject(new Error("only committed proofs are made")),
      commit: commitHonestly,
      proveCommitted: (job, signal) => engine.proveCommitted(job, signal),
      close: () => Promise.resolve(),
      ...changes,
    };
  }

  async function commitHonestly(job: CommitmentJob, signal: AbortSignal) {
    if (engine.commit === undefined) throw new Error("the engine commits");
    return await engine.commit(job, signal);
  }

  /** To the other trace. */
  async function commitToOther(job: CommitmentJob, signal: AbortSignal) {
    const values = (): Uint8Array => committedValues(["value", "count"], 24, OTHER);
    return await commitHonestly({ ...job, values }, signal);
  }

  /** As if the other trace were the job's. */
  async function proveOther(job: CommittedBackendJob, signal: AbortSignal) {
    const witness = () => calculateWitness(wasm, { ...OTHER, ...job.drawn });
    return await engine.proveCommitted({ ...job, witness }, signal);
  }

  async function open(backends: readonly Backend[], options: Partial<PoolOptions> = {}) {
    const events: PoolEvent[] = [];
    const listener = (event: PoolEvent): void => void events.push(event);
    const pool = await ProverPool.open({ circuits: [lookups, bits], backends, listener, ...options });
    return {
      pool,
      quarantined: () =>
        events.flatMap((event) => (event.type === "quarantined" ? [[event.backend, event.reason]] : [])),
      [Symbol.asyncDispose]: () => pool.close(),
    };
  }

  /** All that a statement's proofs have to be. */
  function expectRight(results: readonly CommittedResult[], draws: readonly (readonly G1Point[])[]): void {
    expect(results.map(({ proof }) => proof.d)).to.deep.equal(draws.at(-1));
    const { beta, gamma } = drawn(draws.at(-1) ?? []);
    for (const { proof, publicSignals } of results) {
      expect(publicSignals.slice(1)).to.deep.equal([beta, gamma]);
      expect(verifier.verify(publicSignals, proof)).to.equal(true);
    }
  }

  /** `draw`, and the commitments that it saw. */
  function recorded(meanwhile: () => void = () => undefined) {
    const draws: (readonly G1Point[])[] = [];
    const draw = (commitments: readonly G1Point[]): CircuitInput => {
      draws.push(commitments);
      meanwhile();
      return drawn(commitments);
    };
    return { draws, draw };
  }

  it("goes on with another backend where one goes between the steps: nothing is made again", async () => {
    const gone = backend("gone", { measuredRate: PREFERRED });
    await using test = await open([
      gone,
      backend("left", { commit: () => Promise.reject(new Error("busy")) }),
    ]);
    const { draws, draw } = recorded(() => test.pool.remove("gone"));
    const results = await proveTogether(test.pool, [1, 2, 3].map(lookupsJob), draw);
    expect(draws).to.have.length(1);
    expectRight(results, draws);
    expect(results.map((result) => result.backend)).to.deep.equal(["left", "left", "left"]);
    expect(test.quarantined()).to.deep.equal([]);
  });

  it("goes on with another backend where one dies at the second step", async () => {
    const dying = backend("dying", {
      measuredRate: PREFERRED,
      proveCommitted: () => Promise.reject(new Error("died")),
    });
    await using test = await open([dying, backend("good")]);
    const { draws, draw } = recorded();
    const results = await proveTogether(test.pool, [1, 2].map(lookupsJob), draw);
    expect(draws).to.have.length(1);
    expectRight(results, draws);
    expect(test.quarantined()).to.deep.equal([]);
  });

  it("gives no more to a backend that changes the trace between the steps, and keeps its commitment", async () => {
    const liar = backend("liar", { measuredRate: PREFERRED, proveCommitted: proveOther });
    await using test = await open([liar, backend("good")]);
    const { draws, draw } = recorded();
    const results = await proveTogether(test.pool, [1, 2].map(lookupsJob), draw);
    expect(draws).to.have.length(1);
    expectRight(results, draws);
    expect(test.quarantined()).to.deep.equal([["liar", "the proof does not verify"]]);
  });

  for (const computesWitness of [false, true]) {
    const where = computesWitness ? "elsewhere" : "here";

    it(`finds out a backend ${where} that commits to another trace, and draws again`, async () => {
      const liar = backend("liar", { measuredRate: PREFERRED, commit: commitToOther });
      const good = backend("good", { computesWitness });
      await using test = await open([liar]);
      const { draws, draw } = recorded(() => {
        test.pool.remove("liar");
        test.pool.add(good);
      });
      const results = await proveTogether(test.pool, [1, 2].map(lookupsJob), draw);
      expect(draws, "all of the liar's commitments are made again at once").to.have.length(2);
      expectRight(results, draws);
      expect(test.quarantined()).to.deep.equal([["liar", "its commitment is not one to the trace"]]);
    });

    it(`finds out a backend ${where} that takes another trace in both steps, though it verifies`, async () => {
      const steps = { commit: commitToOther, proveCommitted: proveOther };
      const liar = backend("liar", { measuredRate: PREFERRED, computesWitness, ...steps });
      await using test = await open([liar, backend("good")]);
      const { draws, draw } = recorded();
      const results = await proveTogether(test.pool, [lookupsJob(1)], draw);
      expect(draws).to.have.length(2);
      expect(results[0]?.backend).to.equal("good");
      expectRight(results, draws);
      expect(test.quarantined()).to.deep.equal([["liar", "its commitment is not one to the trace"]]);
    });
  }

  it("gives no more to a backend whose commitment is no point, before anything is drawn", async () => {
    const liar = backend("liar", {
      measuredRate: PREFERRED,
      commit: () => Promise.resolve({ d: [1n, 1n], commitMilliseconds: 1 }),
    });
    await using test = await open([liar, backend("good")]);
    const { draws, draw } = recorded();
    expectRight(await proveTogether(test.pool, [lookupsJob(1)], draw), draws);
    expect(draws).to.have.length(1);
    expect(test.quarantined()).to.deep.equal([["liar", "its commitment is no point of the curve"]]);
  });

  it("makes commitments itself where backends cannot", async () => {
    const without = backend("without");
    delete without.commit;
    await using test = await open([without]);
    const { draws, draw } = recorded();
    expectRight(await proveTogether(test.pool, [1, 2].map(lookupsJob), draw), draws);
  });

  it("proves nothing of a statement that is cancelled between the steps", async () => {
    let proofs = 0;
    const counting = backend("counting", {
      proveCommitted: (job, signal) => {
        proofs++;
        return engine.proveCommitted(job, signal);
      },
    });
    await using test = await open([counting]);
    const cancel = new AbortController();
    const { draws, draw } = recorded(() => cancel.abort());
    const options = { signal: cancel.signal };
    await failureOf(proveTogether(test.pool, [1, 2].map(lookupsJob), draw, options), /cancelled/);
    expect([draws.length, proofs]).to.deep.equal([1, 0]);
    expect(test.quarantined()).to.deep.equal([]);
  });

  it("makes the urgent one of two statements first, and all commitments of one before its proofs", async () => {
    const steps: [step: string, value: bigint][] = [];
    const first = ({ trace }: TraceJob): bigint => [trace.value].flat(2)[0] as bigint;
    const recording = backend("recording", {
      commit: (job, signal) => {
        steps.push(["commit", first(job)]);
        return commitHonestly(job, signal);
      },
      proveCommitted: (job, signal) => {
        steps.push(["prove", first(job)]);
        return engine.proveCommitted(job, signal);
      },
    });
    await using test = await open([recording]);
    await Promise.all([
      proveTogether(test.pool, [1, 2].map(lookupsJob), drawn, { priority: 1 }),
      proveTogether(test.pool, [3, 4].map(lookupsJob), drawn),
    ]);
    const places = (step: string, ...values: bigint[]): number[] =>
      values.map((value) => steps.findIndex(([name, of]) => name === step && of === value));
    expect(steps).to.have.length(8);
    expect(Math.max(...places("commit", 3n, 4n))).to.be.lessThan(Math.min(...places("commit", 1n, 2n)));
    expect(Math.max(...places("prove", 3n, 4n))).to.be.lessThan(Math.min(...places("prove", 1n, 2n)));
    // One commitment of the later statement may have begun before the challenge was drawn.
    expect(Math.min(...places("prove", 3n, 4n))).to.be.lessThan(Math.max(...places("commit", 1n, 2n)));
  });

  describe("blames no backend when", () => {
    async function expectRefused(job: TraceJob, reason: RegExp, artefacts = lookups): Promise<void> {
      await using test = await open([backend("accused")], { circuits: [artefacts, bits] });
      await failureOf(proveTogether(test.pool, [lookupsJob(1), job], drawn), reason);
      expect(test.quarantined()).to.deep.equal([]);
    }

    it("a trace is not true: its failure ends the statement", async () => {
      const { value, count } = lookupsJob(2).trace;
      await expectRefused({ circuit: "lookups", trace: { value: count ?? 0n, count: value ?? 0n } }, /value/);
      const counted = [count].flat(2) as bigint[];
      const trace = { value: value ?? 0n, count: [(counted[0] ?? 0n) + 1n, ...counted.slice(1)] };
      await expectRefused({ circuit: "lookups", trace }, /assert/i);
    });

    it("a trace is not one of the circuit", async () => {
      const { value } = lookupsJob(2).trace;
      await expectRefused({ circuit: "lookups", trace: { value: value ?? 0n } }, /count is not given/);
      const zeros = { value: Array<bigint>(16).fill(0n), count: Array<bigint>(8).fill(0n) };
      await expectRefused({ circuit: "lookups", trace: zeros }, /zeros alone/);
      await expectRefused({ circuit: "bits", trace: {} }, /no committed wires/);
    });

    it("the witness violates a constraint of the key's circuit", () =>
      inTemporaryFolder(async (folder) => {
        const r1cs = join(folder, "changed.r1cs");
        const bytes = await readFile(lookups.r1cs);
        const terms = readBinaryFile(bytes, "r1cs", "constraints").section(2);
        terms[8]! ^= 1;
        await writeFile(r1cs, bytes);
        const wrong = backend("accused", { proveCommitted: proveOther });
        await using test = await open([wrong], { circuits: [{ ...lookups, r1cs }, bits] });
        await failureOf(proveTogether(test.pool, [lookupsJob(1)], drawn), /violates constraint/);
        expect(test.quarantined()).to.deep.equal([]);
      }));

    it("a commitment is handed in with another trace, or comes from elsewhere", async () => {
      await using test = await open([backend("accused")]);
      const [one, two] = [lookupsJob(1), lookupsJob(2)];
      const commitment = await test.pool.commit(one);
      const beside = { commitment, drawn: drawn([commitment.d]) };
      for (const job of [
        { ...two, ...beside },
        { ...two, ...beside, commitment: { ...commitment } },
      ])
        await failureOf(test.pool.proveCommitted(job), /not one to its trace/, "WRONG_COMMITMENT");
      expect(test.quarantined()).to.deep.equal([]);
      const { proof, publicSignals } = await test.pool.proveCommitted({ ...one, ...beside });
      expect(verifier.verify(publicSignals, proof)).to.equal(true);
    });

    it("a trace is changed between the steps by the caller", async () => {
      await using test = await open([backend("accused")]);
      const trace: Record<string, CircuitInput[string]> = { ...lookupsJob(1).trace };
      const commitment = await test.pool.commit({ circuit: "lookups", trace });
      Object.assign(trace, OTHER);
      const job = { circuit: "lookups", trace, commitment, drawn: drawn([commitment.d]) };
      await failureOf(test.pool.proveCommitted(job), /trace has changed/);
      expect(test.quarantined()).to.deep.equal([]);
    });
  });
});
