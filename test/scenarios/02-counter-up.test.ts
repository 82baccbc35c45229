import { expect } from "chai";
import { count, views } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 2, name: "counter-up", chains: ["A", "L1"] }, async (world) => {
  const observed = await asOnOneChain(world, async (stage) => {
    const counter = await stage.deploy("L1", "Counter");
    const caller = await stage.deploy("A", "CounterCaller", [counter]);
    const { success } = await stage.send({ on: "A", by: alice, to: caller, call: "bump" });
    return {
      success,
      caller: await views(stage, caller, "lastResult", "count"),
      counter: await count(stage, counter),
    };
  });
  expect(observed).to.deep.equal({ success: true, caller: { lastResult: 1n, count: 1n }, counter: 1n });
});
