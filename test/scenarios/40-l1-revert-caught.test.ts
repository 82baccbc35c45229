import { expect } from "chai";
import { brokenError } from "./support/faulty.ts";
import { count } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 40, name: "L1's revert caught on a rollup", chains: ["L1", "A"] }, async (world) => {
  // Signed for A, and by the proxy of A's contract on L1.
  for (const on of ["A", "L1"] as const) {
    const observed = await asOnOneChain(world, async (chains) => {
      const faulty = await chains.deploy("L1", "FaultyCounter");
      const caller = await chains.deploy("A", "SafeCounterCaller", [faulty]);
      const { success } = await chains.send({ on, by: alice, to: caller, call: "bump" });
      const by = chains === world ? await world.knownAs(caller, "L1") : caller.address;
      expect(await chains.read(caller, "lastError"), "the error, byte for byte").to.equal(
        brokenError(faulty, by),
      );
      return {
        success,
        failed: await chains.read(caller, "failed"),
        count: await count(chains, caller),
        faulty: await count(chains, faulty),
      };
    });
    expect(observed, on).to.deep.equal({ success: true, failed: true, count: 1n, faulty: 0n });
  }
});
