import { expect } from "chai";
import { parseEther, zeroAddress } from "viem";
import { count, views } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 21, name: "constructor", chains: ["L1", "A"] }, async (world) => {
  const directions = [
    ["L1", "A"],
    ["A", "L1"],
  ] as const;
  for (const [on, other] of directions) {
    const observed = await asOnOneChain(world, async (chains) => {
      const feed = await chains.deploy(other, "PriceFeed", [alice.address, zeroAddress, parseEther("3")]);
      const counter = await chains.deploy(other, "Counter");
      const snapshot = await chains.deploy(on, "Snapshot", [feed, counter]);
      return {
        snapshot: await views(chains, snapshot, "PRICE", "TICKET"),
        counter: await count(chains, counter),
      };
    });
    expect(observed, `${on} asks ${other}`).to.deep.equal({
      snapshot: { PRICE: parseEther("3"), TICKET: 1n },
      counter: 1n,
    });
  }
});
