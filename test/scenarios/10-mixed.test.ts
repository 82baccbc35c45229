import { expect } from "chai";
import { count, views } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 10, name: "mixed", chains: ["L1", "A"] }, async (world) => {
  const observed = await asOnOneChain(world, async (chains) => {
    const counterHere = await chains.deploy("L1", "Counter");
    const counterThere = await chains.deploy("A", "Counter");
    const caller = await chains.deploy("A", "CounterCaller", [counterHere]);
    const app = await chains.deploy("L1", "CounterSequence");
    await chains.send({ on: "L1", by: alice, to: app, call: "mixed", args: [caller, counterThere] });
    return {
      results: await chains.read(app, "results"),
      counterHere: await count(chains, counterHere),
      caller: await views(chains, caller, "lastResult", "count"),
      counterThere: await count(chains, counterThere),
    };
  });
  expect(observed).to.deep.equal({
    results: [1n, 2n, 1n],
    counterHere: 2n,
    caller: { lastResult: 2n, count: 2n },
    counterThere: 1n,
  });
});
