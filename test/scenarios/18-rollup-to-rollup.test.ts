import { expect } from "chai";
import { count, views } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 18, name: "rollup to rollup", chains: ["L1", "A", "B", "C"] }, async (world) => {
  const pair = await asOnOneChain(world, async (chains) => {
    const counter = await chains.deploy("A", "Counter");
    const caller = await chains.deploy("B", "CounterCaller", [counter]);
    const { success } = await chains.send({ on: "A", by: alice, to: caller, call: "bump" });
    return {
      success,
      caller: await views(chains, caller, "lastResult", "count"),
      counter: await count(chains, counter),
    };
  });
  expect(pair).to.deep.equal({ success: true, caller: { lastResult: 1n, count: 1n }, counter: 1n });

  const ring = await asOnOneChain(world, async (chains) => {
    const counter = await chains.deploy("A", "Counter");
    const onC = await chains.deploy("C", "CounterCaller", [counter]);
    const onB = await chains.deploy("B", "NestedCounterCaller", [onC]);
    const onA = await chains.deploy("A", "NestedCounterCaller", [onB]);
    const { success } = await chains.send({ on: "A", by: alice, to: onA, call: "bump" });
    return {
      success,
      onA: await count(chains, onA),
      onB: await count(chains, onB),
      onC: await views(chains, onC, "lastResult", "count"),
      counter: await count(chains, counter),
    };
  });
  expect(ring).to.deep.equal({
    success: true,
    onA: 1n,
    onB: 1n,
    onC: { lastResult: 1n, count: 1n },
    counter: 1n,
  });
});
