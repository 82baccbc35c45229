import { expect } from "chai";
import { count, views } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 13, name: "undone on L1", chains: ["L1", "A"] }, async (world) => {
  const observed = await asOnOneChain(world, async (chains) => {
    const counter = await chains.deploy("A", "Counter");
    const caller = await chains.deploy("L1", "UndoingCaller", [counter, true]);
    const { success } = await chains.send({ on: "L1", by: alice, to: caller, call: "bump" });
    const seen = ["undoneResult", "lastResult", "trace", "count"];
    return { success, caller: await views(chains, caller, ...seen), counter: await count(chains, counter) };
  });
  expect(observed).to.deep.equal({
    success: true,
    caller: { undoneResult: 1n, lastResult: 1n, trace: 0n, count: 1n },
    counter: 1n,
  });
});
