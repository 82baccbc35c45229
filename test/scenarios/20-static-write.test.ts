import { expect } from "chai";
import { encodeFunctionData } from "viem";
import { count, views } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 20, name: "static write", chains: ["L1", "A", "B"] }, async (world) => {
  // Not from A to L1: a static write uses up all its gas, and what a rollup's transaction may use on L1 is bounded
  // (OUTGOING_CALL_TOO_EXPENSIVE, docs/spec.md section 3).
  const directions = [
    ["L1", "A"],
    ["A", "B"],
  ] as const;
  for (const [probeOn, counterOn] of directions) {
    const observed = await asOnOneChain(world, async (stage) => {
      const counter = await stage.deploy(counterOn, "Counter");
      const probe = await stage.deploy(probeOn, "StaticProbe");
      await stage.addressOn(counter, probeOn);
      const root = async () => await world.root(counterOn);
      const before = await root();
      const data = encodeFunctionData({ abi: counter.abi, functionName: "increment" });
      await stage.send({
        on: probeOn,
        by: alice,
        to: probe,
        call: "probe",
        args: [counter, data, 2_000_000n],
      });
      expect(await root(), `the root of ${counterOn}`).to.equal(before);
      return {
        probe: await views(stage, probe, "succeeded", "answer", "count"),
        counter: await count(stage, counter),
      };
    });
    expect(observed, `${probeOn} to ${counterOn}`).to.deep.equal({
      probe: { succeeded: false, answer: "0x", count: 1n },
      counter: 0n,
    });
  }
});
