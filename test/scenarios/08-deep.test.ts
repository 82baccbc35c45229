import { expect } from "chai";
import { count, views } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import type { SolidityChain } from "./support/scenario-chains.ts";
import { alice } from "./support/world.ts";

scenario({ number: 8, name: "deep", chains: ["L1", "A"] }, async (world) => {
  // alice@L1 ⇒ NEST@A → CAP@A ⇒ C@L1, and with the caller on L1: L1 ⇒ A ⇒ L1 ⇒ A.
  const places: readonly { caller: SolidityChain; counter: SolidityChain }[] = [
    { caller: "A", counter: "L1" },
    { caller: "L1", counter: "A" },
  ];
  for (const place of places) {
    const observed = await asOnOneChain(world, async (chains) => {
      const counter = await chains.deploy(place.counter, "Counter");
      const caller = await chains.deploy(place.caller, "CounterCaller", [counter]);
      const nested = await chains.deploy("A", "NestedCounterCaller", [caller]);
      await chains.send({ on: "L1", by: alice, to: nested, call: "bump" });
      return {
        nested: await count(chains, nested),
        caller: await views(chains, caller, "lastResult", "count"),
        counter: await count(chains, counter),
      };
    });
    expect(observed).to.deep.equal({ nested: 1n, caller: { lastResult: 1n, count: 1n }, counter: 1n });
  }
});
