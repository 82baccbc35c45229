import { expect } from "chai";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import type { ScenarioChains, SolidityChain } from "./support/scenario-chains.ts";
import { alice } from "./support/world.ts";

const SIGHT = { hasCode: true, hasHash: true, answers: true, secret: 42n, balance: 0n };

/** Who asks, and who is asked. */
const PAIRS: readonly (readonly [SolidityChain, SolidityChain])[] = [
  ["L1", "A"],
  ["A", "L1"],
  ["A", "B"],
];

scenario({ number: 35, name: "what is seen of the sender", chains: ["L1", "A", "B"] }, async (world) => {
  for (const [here, there] of PAIRS) {
    const observed = await asOnOneChain(world, async (chains) => {
      const inquirer = await chains.deploy(there, "Inquirer");
      /** A contract that has never called anything: its proxy does not exist. */
      const asker = () => chains.deploy(here, "Asker", [inquirer]);
      const seen = [];
      // A view that a wallet calls.
      seen.push(await chains.read(await asker(), "ask"));
      for (const call of ["keep", "visit"])
        for (const on of new Set([here, "L1" as const])) {
          const stranger = await asker();
          // Twice: the second time its proxy may be there.
          for (let time = 0; time < 2; time++) {
            await chains.send({ on, by: alice, to: stranger, call });
            seen.push(await chains.read(stranger, "seen"));
          }
          seen.push(await chains.read(stranger, "ask"));
        }
      const holder = await asker();
      await chains.send({ on: here, by: alice, to: holder, call: "mint" });
      return {
        seen,
        hooks: [await chains.read(holder, "hooks"), await chains.read(inquirer, "hooks")],
        newborn: await newborn(chains, here, there),
      };
    });
    const title = `${here} asks ${there}`;
    expect(observed.hooks, title).to.deep.equal([1n, 1n]);
    for (const sight of [...observed.seen, ...observed.newborn]) expect(sight, title).to.deep.equal(SIGHT);
  }
});

/** What is seen of contracts that were created in the same transaction. */
async function newborn(
  chains: ScenarioChains,
  here: SolidityChain,
  there: SolidityChain,
): Promise<unknown[]> {
  const inquirer = await chains.deploy(there, "Inquirer");
  const factory = await chains.deploy(here, "AskerFactory", [inquirer]);
  const seen = [];
  for (const on of new Set([here, "L1" as const])) {
    await chains.send({ on, by: alice, to: factory, call: "create" });
    seen.push(await chains.read(factory, "seen"));
  }
  return seen;
}

scenario({ number: 36, name: "a proxy that a view will call from", chains: ["L1", "A"] }, async (world) => {
  // L1 creates it with the batch, before anything of the transaction runs.
  const inquirer = await world.deploy("L1", "Inquirer");
  const asker = await world.deploy("A", "Asker", [inquirer]);
  const cell = await world.deploy("A", "Cell");
  const looker = await world.deploy("L1", "EarlyLooker", [cell]);
  const proxy = { chain: "L1", address: await world.knownAs(asker, "L1") } as const;
  expect(await world.endpoint("L1").clients.reader.getCode(proxy)).to.equal(undefined);
  await world.send({ on: "L1", by: alice, to: looker, call: "look", args: [asker, proxy] });
  expect(await world.read(looker, "secret")).to.equal(42n);
  expect(await world.read(cell, "value")).to.equal(12n);
});
