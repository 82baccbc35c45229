import { expect } from "chai";
import { parseEther, zeroAddress } from "viem";
import { views } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

const READ = ["first", "second", "inQuote"];

scenario({ number: 42, name: "a rollup reads L1 around a write", chains: ["L1", "A"] }, async (world) => {
  for (const on of ["A", "L1"] as const) {
    const observed = await asOnOneChain(world, async (chains) => {
      const reader = await chains.deploy("A", "PriceReader");
      // L1's feed asks A for the other price.
      const dollar = await chains.deploy("A", "PriceFeed", [alice.address, zeroAddress, parseEther("2")]);
      const feed = await chains.deploy("L1", "PriceFeed", [reader, dollar, parseEther("10")]);
      await chains.send({ on, by: alice, to: reader, call: "read", args: [feed] });
      const reads = await views(chains, reader, ...READ);
      const args = [feed, parseEther("30")];
      await chains.send({ on, by: alice, to: reader, call: "readAround", args });
      return {
        reads,
        around: await views(chains, reader, ...READ),
        price: await chains.read(feed, "price"),
      };
    });
    expect(observed, on).to.deep.equal({
      reads: { first: parseEther("10"), second: parseEther("10"), inQuote: parseEther("5") },
      around: { first: parseEther("10"), second: parseEther("30"), inQuote: parseEther("15") },
      price: parseEther("30"),
    });
  }
});
