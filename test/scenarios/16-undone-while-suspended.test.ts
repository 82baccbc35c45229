import { expect } from "chai";
import { count, views } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 16, name: "undone while suspended", chains: ["L1", "A", "B"] }, async (world) => {
  // A ⇒ B ⇒ A: B undoes its frame, and with it what A wrote while it waited for B. Both go on.
  for (const on of ["A", "L1"] as const) {
    const observed = await asOnOneChain(world, async (chains) => {
      const counter = await chains.deploy("A", "Counter");
      const undoing = await chains.deploy("B", "UndoingCaller", [counter, false]);
      const nested = await chains.deploy("A", "NestedCounterCaller", [undoing]);
      const { success } = await chains.send({ on, by: alice, to: nested, call: "bump" });
      return {
        success,
        counter: await count(chains, counter),
        undoing: await views(chains, undoing, "undoneResult", "trace", "count"),
        nested: await count(chains, nested),
      };
    });
    expect(observed, `from ${on}`).to.deep.equal({
      success: true,
      counter: 0n,
      undoing: { undoneResult: 1n, trace: 0n, count: 1n },
      nested: 1n,
    });
  }
});
