import { expect } from "chai";
import { parseEther } from "viem";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 24, name: "value round", chains: ["L1", "A", "B"] }, async (world) => {
  const ether = parseEther("1");
  const observed = await asOnOneChain(world, async (chains) => {
    const [home, onA, onB] = [
      await chains.deploy("L1", "Courier"),
      await chains.deploy("A", "Courier"),
      await chains.deploy("B", "Courier"),
    ];
    await chains.send({ on: "L1", by: alice, to: home, call: "setNext", args: [onA] });
    await chains.send({ on: "A", by: alice, to: onA, call: "setNext", args: [onB] });
    await chains.send({ on: "B", by: alice, to: onB, call: "setNext", args: [home] });
    await chains.send({ on: "L1", by: alice, to: home, call: "send", args: [3n], value: ether });
    const couriers = [home, onA, onB];
    return {
      passed: await Promise.all(couriers.map((courier) => chains.read(courier, "passed"))),
      balances: await Promise.all(couriers.map((courier) => chains.balance(courier))),
    };
  });
  expect(observed).to.deep.equal({ passed: [ether, ether, ether], balances: [ether, 0n, 0n] });
  for (const rollup of ["A", "B"] as const)
    expect((await world.onL1(rollup)).ether, `held for ${rollup}`).to.equal(0n);
});
