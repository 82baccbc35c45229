import { expect } from "chai";
import { keccak256, zeroAddress } from "viem";
import { SYSTEM } from "../../builder/kinds/evm/system.ts";
import { count } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import type { SolidityChain } from "./support/scenario-chains.ts";
import { alice } from "./support/world.ts";

/** Where the founder and the factory stand. */
const PAIRS: readonly (readonly [SolidityChain, SolidityChain])[] = [
  ["A", "L1"],
  ["L1", "A"],
  ["A", "B"],
];

scenario({ number: 50, name: "a factory on another chain", chains: ["L1", "A", "B"] }, async (world) => {
  for (const [here, there] of PAIRS)
    for (const on of new Set([here, "L1" as const])) {
      const title = `${here} founds on ${there}, signed on ${on}`;
      const observed = await asOnOneChain(world, async (chains) => {
        const factory = await chains.deploy(there, "CellFactory");
        const founder = await chains.deploy(here, "CellFounder", [factory]);
        const manager = chains === world ? (here === "L1" ? world.manager : SYSTEM) : zeroAddress;
        const seen = [];
        for (const salt of [keccak256("0x01"), keccak256("0x02")]) {
          const args = [salt, manager, world.idOf(there), 7n];
          const { success } = await chains.send({ on, by: alice, to: founder, call: "found", args });
          const address = await chains.read(factory, "cellOf", [salt]);
          if (typeof address !== "string" || !address.startsWith("0x")) throw new Error("no address");
          const { abi } = await chains.deploy(there, "Cell");
          const cell = { chain: there, address: `0x${address.slice(2)}`, abi } as const;
          // What was added to is the proxy of what was created.
          expect(await chains.read(founder, "cell"), title).to.equal(await chains.addressOn(cell, here));
          seen.push({ success, value: await chains.read(cell, "value") });
        }
        // The same salt again: nothing is created, and nothing is left behind.
        const args = [keccak256("0x01"), manager, world.idOf(there), 7n];
        const refusal = await chains
          .send({ on, by: alice, to: founder, call: "found", args })
          .then(() => false)
          .catch(() => true);
        return { seen, refusal, made: await count(chains, factory) };
      });
      const done = { success: true, value: 7n };
      expect(observed, title).to.deep.equal({ seen: [done, done], refusal: true, made: 2n });
    }
});
