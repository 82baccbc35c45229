import { expect } from "chai";
import { passOn } from "./support/pass-on.ts";
import { refusalOf } from "./support/refusal.ts";
import type { Party, SolidityChain } from "./support/scenario-chains.ts";
import { scenario } from "./support/scenario.ts";
import { alice, bob } from "./support/world.ts";

const PAIRS: readonly (readonly [SolidityChain, SolidityChain])[] = [
  ["L1", "A"],
  ["A", "L1"],
  ["A", "B"],
];

scenario({ number: 53, name: "paid by transfer", chains: ["L1", "A", "B"] }, async (world) => {
  for (const chain of ["A", "B"] as const)
    for (const { address } of [alice, bob])
      await world.transfer({ on: "L1", by: alice, to: { chain, address }, value: 1_000_000n });
  for (const [here, there] of PAIRS) {
    const title = `from ${here} to ${there}`;
    const payer = await world.deploy(here, "OldPayer");
    await world.transfer({ on: here, by: alice, to: payer, value: 100n });
    const purse = await world.deploy(there, "Purse");
    const proxy: Party = { chain: here, address: await world.addressOn(purse, here) };
    const ask = async (call: string, args: readonly bigint[]) =>
      await world.send({ on: here, by: alice, to: payer, call, args: [proxy, ...args] });

    // 2,300 gas do not reach another chain: the Ether waits at the proxy.
    await ask("pay", [7n]);
    await ask("offer", [5n]);
    await ask("payWithGas", [3n, 0n]);
    expect(await world.balance(proxy), title).to.equal(15n);
    expect(await world.read(purse, "received"), title).to.equal(0n);

    // Little gas is not few enough to wait, and too few to cross.
    await refusalOf(ask("payWithGas", [2n, 3_000n]));
    expect(await world.balance(proxy), title).to.equal(15n);

    expect(await passOn(world, here, purse), title).to.equal(true);
    expect(await world.balance(proxy), title).to.equal(0n);
    expect(await world.balance(purse), title).to.equal(15n);
    expect(await world.read(purse, "received"), title).to.equal(1n);

    // With enough gas nothing waits.
    await ask("payWithGas", [4n, 1_000_000n]);
    expect(await world.balance(proxy), title).to.equal(0n);
    expect(await world.balance(purse), title).to.equal(19n);
  }
});
