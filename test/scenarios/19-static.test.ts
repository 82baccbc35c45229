import { expect } from "chai";
import { parseEther, zeroAddress } from "viem";
import { views } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 19, name: "static", chains: ["L1", "A"] }, async (world) => {
  const read = ["first", "second", "inQuote"];
  const observed = await asOnOneChain(world, async (chains) => {
    const reader = await chains.deploy("L1", "PriceReader");
    const dollar = await chains.deploy("L1", "PriceFeed", [alice.address, zeroAddress, parseEther("2")]);
    const feed = await chains.deploy("A", "PriceFeed", [reader, dollar, parseEther("10")]);
    await chains.addressOn(feed, "L1");
    const before = await world.root("A");
    await chains.send({ on: "L1", by: alice, to: reader, call: "read", args: [feed] });
    expect(await world.root("A"), "A's root after reads").to.equal(before);
    const reads = await views(chains, reader, ...read);
    const args = [feed, parseEther("30")];
    await chains.send({ on: "L1", by: alice, to: reader, call: "readAround", args });
    if (chains === world) expect(await world.root("A"), "A's root after a write").not.to.equal(before);
    return {
      reads,
      around: await views(chains, reader, ...read),
      // A wallet asks A, and A asks L1.
      direct: await chains.read(feed, "priceInQuote"),
    };
  });
  expect(observed).to.deep.equal({
    reads: { first: parseEther("10"), second: parseEther("10"), inQuote: parseEther("5") },
    around: { first: parseEther("10"), second: parseEther("30"), inQuote: parseEther("15") },
    direct: parseEther("15"),
  });
});
