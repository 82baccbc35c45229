import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { readBinaryFile } from "../../../builder/proving/keys/binary-file.ts";
import type { CircuitJob } from "../../../builder/proving/circuit-job.ts";
import { fieldElement } from "../../../builder/protocol/ids.ts";
import { inTemporaryFolder } from "../keys/setting.ts";
import { failing, honest, FORGERIES, forging } from "./behaviours.ts";
import { jobOf, LONG, readyProofs, type ReadyProofs } from "./ready-proofs.ts";
import { type Behaviour, ScriptedBackend } from "./scripted-backend.ts";
import { failureOf, settle, TestPool } from "./setting.ts";

/** Where there is a choice, it is chosen. */
const PREFERRED = { circuits: [LONG], measuredRate: 0.001 } as const;
const CIRCUITS = { circuits: [LONG], measuredRate: 1 } as const;

describe("prover pool and liars", function () {
  this.timeout(120_000);
  let proofs: ReadyProofs;
  before(async () => {
    proofs = await readyProofs();
  });

  for (const [name, lie] of Object.entries(FORGERIES)) {
    it(`gives no more jobs to a backend that answers with ${name}`, async () => {
      const liar = new ScriptedBackend("liar", { ...PREFERRED, behaviour: forging(proofs, lie) });
      const good = new ScriptedBackend("good", { ...CIRCUITS, behaviour: honest(proofs) });
      await using test = await TestPool.open(proofs, [liar, good]);
      const { proof, backend } = await test.pool.prove(jobOf(1));
      expect([proof, backend]).to.deep.equal([proofs.of(jobOf(1)).proof, "good"]);
      const reason =
        proofs.of(jobOf(1)).publicSignals.join() === lie(proofs, jobOf(1)).publicSignals.join()
          ? "the proof does not verify"
          : "the proof is of another statement";
      const told = { backend: "liar", circuit: LONG, reason };
      expect(test.events.slice(2)).to.deep.equal([
        { type: "quarantined", ...told },
        { type: "retried", ...told },
      ]);
      expect((await test.pool.prove(jobOf(2))).backend).to.equal("good");
      expect(liar.asked).to.deep.equal([1n]);
      expect(test.pool.backends.map(({ quarantined }) => quarantined)).to.deep.equal([true, false]);
    });
  }

  it("lets no backend out of quarantine, neither by leaving nor by joining again", async () => {
    const liar = new ScriptedBackend("liar", { ...PREFERRED, behaviour: forging(proofs) });
    const good = new ScriptedBackend("good", { ...CIRCUITS, behaviour: honest(proofs) });
    await using test = await TestPool.open(proofs, [liar, good]);
    await test.pool.prove(jobOf(1));
    const events = [...test.events];
    const again = new ScriptedBackend("liar", { ...PREFERRED, behaviour: honest(proofs) });
    test.pool.add(again);
    test.pool.remove("liar");
    test.pool.add(again);
    expect(test.events, "nobody joined or left").to.deep.equal(events);
    expect((await test.pool.prove(jobOf(2))).backend).to.equal("good");
    expect(again.asked).to.deep.equal([]);
  });

  it("keeps a liar in quarantine that left before its lie was found out", async () => {
    const liar = new ScriptedBackend("liar", PREFERRED);
    const good = new ScriptedBackend("good", { ...CIRCUITS, behaviour: honest(proofs) });
    await using test = await TestPool.open(proofs, [liar, good]);
    const job = test.pool.prove(jobOf(1));
    forging(proofs)(await liar.request(0), liar);
    test.pool.remove("liar");
    expect((await job).backend).to.equal("good");
    expect(test.eventsOf("quarantined")).to.deep.equal(["liar"]);
    const again = new ScriptedBackend("liar", { ...PREFERRED, behaviour: honest(proofs) });
    test.pool.add(again);
    expect((await test.pool.prove(jobOf(2))).backend).to.equal("good");
    expect(again.asked).to.deep.equal([]);
  });

  it("keeps a liar in quarantine whose successor joined before its lie was found out", async () => {
    const liar = new ScriptedBackend("liar", PREFERRED);
    const good = new ScriptedBackend("good", { ...CIRCUITS, behaviour: honest(proofs) });
    await using test = await TestPool.open(proofs, [liar, good]);
    const job = test.pool.prove(jobOf(1));
    forging(proofs)(await liar.request(0), liar);
    const again = new ScriptedBackend("liar", { ...PREFERRED, behaviour: honest(proofs) });
    test.pool.add(again);
    await job;
    expect(test.eventsOf("quarantined")).to.deep.equal(["liar"]);
    expect((await test.pool.prove(jobOf(2))).backend).to.equal("good");
    expect(again.asked).to.deep.equal([]);
  });

  it("tells of a liar once, however many of its lies are found", async () => {
    const liar = new ScriptedBackend("liar", { ...PREFERRED, slots: 2 });
    await using test = await TestPool.open(proofs, [liar]);
    const jobs = [1, 2].map((statement) => test.pool.prove(jobOf(statement)));
    const requests = [await liar.request(0), await liar.request(1)];
    test.pool.add(new ScriptedBackend("good", { ...CIRCUITS, behaviour: honest(proofs) }));
    for (const request of requests) forging(proofs)(request, liar);
    for (const { backend } of await Promise.all(jobs)) expect(backend).to.equal("good");
    expect(test.eventsOf("quarantined")).to.deep.equal(["liar"]);
    expect(test.eventsOf("retried"), "both jobs went to another").to.deep.equal(["liar", "liar"]);
  });

  it("uses the sound proof of a liar that was at work on it when it was found out", async () => {
    const liar = new ScriptedBackend("liar", { ...PREFERRED, slots: 2 });
    await using test = await TestPool.open(proofs, [liar]);
    const jobs = [1, 2].map((statement) => test.pool.prove(jobOf(statement)));
    forging(proofs)(await liar.request(0), liar);
    await failureOf(jobs[0]!, /no prover .* is left.*liar: the proof does not verify/);
    honest(proofs)(await liar.request(1), liar);
    expect((await jobs[1]!).proof).to.equal(proofs.of(jobOf(2)).proof);
  });

  it("fails a job when only liars are left, and says what the last one did", async () => {
    const liars = ["one", "two"].map(
      (name) => new ScriptedBackend(name, { circuits: [LONG], behaviour: forging(proofs) }),
    );
    await using test = await TestPool.open(proofs, liars);
    await failureOf(test.pool.prove(jobOf(1)), /no prover that has its keys is left.*(one|two): .*verify/);
    expect(test.eventsOf("quarantined")).to.have.members(["one", "two"]);
  });

  it("does not take a failure for a lie", async () => {
    const broken = new ScriptedBackend("broken", { ...PREFERRED, behaviour: failing });
    const good = new ScriptedBackend("good", { ...CIRCUITS, behaviour: honest(proofs) });
    await using test = await TestPool.open(proofs, [broken, good]);
    await test.pool.prove(jobOf(1));
    expect(test.eventsOf("quarantined")).to.deep.equal([]);
  });

  describe("blames the job, and neither a backend nor another attempt, when", () => {
    async function expectBlame(
      behaviour: Behaviour,
      job: CircuitJob,
      reason: RegExp,
      circuits = proofs.circuits,
    ): Promise<void> {
      const accused = new ScriptedBackend("accused", { ...PREFERRED, behaviour });
      const idle = new ScriptedBackend("idle", CIRCUITS);
      await using test = await TestPool.open(proofs, [accused, idle], { circuits });
      await failureOf(test.pool.prove(job), reason);
      await settle();
      expect(test.events.map(({ type }) => type)).to.deep.equal(["joined", "joined"]);
      expect([accused.asked.length, idle.asked.length]).to.deep.equal([1, 0]);
      expect(test.pool.backends.some(({ quarantined }) => quarantined)).to.equal(false);
    }
    const unsound = (): CircuitJob => ({ ...jobOf(1), input: { ...jobOf(1).input, evaluation: 9n } });

    it("the circuit refuses its input, and the backend asked for the witness", async () => {
      const asking: Behaviour = (request) => {
        const refusal = request.job.witness().then(() => new TypeError("a witness of a lie"));
        void refusal
          .catch((error: unknown) => error)
          .then((error) => {
            if (error instanceof Error) request.fail(error);
          });
      };
      await expectBlame(asking, unsound(), /assert.*Bits/is);
    });

    it("the circuit refuses its input, and the backend did not ask and made something up", async () => {
      await expectBlame(forging(proofs), unsound(), /assert.*Bits/is);
    });

    it("its input has another commitment", async () => {
      const job = { ...jobOf(1), commitment: fieldElement(2n) };
      // A sound backend proves what the input says.
      const sound: Behaviour = (request) => request.answer(proofs.of(jobOf(1)));
      await expectBlame(sound, job, /its commitment is 1 and not the job's, 2/);
    });

    it("its own witness violates a constraint", () =>
      inTemporaryFolder(async (folder) => {
        // The code that computes witnesses knows other constraints than the key, so no proof can verify.
        const r1cs = join(folder, "changed.r1cs");
        const bytes = await readFile(proofs.long.r1cs);
        const terms = readBinaryFile(bytes, "r1cs", "constraints").section(2);
        // The lowest byte of the first coefficient, after a number of terms and a wire.
        terms[8]! ^= 1;
        await writeFile(r1cs, bytes);
        await expectBlame(forging(proofs), jobOf(1), /the witness violates constraint \d+/, [
          { ...proofs.long, r1cs },
        ]);
      }));
  });
});
