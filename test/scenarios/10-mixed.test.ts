import { expect } from "chai";
import { count, views } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 10, name: "mixed", chains: ["L1", "A"] }, async (world) => {
  const observed = await asOnOneChain(world, async (stage) => {
    const counterHere = await stage.deploy("L1", "Counter");
    const counterThere = await stage.deploy("A", "Counter");
    const caller = await stage.deploy("A", "CounterCaller", [counterHere]);
    const app = await stage.deploy("L1", "CounterSequence");
    await stage.send({ on: "L1", by: alice, to: app, call: "mixed", args: [caller, counterThere] });
    return {
      results: await stage.read(app, "results"),
      counterHere: await count(stage, counterHere),
      caller: await views(stage, caller, "lastResult", "count"),
      counterThere: await count(stage, counterThere),
    };
  });
  expect(observed).to.deep.equal({
    results: [1n, 2n, 1n],
    counterHere: 2n,
    caller: { lastResult: 2n, count: 2n },
    counterThere: 1n,
  });
});
