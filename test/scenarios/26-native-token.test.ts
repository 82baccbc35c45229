import { expect } from "chai";
import { parseEther } from "viem";
import { count } from "./support/observe.ts";
import { refusalOf } from "./support/refusal.ts";
import { scenario } from "./support/scenario.ts";
import { alice, bob, carol } from "./support/world.ts";

const unit = parseEther("1");
const balances = new Map([[lower(bob.address), 5n * unit]]);
const evm = { A: { balances, nativeToken: true } };

scenario({ number: 26, name: "native token", chains: ["L1", "A", "B"], evm }, async (world) => {
  const counter = await world.deploy("A", "Counter");
  const [onL1, onA, onB] = (["L1", "A", "B"] as const).map((chain) => ({ chain, address: carol.address }));
  if (onL1 === undefined || onA === undefined || onB === undefined) throw new Error("three chains");
  for (const party of [onL1, onB]) await world.addressOn(party, "A");
  await world.addressOn(onA, "L1");
  await world.addressOn(onA, "B");
  const before = { root: await world.root("A"), payee: await world.balance(onL1) };

  // L1 ⇒ A, A ⇒ L1, A ⇒ B: no Ether crosses, and no token that is none.
  const gas = 1_000_000n;
  await world.transfer({ on: "L1", by: alice, to: { chain: "B", address: alice.address }, value: unit });
  const attempts = [
    { on: "L1", by: alice, to: onA, value: 1n, gas },
    { on: "B", by: alice, to: onA, value: 1n, gas },
    { on: "A", by: bob, to: onL1, value: 1n, gas },
    { on: "A", by: bob, to: onB, value: 1n, gas },
  ] as const;
  for (const attempt of attempts) {
    const { code, message } = await refusalOf(world.transfer(attempt));
    expect(code, `${attempt.on} to ${attempt.to.chain}: ${message}`).to.equal("NATIVE_TOKEN_ROLLUP");
  }
  expect(await world.root("A"), "A's root").to.equal(before.root);
  expect(await world.balance(onL1)).to.equal(before.payee);
  expect(await world.balance(onB)).to.equal(0n);

  // Calls without value, and the token at home, work as ever.
  await world.send({ on: "L1", by: alice, to: counter, call: "increment" });
  expect(await count(world, counter)).to.equal(1n);
  expect((await world.transfer({ on: "A", by: bob, to: onA, value: unit })).success).to.equal(true);
  expect(await world.balance(onA)).to.equal(unit);
  expect((await world.onL1("A")).ether, "held for A").to.equal(0n);
});

function lower(address: string): `0x${string}` {
  return `0x${address.slice(2).toLowerCase()}`;
}
