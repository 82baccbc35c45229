import { expect } from "chai";
import { planBatch } from "../../../builder/batch/plan.ts";
import { L1 } from "../../../builder/protocol/ids.ts";
import { type SimulatedWorld, simulatedWorld } from "./world.ts";

describe("simulation of EVM rollups", function () {
  this.timeout(60_000);
  let world: SimulatedWorld;

  beforeEach(async () => {
    world = await simulatedWorld();
  });
  afterEach(() => world.l1.close());

  const plan = () => planBatch(world.simulation.executions(), world.context, { jointOf: () => undefined });

  it("lets an L1 contract call one on a rollup, twice", async () => {
    const { a, create, proxy, callOn, read } = world;
    const counter = await create(a, "Counter");
    const caller = await create(L1, "CounterCaller", [await proxy(L1, counter, a)]);
    expect(await callOn(L1, "CounterCaller", caller, "bump")).to.include({ success: true });
    expect(await callOn(L1, "CounterCaller", caller, "bump")).to.include({ success: true });
    expect(await read(L1, "CounterCaller", caller, "lastResult")).to.equal(2n);
    expect(await read(a, "Counter", counter, "count")).to.equal(2n);
    expect(plan().executions).to.have.length(3);
  });

  it("lets a rollup's transaction call L1 and another rollup", async () => {
    const { a, b, create, proxy, callOn, read } = world;
    for (const far of [L1, b]) {
      const counter = await create(far, "Counter");
      const caller = await create(a, "CounterCaller", [await proxy(a, counter, far)]);
      await callOn(a, "CounterCaller", caller, "bump");
      expect(await read(far, "Counter", counter, "count")).to.equal(1n);
      expect(await read(a, "CounterCaller", caller, "lastResult")).to.equal(1n);
    }
    plan();
  });

  for (const again of [false, true])
    for (const [here, there] of [
      ["L1", "a"],
      ["a", "L1"],
      ["a", "b"],
    ] as const)
      it(`undoes a call from ${here} to ${there} with the frame that made it${again ? ", and makes it again" : ""}`, async () => {
        const { create, proxy, callOn, read } = world;
        const chains = { L1, a: world.a, b: world.b };
        const counter = await create(chains[there], "Counter");
        const caller = await create(chains[here], "UndoingCaller", [
          await proxy(chains[here], counter, chains[there]),
          again,
        ]);
        await callOn(chains[here], "UndoingCaller", caller, "bump");
        expect(await read(chains[there], "Counter", counter, "count")).to.equal(again ? 1n : 0n);
        expect(await read(chains[here], "UndoingCaller", caller, "lastResult")).to.equal(again ? 1n : 0n);
        expect(await read(chains[here], "UndoingCaller", caller, "undoneResult")).to.equal(1n);
        expect(await read(chains[here], "UndoingCaller", caller, "trace")).to.equal(0n);
        plan();
      });

  it("lets L1 view a rollup whose view reads L1 in turn", async () => {
    const { a, create, proxy, callOn, read } = world;
    const nobody = "0x0000000000000000000000000000000000000000";
    const quote = await create(L1, "PriceFeed", [nobody, nobody, 2n * 10n ** 18n]);
    const feed = await create(a, "PriceFeed", [nobody, await proxy(a, quote, L1), 6n * 10n ** 18n]);
    const reader = await create(L1, "PriceReader");
    const rootBefore = world.machine(a).stateRoot();
    await callOn(L1, "PriceReader", reader, "read", [await proxy(L1, feed, a)]);
    expect(await read(L1, "PriceReader", reader, "first")).to.equal(6n * 10n ** 18n);
    expect(await read(L1, "PriceReader", reader, "inQuote")).to.equal(3n * 10n ** 18n);
    expect(world.machine(a).stateRoot()).to.equal(rootBefore);
    plan();
  });
});
