import { expect } from "chai";
import { encodeErrorResult } from "viem";
import { views } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import type { SolidityChain } from "./support/scenario-chains.ts";
import { alice } from "./support/world.ts";

/** Where the visitor and the gate stand. */
const PAIRS: readonly (readonly [SolidityChain, SolidityChain])[] = [
  ["L1", "A"],
  ["A", "L1"],
  ["A", "B"],
];

scenario(
  { number: 44, name: "again, once the caller has changed", chains: ["L1", "A", "B"] },
  async (world) => {
    for (const [here, there] of PAIRS)
      for (const on of new Set([here, "L1" as const])) {
        const title = `${here} enters ${there}, signed on ${on}`;
        const observed = await asOnOneChain(world, async (chains) => {
          const gate = await chains.deploy(there, "Gate");
          const visitor = await chains.deploy(here, "Visitor", [gate]);
          const { success } = await chains.send({ on, by: alice, to: visitor, call: "retry" });
          expect(await chains.read(visitor, "reason"), title).to.equal(
            encodeErrorResult({ abi: gate.abi, errorName: "NotReady", args: [1n] }),
          );
          return {
            success,
            ...(await views(chains, visitor, "refusals", "place", "isReady")),
            ...(await views(chains, gate, "entered", "tries")),
          };
        });
        expect(observed, title).to.deep.equal({
          success: true,
          refusals: 1n,
          place: 1n,
          isReady: true,
          entered: 1n,
          tries: 1n,
        });
      }
  },
);

scenario(
  { number: 45, name: "re-entry to a caller without a proxy", chains: ["L1", "A", "B"] },
  async (world) => {
    for (const [here, there] of PAIRS)
      for (const on of new Set([here, "L1" as const])) {
        const gate = await world.deploy(there, "Gate");
        const visitor = await world.deploy(here, "Visitor", [gate]);
        await world.send({ on: here, by: alice, to: visitor, call: "getReady", args: [true] });
        // It has never called: where the gate is, nothing stands for it.
        const proxy = await world.knownAs(visitor, there);
        const title = `${here} enters ${there}, signed on ${on}`;
        expect(await world.endpoint(there).clients.reader.getCode({ address: proxy }), title).to.equal(
          undefined,
        );
        await world.send({ on, by: alice, to: visitor, call: "enter" });
        expect(await world.read(visitor, "place"), title).to.equal(1n);
        expect(await world.read(gate, "tries"), title).to.equal(1n);
      }
  },
);
