import { expect } from "chai";
import { brokenError } from "./support/faulty.ts";
import { count } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 11, name: "remote revert caught", chains: ["L1", "A"] }, async (world) => {
  const observed = await asOnOneChain(world, async (chains) => {
    const faulty = await chains.deploy("A", "FaultyCounter");
    const caller = await chains.deploy("L1", "SafeCounterCaller", [faulty]);
    const before = await world.root("A");
    await chains.send({ on: "L1", by: alice, to: caller, call: "bump" });
    if (chains === world) expect(await world.root("A"), "A's root").to.equal(before);
    const by = chains === world ? await world.knownAs(caller, "A") : caller.address;
    expect(await chains.read(caller, "lastError"), "the error, byte for byte").to.equal(
      brokenError(faulty, by),
    );
    return {
      failed: await chains.read(caller, "failed"),
      count: await count(chains, caller),
      faulty: await count(chains, faulty),
    };
  });
  expect(observed).to.deep.equal({ failed: true, count: 1n, faulty: 0n });
});
