import { expect } from "chai";
import { count, views } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 18, name: "rollup to rollup", chains: ["L1", "A", "B", "C"] }, async (world) => {
  const pair = await asOnOneChain(world, async (stage) => {
    const counter = await stage.deploy("A", "Counter");
    const caller = await stage.deploy("B", "CounterCaller", [counter]);
    const { success } = await stage.send({ on: "A", by: alice, to: caller, call: "bump" });
    return {
      success,
      caller: await views(stage, caller, "lastResult", "count"),
      counter: await count(stage, counter),
    };
  });
  expect(pair).to.deep.equal({ success: true, caller: { lastResult: 1n, count: 1n }, counter: 1n });

  const ring = await asOnOneChain(world, async (stage) => {
    const counter = await stage.deploy("A", "Counter");
    const onC = await stage.deploy("C", "CounterCaller", [counter]);
    const onB = await stage.deploy("B", "NestedCounterCaller", [onC]);
    const onA = await stage.deploy("A", "NestedCounterCaller", [onB]);
    const { success } = await stage.send({ on: "A", by: alice, to: onA, call: "bump" });
    return {
      success,
      onA: await count(stage, onA),
      onB: await count(stage, onB),
      onC: await views(stage, onC, "lastResult", "count"),
      counter: await count(stage, counter),
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
