import { expect } from "chai";
import { encodeFunctionData, zeroAddress } from "viem";
import type { Contract } from "./support/scenario-chains.ts";
import { scenario } from "./support/scenario.ts";
import { alice, bob } from "./support/world.ts";

const WRITES = 30;
const READS = 6;

scenario(
  { number: 49, name: "what a rollup reads is written all the time", chains: ["L1", "A"] },
  async (world) => {
    const feed = await world.deploy("L1", "PriceFeed", [bob.address, zeroAddress, 1n]);
    const readers: Contract[] = [];
    for (let index = 0; index < READS; index++) readers.push(await world.deploy("A", "PriceReader"));
    const known = await world.addressOn(feed, "A");
    // Straight to L1's node, where each one is a block.
    const flood = (async () => {
      for (let price = 2n; price < 2n + BigInt(WRITES); price++) {
        const data = encodeFunctionData({ abi: feed.abi, functionName: "setPrice", args: [price] });
        const hash = await world.l1.writer(bob).sendTransaction({ to: feed.address, data });
        await world.l1.reader.waitForTransactionReceipt({ hash });
      }
    })();
    const look = async (reader: Contract): Promise<void> => {
      const data = encodeFunctionData({ abi: reader.abi, functionName: "readTwice", args: [known] });
      const hash = await world.submit({ on: "A", by: alice, to: reader, data, gas: 2_000_000n });
      await world.endpoint("A").receipt(hash);
      const [first, second] = [await world.read(reader, "first"), await world.read(reader, "second")];
      // Both of one block.
      expect(first).to.equal(second);
      expect(BigInt(String(first)) >= 1n && BigInt(String(first)) <= BigInt(WRITES) + 1n).to.equal(true);
    };
    for (const reader of readers) await look(reader);
    await flood;
    expect(await world.read(feed, "price")).to.equal(BigInt(WRITES) + 1n);
  },
);
