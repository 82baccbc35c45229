import { expect } from "chai";
import { count, views } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 7, name: "back and there", chains: ["A", "L1"] }, async (world) => {
  const observed = await asOnOneChain(world, async (chains) => {
    const counter = await chains.deploy("A", "Counter");
    const caller = await chains.deploy("L1", "CounterCaller", [counter]);
    const { success } = await chains.send({ on: "A", by: alice, to: caller, call: "bump" });
    return {
      success,
      caller: await views(chains, caller, "lastResult", "count"),
      counter: await count(chains, counter),
    };
  });
  expect(observed).to.deep.equal({ success: true, caller: { lastResult: 1n, count: 1n }, counter: 1n });
});
