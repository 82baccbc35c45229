import { expect } from "chai";
import { encodeErrorResult } from "viem";
import { count } from "./support/observe.ts";
import { refusalOf } from "./support/refusal.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import type { SolidityChain, ScenarioChains } from "./support/scenario-chains.ts";
import { alice, type World } from "./support/world.ts";

scenario({ number: 17, name: "source undone", chains: ["L1", "A", "B"] }, async (world) => {
  expect(await asOnOneChain(world, fromL1(world))).to.deep.equal({ caller: 0n, counter: 0n });
  for (const counterOn of ["L1", "B"] as const)
    expect(await asOnOneChain(world, fromRollup(world, counterOn))).to.deep.equal({
      caller: 0n,
      counter: 0n,
    });
});

/** L1 ⇒ C@A succeeds, then the transaction on L1 reverts. */
function fromL1(world: World) {
  return async (chains: ScenarioChains) => {
    const counter = await chains.deploy("A", "Counter");
    const caller = await chains.deploy("L1", "FickleCaller", [counter]);
    const before = await world.root("A");
    const refusal = await refusalOf(chains.send({ on: "L1", by: alice, to: caller, call: "bump" }));
    const { abi } = caller;
    const changedMind = encodeErrorResult({ abi, errorName: "ChangedMyMind", args: [1n] });
    expect(refusal.data, "what the counter had answered").to.equal(changedMind);
    expect(await world.root("A"), "A's root").to.equal(before);
    return { caller: await count(chains, caller), counter: await count(chains, counter) };
  };
}

/** The same from a rollup, where the transaction is included all the same: it has a nonce to use up. */
function fromRollup(world: World, counterOn: SolidityChain) {
  return async (chains: ScenarioChains) => {
    const counter = await chains.deploy(counterOn, "Counter");
    const caller = await chains.deploy("A", "FickleCaller", [counter]);
    const before = await world.root("B");
    if (chains === world) {
      // Gas is given, so that the transaction is sent although it is known to revert.
      const sent = await chains.send({ on: "A", by: alice, to: caller, call: "bump", gas: 3_000_000n });
      expect(sent.success, "success of the transaction").to.equal(false);
      expect(await world.root("B"), "B's root").to.equal(before);
    } else {
      await refusalOf(chains.send({ on: "A", by: alice, to: caller, call: "bump" }));
    }
    return { caller: await count(chains, caller), counter: await count(chains, counter) };
  };
}
