import { expect } from "chai";
import { honest } from "./behaviours.ts";
import { jobOf, LONG, readyProofs, type ReadyProofs, SHORT } from "./ready-proofs.ts";
import { ScriptedBackend } from "./scripted-backend.ts";
import { failureOf, isPending, settle, TestPool } from "./setting.ts";
import { VirtualTime } from "./virtual-time.ts";

const PATIENCE = 10_000;
const NONE_LEFT = /no prover that has its keys is left/;

describe("prover pool whose backends come and go", function () {
  this.timeout(120_000);
  let proofs: ReadyProofs;
  before(async () => {
    proofs = await readyProofs();
  });
  const sound = (name: string, circuit = LONG): ScriptedBackend =>
    new ScriptedBackend(name, { circuits: [circuit], behaviour: honest(proofs) });

  it("fails a job at once that none can make, if none is expected to join", async () => {
    await using test = await TestPool.open(proofs, [sound("short", SHORT)]);
    await failureOf(test.pool.prove(jobOf(1)), NONE_LEFT);
  });

  it("lets jobs wait for one that can make them, and not longer than its patience", async () => {
    using time = new VirtualTime();
    await using test = await TestPool.open(proofs, [sound("short", SHORT)], { joinTimeout: PATIENCE });
    const first = failureOf(test.pool.prove(jobOf(1)), NONE_LEFT);
    await time.advance(PATIENCE / 2);
    const second = test.pool.prove(jobOf(2));
    await time.advance(PATIENCE / 2 - 1);
    expect(await isPending(first)).to.equal(true);
    await time.advance(1);
    await first;
    test.pool.add(sound("long"));
    expect((await second).backend).to.equal("long");
    expect(test.eventsOf("joined")).to.deep.equal(["short", "long"]);
  });

  it("gives what one that left was working on to another", async () => {
    const leaving = new ScriptedBackend("leaving", { circuits: [LONG] });
    await using test = await TestPool.open(proofs, [leaving], { joinTimeout: PATIENCE });
    const jobs = [1, 2].map((statement) => test.pool.prove(jobOf(statement)));
    await leaving.request(0);
    test.pool.remove("leaving");
    leaving.die();
    await settle();
    expect(test.pool.backends).to.deep.equal([]);
    test.pool.add(sound("staying"));
    for (const { backend } of await Promise.all(jobs)) expect(backend).to.equal("staying");
    expect(leaving.asked).to.deep.equal([1n]);
    expect(test.events).to.deep.equal([
      { type: "joined", backend: "leaving" },
      { type: "left", backend: "leaving" },
      { type: "retried", backend: "leaving", circuit: LONG, reason: "died" },
      { type: "joined", backend: "staying" },
    ]);
  });

  it("uses what one that left still sends", async () => {
    const leaving = new ScriptedBackend("leaving", { circuits: [LONG] });
    await using test = await TestPool.open(proofs, [leaving]);
    const job = test.pool.prove(jobOf(1));
    const request = await leaving.request(0);
    test.pool.remove("leaving");
    honest(proofs)(request, leaving);
    expect((await job).backend).to.equal("leaving");
  });

  it("fails what waits when the last one leaves that could make it", async () => {
    const backend = new ScriptedBackend("a", { circuits: [LONG] });
    await using test = await TestPool.open(proofs, [backend]);
    const running = test.pool.prove(jobOf(1));
    const request = await backend.request(0);
    const waiting = failureOf(test.pool.prove(jobOf(2)), NONE_LEFT);
    test.pool.remove("a");
    await waiting;
    expect(await isPending(running)).to.equal(true);
    honest(proofs)(request, backend);
    await running;
  });

  it("counts its patience from when the last one left, not from an earlier time without any", async () => {
    using time = new VirtualTime();
    await using test = await TestPool.open(proofs, [], { joinTimeout: PATIENCE });
    const job = test.pool.prove(jobOf(1));
    await time.advance(PATIENCE * 0.6);
    const passing = new ScriptedBackend("passing", { circuits: [LONG] });
    test.pool.add(passing);
    await passing.request(0);
    await time.advance(PATIENCE * 0.3);
    test.pool.remove("passing");
    passing.die();
    await time.advance(PATIENCE * 0.2);
    expect(await isPending(job), "it has waited for 0.2 of its patience again").to.equal(true);
    test.pool.add(sound("staying"));
    expect((await job).backend).to.equal("staying");
  });

  it("gives a job back to one that failed at it and joined anew, before its rest is over", async () => {
    const before = new ScriptedBackend("a", { circuits: [LONG] });
    await using test = await TestPool.open(proofs, [before], { joinTimeout: PATIENCE });
    const job = test.pool.prove(jobOf(1));
    await before.request(0);
    test.pool.remove("a");
    before.die();
    test.pool.add(sound("a"));
    expect((await job).backend).to.equal("a");
    expect(test.eventsOf("joined")).to.deep.equal(["a", "a"]);
  });

  it("replaces one by another of its name, and lets the old one end its work", async () => {
    const [old, replacement] = [new ScriptedBackend("a", { circuits: [LONG] }), sound("a")];
    await using test = await TestPool.open(proofs, [old]);
    const first = test.pool.prove(jobOf(1));
    const request = await old.request(0);
    test.pool.add(replacement);
    await test.pool.prove(jobOf(2));
    honest(proofs)(request, old);
    await first;
    expect([old.asked, replacement.asked]).to.deep.equal([[1n], [2n]]);
    expect(test.pool.backends).to.have.length(1);
  });

  it("knows no backend that it was not given, and tells nothing when that leaves", async () => {
    await using test = await TestPool.open(proofs, []);
    test.pool.remove("nobody");
    expect(test.events).to.deep.equal([]);
  });
});
