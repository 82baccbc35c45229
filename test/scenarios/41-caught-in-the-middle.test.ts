import { expect } from "chai";
import { encodeErrorResult } from "viem";
import { count, views } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import type { SolidityChain } from "./support/scenario-chains.ts";
import { alice } from "./support/world.ts";

/** Where the outer contract, the one that catches, and the one that refuses stand. */
const ROUTES: readonly (readonly [SolidityChain, SolidityChain, SolidityChain])[] = [
  ["L1", "A", "L1"],
  ["L1", "A", "B"],
  ["A", "L1", "A"],
  ["A", "L1", "B"],
  ["A", "B", "A"],
  ["A", "B", "L1"],
];

scenario({ number: 41, name: "caught in the middle of three", chains: ["L1", "A", "B"] }, async (world) => {
  for (const route of ROUTES) {
    const [outer, middle, inner] = route;
    for (const on of new Set([outer, "L1" as const])) {
      const title = [...(on === outer ? [] : [on]), ...route].join(" ⇒ ");
      const observed = await asOnOneChain(world, async (chains) => {
        const refuser = await chains.deploy(inner, "Refuser");
        const catcher = await chains.deploy(middle, "Catcher", [refuser]);
        const passer = await chains.deploy(outer, "Passer", [catcher]);
        const seen = [];
        // What is refused leaves nothing on the last chain; what is done around it stays.
        for (const amount of [5n, 11n, 4n, 12n]) {
          const { success } = await chains.send({ on, by: alice, to: passer, call: "work", args: [amount] });
          seen.push(success);
        }
        const args = [12n, 21n];
        expect(await chains.read(catcher, "reason"), title).to.equal(
          encodeErrorResult({ abi: refuser.abi, errorName: "TooMuch", args }),
        );
        return {
          seen,
          total: await chains.read(refuser, "total"),
          ...(await views(chains, catcher, "count", "caught")),
          passed: await count(chains, passer),
        };
      });
      expect(observed, title).to.deep.equal({
        seen: [true, true, true, true],
        total: 9n,
        count: 2n,
        caught: 2n,
        passed: 4n,
      });
    }
  }
});
