import { expect } from "chai";
import { count, views } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 15, name: "undone between rollups", chains: ["L1", "A", "B"] }, async (world) => {
  const observed = await asOnOneChain(world, async (chains) => {
    const counter = await chains.deploy("B", "Counter");
    const caller = await chains.deploy("A", "UndoingCaller", [counter, true]);
    const { success } = await chains.send({ on: "A", by: alice, to: caller, call: "bump" });
    const seen = ["undoneResult", "lastResult", "trace", "count"];
    return { success, caller: await views(chains, caller, ...seen), counter: await count(chains, counter) };
  });
  expect(observed).to.deep.equal({
    success: true,
    caller: { undoneResult: 1n, lastResult: 1n, trace: 0n, count: 1n },
    counter: 1n,
  });
});
