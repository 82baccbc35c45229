import { expect } from "chai";
import { count, views } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 1, name: "counter", chains: ["L1", "A"] }, async (world) => {
  const observed = await asOnOneChain(world, async (stage) => {
    const counter = await stage.deploy("A", "Counter");
    const caller = await stage.deploy("L1", "CounterCaller", [counter]);
    const before = await world.root("A");
    await stage.send({ on: "L1", by: alice, to: caller, call: "bump" });
    if (stage === world) expect(await world.root("A"), "A's root").not.to.equal(before);
    return {
      caller: await views(stage, caller, "lastResult", "count"),
      counter: await count(stage, counter),
    };
  });
  expect(observed).to.deep.equal({ caller: { lastResult: 1n, count: 1n }, counter: 1n });
});
