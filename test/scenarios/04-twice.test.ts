import { expect } from "chai";
import { count } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

// Both calls are the same action: only the root at which the rollup is tells them apart.
scenario({ number: 4, name: "twice", chains: ["L1", "A"] }, async (world) => {
  const observed = await asOnOneChain(world, async (chains) => {
    const counter = await chains.deploy("A", "Counter");
    const sequence = await chains.deploy("L1", "CounterSequence");
    const args = [[counter, counter]];
    // The caller is on L1, and so is what it is told to call.
    await chains.send({ on: "L1", by: alice, to: sequence, call: "increment", args });
    return { results: await chains.read(sequence, "results"), counter: await count(chains, counter) };
  });
  expect(observed).to.deep.equal({ results: [1n, 2n], counter: 2n });
});
