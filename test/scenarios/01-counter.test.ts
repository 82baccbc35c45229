import { expect } from "chai";
import { count, views } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 1, name: "counter", chains: ["L1", "A"] }, async (world) => {
  const observed = await asOnOneChain(world, async (chains) => {
    const counter = await chains.deploy("A", "Counter");
    const caller = await chains.deploy("L1", "CounterCaller", [counter]);
    const before = await world.root("A");
    await chains.send({ on: "L1", by: alice, to: caller, call: "bump" });
    if (chains === world) expect(await world.root("A"), "A's root").not.to.equal(before);
    return {
      caller: await views(chains, caller, "lastResult", "count"),
      counter: await count(chains, counter),
    };
  });
  expect(observed).to.deep.equal({ caller: { lastResult: 1n, count: 1n }, counter: 1n });
});
