import { expect } from "chai";
import { encodeFunctionData } from "viem";
import { count, views } from "./support/observe.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 20, name: "static write", chains: ["L1", "A", "B"] }, async (world) => {
  // A static write uses up all its gas; of a rollup's transaction on L1 that is what the transaction has for
  // it.
  const directions = [
    ["L1", "A"],
    ["A", "B"],
    ["A", "L1"],
  ] as const;
  for (const [probeOn, counterOn] of directions) {
    const observed = await asOnOneChain(world, async (chains) => {
      const counter = await chains.deploy(counterOn, "Counter");
      const probe = await chains.deploy(probeOn, "StaticProbe");
      await chains.addressOn(counter, probeOn);
      const root = async () => (counterOn === "L1" ? 0n : await world.root(counterOn));
      const before = await root();
      const data = encodeFunctionData({ abi: counter.abi, functionName: "increment" });
      await chains.send({
        on: probeOn,
        by: alice,
        to: probe,
        call: "probe",
        args: [counter, data, 2_000_000n],
      });
      expect(await root(), `the root of ${counterOn}`).to.equal(before);
      return {
        probe: await views(chains, probe, "succeeded", "answer", "count"),
        counter: await count(chains, counter),
      };
    });
    expect(observed, `${probeOn} to ${counterOn}`).to.deep.equal({
      probe: { succeeded: false, answer: "0x", count: 1n },
      counter: 0n,
    });
  }
});
