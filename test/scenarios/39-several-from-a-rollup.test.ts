import { expect } from "chai";
import { count } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 39, name: "several L1 calls of one transaction", chains: ["L1", "A"] }, async (world) => {
  const observed = await asOnOneChain(world, async (chains) => {
    const first = await chains.deploy("L1", "Counter");
    const second = await chains.deploy("L1", "Counter");
    const home = await chains.deploy("A", "Counter");
    const sequence = await chains.deploy("A", "CounterSequence");
    const seen = [];
    // The same one twice, and another in between.
    const targets = [first, first, second, first, home];
    await chains.send({ on: "A", by: alice, to: sequence, call: "increment", args: [targets] });
    seen.push(await chains.read(sequence, "results"));
    // L1 calls back to A inside, twice, and then is called itself.
    const nested = await chains.deploy("L1", "CounterCaller", [home]);
    await chains.send({ on: "A", by: alice, to: sequence, call: "mixed", args: [nested, second] });
    seen.push(await chains.read(sequence, "results"));
    // The same from L1, by the sequence's proxy.
    await chains.send({ on: "L1", by: alice, to: sequence, call: "mixed", args: [nested, second] });
    seen.push(await chains.read(sequence, "results"));
    return {
      seen,
      counts: [await count(chains, first), await count(chains, second), await count(chains, home)],
      nested: await count(chains, nested),
    };
  });
  expect(observed).to.deep.equal({
    seen: [
      [1n, 2n, 1n, 3n, 1n],
      [2n, 3n, 2n],
      [4n, 5n, 3n],
    ],
    counts: [3n, 3n, 5n],
    nested: 4n,
  });
});
