import { expect } from "chai";
import { count, views } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import type { Contract, SolidityChain, ScenarioChains } from "./support/scenario-chains.ts";
import { alice } from "./support/world.ts";

/** Where the call that is undone passes, from A on; it comes back to A from the last one. */
const ROUTES: readonly (readonly SolidityChain[])[] = [["L1"], ["B"], ["B", "L1"]];

/** Contracts that have a contract on the route's last chain add to the cell in a frame that reverts. */
async function workers(
  chains: ScenarioChains,
  route: readonly SolidityChain[],
  cell: Contract,
): Promise<{ mid: Contract; entrance: Contract }> {
  const [last, ...others] = route.toReversed();
  if (last === undefined) throw new Error("a route leads somewhere");
  const mid = await chains.deploy(last, "Mid", [cell]);
  let entrance = mid;
  for (const chain of others) entrance = await chains.deploy(chain, "Passer", [entrance]);
  return { mid, entrance };
}

scenario(
  { number: 33, name: "undone elsewhere, then touched again", chains: ["L1", "A", "B"] },
  async (world) => {
    // What the undone frame has accessed is cold again: the gas of the same addition says so, and L1 and
    // every follower come to the root that the builder came to.
    for (const route of ROUTES)
      for (const on of ["A", "L1"] as const) {
        const observed = await asOnOneChain(world, async (chains) => {
          const cell = await chains.deploy("A", "Cell");
          const { mid, entrance } = await workers(chains, route, cell);
          const walker = await chains.deploy("A", "Walker", [entrance, cell]);
          // Gas is what the gateway estimates.
          const { success } = await chains.send({ on, by: alice, to: walker, call: "walk" });
          return {
            success,
            cell: await chains.read(cell, "value"),
            undoings: await chains.read(mid, "undoings"),
            gas: await views(chains, walker, "first", "second"),
          };
        });
        const title = [...(on === "L1" ? ["L1"] : []), "A", ...route, "A"].join(" ⇒ ");
        expect(observed, title).to.deep.include({ success: true, cell: 100n, undoings: 1n });
      }
  },
);

scenario(
  { number: 34, name: "created and destroyed across re-entry", chains: ["L1", "A", "B"] },
  async (world) => {
    const NOTHING = 0;
    const CREATE = 1;
    const DESTROY = 2;
    const deeds = [
      { before: CREATE, inside: DESTROY, afterwards: NOTHING },
      { before: NOTHING, inside: CREATE, afterwards: DESTROY },
      { before: CREATE, inside: NOTHING, afterwards: DESTROY },
      { before: NOTHING, inside: CREATE, afterwards: NOTHING },
    ];
    for (const far of ["L1", "B"] as const)
      for (const isUndone of [false, true])
        for (const { before, inside, afterwards } of deeds) {
          // What was created inside is no longer there to be destroyed.
          if (isUndone && inside === CREATE && afterwards === DESTROY) continue;
          for (const on of ["A", "L1"] as const)
            await asOnOneChain(world, async (chains) => {
              const maker = await chains.deploy("A", "Maker");
              const worker = isUndone
                ? await chains.deploy(far, "Undoer")
                : await chains.deploy(far, "Passer", [maker]);
              if (isUndone)
                await chains.send({ on: far, by: alice, to: worker, call: "link", args: [maker] });
              const args = [worker, before, inside, afterwards];
              const { success } = await chains.send({ on, by: alice, to: maker, call: "run", args });
              return {
                success,
                standing: await chains.read(maker, "standing"),
                deeds: await chains.read(maker, "deeds"),
                worked: await count(chains, worker),
              };
            });
        }
  },
);
