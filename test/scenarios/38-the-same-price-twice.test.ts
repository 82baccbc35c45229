import { expect } from "chai";
import { zeroAddress } from "viem";
import { views } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 38, name: "the same price twice", chains: ["L1", "A", "B"] }, async (world) => {
  // B is asked for a price, A changes, B is asked again: B is where it was, so it is one execution that is
  // looked up twice.
  for (const call of ["trade", "tradeInQuote"]) {
    const observed = await asOnOneChain(world, async (chains) => {
      const trader = await chains.deploy("L1", "Trader");
      const counter = await chains.deploy("A", "Counter");
      const quote = await chains.deploy("A", "PriceFeed", [alice.address, zeroAddress, 2n]);
      const feed = await chains.deploy("B", "PriceFeed", [alice.address, quote, 6n]);
      const seen = [];
      for (let time = 0; time < 2; time++) {
        const { success } = await chains.send({
          on: "L1",
          by: alice,
          to: trader,
          call,
          args: [feed, counter],
        });
        seen.push({ success, ...(await views(chains, trader, "first", "second", "ticket")) });
      }
      return seen;
    });
    const price = call === "trade" ? 6n : 3n * 10n ** 18n;
    expect(observed, call).to.deep.equal(
      [1n, 2n].map((ticket) => ({ success: true, first: price, second: price, ticket })),
    );
  }
});
