import { expect } from "chai";
import { brokenError } from "./support/faulty.ts";
import { count, views } from "./support/observe.ts";
import { refusalOf } from "./support/refusal.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 12, name: "remote revert not caught", chains: ["L1", "A"] }, async (world) => {
  const observed = await asOnOneChain(world, async (chains) => {
    const faulty = await chains.deploy("A", "FaultyCounter");
    const caller = await chains.deploy("L1", "CounterCaller", [faulty]);
    const before = await world.root("A");
    const refusal = await refusalOf(chains.send({ on: "L1", by: alice, to: caller, call: "bump" }));
    if (chains === world) expect(await world.root("A"), "A's root").to.equal(before);
    const by = chains === world ? await world.knownAs(caller, "A") : caller.address;
    expect(refusal.data, "the error, byte for byte").to.equal(brokenError(faulty, by));
    return {
      caller: await views(chains, caller, "lastResult", "count"),
      faulty: await count(chains, faulty),
    };
  });
  expect(observed).to.deep.equal({ caller: { lastResult: 0n, count: 0n }, faulty: 0n });
});
