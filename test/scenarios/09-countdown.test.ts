import { expect } from "chai";
import { views } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 9, name: "re-entrant countdown", chains: ["L1", "A"] }, async (world) => {
  for (const depth of [3n, 10n, 30n]) {
    const observed = await asOnOneChain(world, async (chains) => {
      const here = await chains.deploy("L1", "Countdown");
      const there = await chains.deploy("A", "Countdown");
      await chains.send({ on: "L1", by: alice, to: here, call: "setPeer", args: [there] });
      await chains.send({ on: "A", by: alice, to: there, call: "setPeer", args: [here] });
      await chains.send({ on: "L1", by: alice, to: here, call: "deep", args: [depth] });
      return {
        here: await views(chains, here, "count", "lastResult"),
        there: await views(chains, there, "count", "lastResult"),
      };
    });
    // From the rollup, what is called on L1 has what the transaction signs for, at most 8,000,000.
    await asOnOneChain(world, async (chains) => {
      const here = await chains.deploy("L1", "Countdown");
      const there = await chains.deploy("A", "Countdown");
      await chains.send({ on: "L1", by: alice, to: here, call: "setPeer", args: [there] });
      await chains.send({ on: "A", by: alice, to: there, call: "setPeer", args: [here] });
      await chains.send({ on: "A", by: alice, to: there, call: "deep", args: [depth] });
      return {
        here: await views(chains, here, "count", "lastResult"),
        there: await views(chains, there, "count", "lastResult"),
      };
    });
    // depth + 1 calls, in turns; lastResult folds up all that was returned, in its order.
    expect(observed.here.count, `on L1, from ${depth}`).to.equal(depth / 2n + 1n);
    expect(observed.there.count, `on A, from ${depth}`).to.equal((depth + 1n) / 2n);
  }
});
