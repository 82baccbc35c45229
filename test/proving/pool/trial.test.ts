import { expect } from "chai";
import type { Backend } from "../../../builder/proving/backends/backend.ts";
import type { TrialEvent } from "../../../builder/proving/pool/options.ts";
import { Trial } from "../../../builder/proving/pool/trial.ts";
import { failing, forging, honest } from "./behaviours.ts";
import {
  jobOf,
  LONG,
  type ReadyProofs,
  readyProofs,
  SHORT,
  STATEMENTS,
  type TestCircuit,
} from "./ready-proofs.ts";
import { type Behaviour, ScriptedBackend } from "./scripted-backend.ts";
import { TestPool } from "./setting.ts";

const CIRCUITS = [LONG, SHORT] as const;
/** Milliseconds by circuit. */
type Speed = Readonly<Record<TestCircuit, number>>;

describe("a device on trial", function () {
  this.timeout(120_000);
  let proofs: ReadyProofs;
  before(async () => {
    proofs = await readyProofs();
  });

  /** A pool of one backend on processors, with a device beside it. */
  async function trying(processors: Speed, device: Behaviour) {
    const events: TrialEvent[] = [];
    const arrivals: (() => void)[] = [];
    const incumbent = new ScriptedBackend("processors", { circuits: CIRCUITS, behaviour: timed(processors) });
    const challenger = new ScriptedBackend("device", { circuits: CIRCUITS, behaviour: device });
    const pooled = Promise.withResolvers<TestPool>();
    const { watched } = new Trial({
      incumbent,
      challenger,
      constraints: new Map(proofs.circuits.map(({ instance, constraints }) => [instance, constraints])),
      onFaster: (faster: Backend) => void pooled.promise.then(({ pool }) => pool.add(faster)),
      listener: (event) => {
        events.push(event);
        arrivals.shift()?.();
      },
    });
    const test = await TestPool.open(proofs, [watched]);
    pooled.resolve(test);
    /** Proves, and waits for the event of a trial. */
    async function prove(statement: number, circuit: TestCircuit, isTried: boolean): Promise<string> {
      const told = Promise.withResolvers<undefined>();
      if (isTried) arrivals.push(() => told.resolve(undefined));
      const { backend } = await test.pool.prove(jobOf(statement, circuit));
      if (isTried) await told.promise;
      return backend;
    }
    return { test, events, challenger, prove };
  }

  /** Says that its proofs took so long. */
  function timed(speed: Speed): Behaviour {
    return (request) => {
      const circuit = request.job.circuit === LONG ? LONG : SHORT;
      request.answer({ ...proofs.of(request.job), proveMilliseconds: speed[circuit] });
    };
  }

  it("takes part for those circuits for which it is faster, and for no other", async () => {
    const { test, events, prove } = await trying(
      { [LONG]: 100, [SHORT]: 10 },
      timed({ [LONG]: 20, [SHORT]: 15 }),
    );
    await using _ = test;
    expect(await prove(1, LONG, true)).to.equal("processors");
    expect(await prove(1, SHORT, true)).to.equal("processors");
    expect(events).to.deep.equal([
      { type: "tried", backend: "device", circuit: LONG, milliseconds: 20, against: 100, isFaster: true },
      { type: "tried", backend: "device", circuit: SHORT, milliseconds: 15, against: 10, isFaster: false },
    ]);
    expect(await prove(2, LONG, false)).to.equal("device");
    expect(await prove(2, SHORT, false)).to.equal("processors");
  });

  it("is judged by its second proof, and only once", async () => {
    let proof = 0;
    const { test, events, challenger, prove } = await trying({ [LONG]: 100, [SHORT]: 10 }, (request) => {
      proof += 1;
      request.answer({ ...proofs.of(request.job), proveMilliseconds: proof === 1 ? 9_000 : 101 });
    });
    await using _ = test;
    await prove(1, LONG, true);
    for (const statement of [2, 3]) expect(await prove(statement, LONG, false)).to.equal("processors");
    expect(events.map((event) => event.type === "tried" && event.milliseconds)).to.deep.equal([101]);
    expect(challenger.asked).to.deep.equal([1n, 1n]);
  });

  it("that fails gets nothing, and the job that it was tried on is not concerned", async () => {
    const { test, events, prove } = await trying({ [LONG]: 100, [SHORT]: 10 }, failing);
    await using _ = test;
    expect(await prove(1, LONG, true)).to.equal("processors");
    expect(events).to.deep.equal([
      { type: "trialFailed", backend: "device", circuit: LONG, reason: "out of order" },
    ]);
    expect(await prove(2, LONG, false)).to.equal("processors");
  });

  it("that makes wrong proofs later gets no more, and no job is lost", async () => {
    const { test, prove } = await trying({ [LONG]: 100, [SHORT]: 10 }, (request, backend) => {
      // Sound while it is looked at.
      if (backend.requests.length <= 2) honest(proofs)(request, backend);
      else forging(proofs)(request, backend);
    });
    await using _ = test;
    await prove(1, LONG, true);
    for (const statement of [2, 3]) expect(await prove(statement, LONG, false)).to.equal("processors");
    expect(test.eventsOf("quarantined")).to.deep.equal(["device"]);
  });

  it("that is lost amid a batch of 64 visits loses none of them", async () => {
    const { test, challenger, prove } = await trying({ [LONG]: 100, [SHORT]: 10 }, (request, backend) => {
      if (backend.requests.length <= 12) timed({ [LONG]: 20, [SHORT]: 15 })(request, backend);
      else failing(request, backend);
    });
    await using _ = test;
    await prove(1, LONG, true);
    const visits = Array.from({ length: 64 }, (_, visit) =>
      prove((visit % STATEMENTS) + 1, visit % 4 === 0 ? SHORT : LONG, false),
    );
    const made = await Promise.all(visits);
    expect(made.filter((backend) => backend === "device").length, "what it made before").to.equal(10);
    expect(made).to.have.length(64);
    expect(challenger.requests.length, "it was asked again").to.be.greaterThan(12);
  });

  it("is ended with the pool, also amid a trial", async () => {
    const { test, challenger, prove } = await trying({ [LONG]: 100, [SHORT]: 10 }, (request) => {
      request.signal.addEventListener("abort", () => request.fail(new Error("stopped")));
    });
    await prove(1, LONG, false);
    await challenger.request(0);
    await test[Symbol.asyncDispose]();
    expect(challenger.isClosed).to.equal(true);
  });
});
