import { expect } from "chai";
import { count, views } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import type { SolidityChain } from "./support/stage.ts";
import { alice } from "./support/world.ts";

scenario({ number: 8, name: "deep", chains: ["L1", "A"] }, async (world) => {
  // alice@L1 ⇒ NEST@A → CAP@A ⇒ C@L1, and with the caller on L1: L1 ⇒ A ⇒ L1 ⇒ A.
  const places: readonly { caller: SolidityChain; counter: SolidityChain }[] = [
    { caller: "A", counter: "L1" },
    { caller: "L1", counter: "A" },
  ];
  for (const place of places) {
    const observed = await asOnOneChain(world, async (stage) => {
      const counter = await stage.deploy(place.counter, "Counter");
      const caller = await stage.deploy(place.caller, "CounterCaller", [counter]);
      const nested = await stage.deploy("A", "NestedCounterCaller", [caller]);
      await stage.send({ on: "L1", by: alice, to: nested, call: "bump" });
      return {
        nested: await count(stage, nested),
        caller: await views(stage, caller, "lastResult", "count"),
        counter: await count(stage, counter),
      };
    });
    expect(observed).to.deep.equal({ nested: 1n, caller: { lastResult: 1n, count: 1n }, counter: 1n });
  }
});
