import { expect } from "chai";
import { count, views } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 6, name: "there and back", chains: ["L1", "A"] }, async (world) => {
  const observed = await asOnOneChain(world, async (stage) => {
    const counter = await stage.deploy("L1", "Counter");
    const caller = await stage.deploy("A", "CounterCaller", [counter]);
    await stage.send({ on: "L1", by: alice, to: caller, call: "bump" });
    return {
      caller: await views(stage, caller, "lastResult", "count"),
      counter: await count(stage, counter),
    };
  });
  expect(observed).to.deep.equal({ caller: { lastResult: 1n, count: 1n }, counter: 1n });
});
