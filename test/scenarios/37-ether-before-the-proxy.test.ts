import { expect } from "chai";
import { passOn } from "./support/pass-on.ts";
import { scenario } from "./support/scenario.ts";
import type { Party, SolidityChain } from "./support/scenario-chains.ts";
import { alice, bob } from "./support/world.ts";

const PAIRS: readonly (readonly [SolidityChain, SolidityChain])[] = [
  ["L1", "A"],
  ["A", "L1"],
  ["A", "B"],
];

scenario({ number: 37, name: "Ether before the proxy", chains: ["L1", "A", "B"] }, async (world) => {
  // Alice has Ether everywhere.
  for (const chain of ["A", "B"] as const)
    for (const { address } of [alice, bob])
      await world.transfer({ on: "L1", by: alice, to: { chain, address }, value: 1_000_000n });
  for (const [here, there] of PAIRS) {
    const title = `from ${here} to ${there}`;
    const purse = await world.deploy(there, "Purse");
    const early: Party = { chain: here, address: await world.knownAs(purse, here) };
    await world.transfer({ on: here, by: alice, to: early, value: 7n });
    expect(await world.balance(early), title).to.equal(7n);
    // The first call creates the proxy; what lay there is not its caller's.
    await world.transfer({ on: here, by: alice, to: purse, value: 5n });
    expect(await world.balance(purse), title).to.equal(5n);
    expect(await world.balance(early), title).to.equal(7n);
    expect(await passOn(world, here, purse), title).to.equal(true);
    expect(await world.balance(purse), title).to.equal(12n);
    expect(await world.balance(early), title).to.equal(0n);
    expect(await world.read(purse, "received"), title).to.equal(2n);
    // Nothing lies there: nothing happens.
    expect(await passOn(world, here, purse), title).to.equal(true);
    expect(await world.read(purse, "received"), title).to.equal(2n);

    // Without a call before: the proxy is created by it.
    const other = await world.deploy(there, "Purse");
    const ahead: Party = { chain: here, address: await world.knownAs(other, here) };
    await world.transfer({ on: here, by: alice, to: ahead, value: 3n });
    expect(await passOn(world, here, other), title).to.equal(true);
    expect(await world.balance(other), title).to.equal(3n);

    // Who takes none leaves it where it is.
    await world.transfer({ on: here, by: alice, to: ahead, value: 2n });
    expect(await world.balance(other), title).to.equal(5n);
    const shut = await world.deploy(there, "Purse");
    await world.send({ on: there, by: alice, to: shut, call: "close" });
    const waiting: Party = { chain: here, address: await world.knownAs(shut, here) };
    await world.transfer({ on: here, by: alice, to: waiting, value: 4n });
    let refusal: unknown;
    await passOn(world, here, shut).catch((error: unknown) => (refusal = error));
    expect(String(refusal), title).to.contain("closed");
    expect(await world.balance(waiting), title).to.equal(4n);
  }
});
