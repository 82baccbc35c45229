import { expect } from "chai";
import { brokenError } from "./support/faulty.ts";
import { count, views } from "./support/observe.ts";
import { refusalOf } from "./support/refusal.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 12, name: "remote revert not caught", chains: ["L1", "A"] }, async (world) => {
  const observed = await asOnOneChain(world, async (stage) => {
    const faulty = await stage.deploy("A", "FaultyCounter");
    const caller = await stage.deploy("L1", "CounterCaller", [faulty]);
    const before = await world.root("A");
    const refusal = await refusalOf(stage.send({ on: "L1", by: alice, to: caller, call: "bump" }));
    if (stage === world) expect(await world.root("A"), "A's root").to.equal(before);
    const by = stage === world ? await world.knownAs(caller, "A") : caller.address;
    expect(refusal.data, "the error, byte for byte").to.equal(brokenError(faulty, by));
    return { caller: await views(stage, caller, "lastResult", "count"), faulty: await count(stage, faulty) };
  });
  expect(observed).to.deep.equal({ caller: { lastResult: 0n, count: 0n }, faulty: 0n });
});
