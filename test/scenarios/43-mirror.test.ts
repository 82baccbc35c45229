import { expect } from "chai";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import type { SolidityChain } from "./support/scenario-chains.ts";
import { alice } from "./support/world.ts";

/** Where the one that looks and the mirror stand. */
const PAIRS: readonly (readonly [SolidityChain, SolidityChain])[] = [
  ["L1", "A"],
  ["A", "L1"],
  ["A", "B"],
];

scenario({ number: 43, name: "an answer that the caller gives", chains: ["L1", "A", "B"] }, async (world) => {
  // The remote's state does not change and the call is the same; what it answers is what it is told.
  for (const [here, there] of PAIRS)
    for (const on of new Set([here, "L1" as const])) {
      const title = `${here} looks into ${there}'s mirror, signed on ${on}`;
      const observed = await asOnOneChain(world, async (chains) => {
        const mirror = await chains.deploy(there, "Mirror");
        const mirrored = await chains.deploy(here, "Mirrored", [mirror]);
        const seen = [];
        for (const call of ["look", "ask", "look", "ask"]) {
          await chains.send({ on, by: alice, to: mirrored, call });
          seen.push(await chains.read(mirrored, "seen"));
        }
        return seen;
      });
      expect(observed, title).to.deep.equal([
        [10n, 20n, 10n],
        [1_010n, 1_020n, 1_030n],
        [10n, 20n, 10n],
        [1_040n, 1_050n, 1_060n],
      ]);
    }
});
