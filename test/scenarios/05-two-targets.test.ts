import { expect } from "chai";
import { count } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 5, name: "two targets", chains: ["L1", "A"] }, async (world) => {
  const observed = await asOnOneChain(world, async (stage) => {
    const first = await stage.deploy("A", "Counter");
    const second = await stage.deploy("A", "Counter");
    const sequence = await stage.deploy("L1", "CounterSequence");
    await stage.send({ on: "L1", by: alice, to: sequence, call: "increment", args: [[first, second]] });
    return {
      results: await stage.read(sequence, "results"),
      counters: [await count(stage, first), await count(stage, second)],
    };
  });
  expect(observed).to.deep.equal({ results: [1n, 1n], counters: [1n, 1n] });
});
