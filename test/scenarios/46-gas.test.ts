import { expect } from "chai";
import { views } from "./support/observe.ts";
import { scenario } from "./support/scenario.ts";
import type { SolidityChain } from "./support/scenario-chains.ts";
import { alice } from "./support/world.ts";

/** Where budgets are given, and where they are used up. */
const PAIRS: readonly (readonly [SolidityChain, SolidityChain])[] = [
  ["L1", "A"],
  ["A", "L1"],
  ["A", "B"],
];
/** Slots that are written, some 22,100 gas each. */
const AMOUNT = 5n;
/** Less than a call that leaves its chain costs anywhere. */
const LITTLE = 4_000n;

scenario(
  { number: 46, name: "budgets of gas, and what was left", chains: ["L1", "A", "B"] },
  async (world) => {
    // What was left is kept on every chain: roots match only if everyone counts the same gas.
    for (const [here, there] of PAIRS)
      for (const on of new Set([here, "L1" as const])) {
        const title = `${here} gives ${there} a budget, signed on ${on}`;
        const burner = await world.deploy(there, "Burner");
        const budgeter = await world.deploy(here, "Budgeter", [burner]);
        const run = async (budget: bigint): Promise<boolean> => {
          const done = await world.read(budgeter, "done");
          const args = [AMOUNT, budget];
          await world.send({ on, by: alice, to: budgeter, call: "run", args, gas: 3_000_000n });
          return (await world.read(budgeter, "done")) !== done;
        };
        // The other chain's gas is its own: what is given is for the way there. On a rollup too little of it
        // is a call that fails, as any other; on L1 it is refused by name: the manager might fail half way.
        const little = await run(LITTLE).catch((error: unknown) => String(error));
        if (here === "L1") expect(little, title).to.match(/the cross-chain call may need \d+ gas/);
        else {
          expect(little, title).to.equal(false);
          expect(await world.read(budgeter, "failed"), title).to.equal(1n);
        }
        expect(await world.read(burner, "total"), title).to.equal(0n);
        expect(await run(1_000_000n), title).to.equal(true);
        expect(await world.read(burner, "total"), title).to.equal(AMOUNT);
        // The second time slots are not new, and everything is known: again with what was left before.
        expect(await run(1_000_000n), title).to.equal(true);
        expect(await world.read(burner, "total"), title).to.equal(2n * AMOUNT);
        expect(await world.read(burner, "left"), title)
          .to.be.a("bigint")
          .that.is.above(0n);
        const { before, afterwards } = await views(world, budgeter, "before", "afterwards");
        expect(BigInt(String(before)) > BigInt(String(afterwards)), title).to.equal(true);
      }
  },
);
