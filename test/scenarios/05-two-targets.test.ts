import { expect } from "chai";
import { count } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 5, name: "two targets", chains: ["L1", "A"] }, async (world) => {
  const observed = await asOnOneChain(world, async (chains) => {
    const first = await chains.deploy("A", "Counter");
    const second = await chains.deploy("A", "Counter");
    const sequence = await chains.deploy("L1", "CounterSequence");
    await chains.send({ on: "L1", by: alice, to: sequence, call: "increment", args: [[first, second]] });
    return {
      results: await chains.read(sequence, "results"),
      counters: [await count(chains, first), await count(chains, second)],
    };
  });
  expect(observed).to.deep.equal({ results: [1n, 1n], counters: [1n, 1n] });
});
