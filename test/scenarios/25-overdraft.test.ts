import { expect } from "chai";
import { parseEther } from "viem";
import { refusalOf } from "./support/refusal.ts";
import { scenario } from "./support/scenario.ts";
import { alice, bob, carol } from "./support/world.ts";

const ether = parseEther("1");
// The only way to have more on a rollup than L1 holds for it: Ether that was there from the start.
const balances = new Map([[lower(bob.address), 5n * ether]]);

scenario({ number: 25, name: "overdraft", chains: ["L1", "A"], evm: { A: { balances } } }, async (world) => {
  const rich = { chain: "A", address: bob.address } as const;
  const payee = { chain: "L1", address: carol.address } as const;
  await world.addressOn(payee, "A");
  const before = { root: await world.root("A"), payee: await world.balance(payee) };
  const attempt = { on: "A", by: bob, to: payee, value: ether } as const;
  const held = async () => (await world.onL1("A")).ether;

  const expectRefused = async () => {
    const refusal = await refusalOf(world.transfer({ ...attempt, gas: 1_000_000n }));
    expect(refusal.code).to.equal("INSUFFICIENT_ROLLUP_BALANCE");
    expect(refusal.message)
      .to.contain(`${ether} wei`)
      .and.to.contain(`${await held()} wei`);
  };
  await expectRefused();
  expect(await world.root("A"), "A's root").to.equal(before.root);
  expect(await world.balance(rich)).to.equal(5n * ether);
  expect(await world.balance(payee)).to.equal(before.payee);

  // As much as L1 holds can go, and no wei more.
  await world.transfer({
    on: "L1",
    by: alice,
    to: { chain: "A", address: alice.address },
    value: ether - 1n,
  });
  await expectRefused();
  await world.transfer({ on: "L1", by: alice, to: { chain: "A", address: alice.address }, value: 1n });
  expect((await world.transfer(attempt)).success).to.equal(true);
  expect(await held()).to.equal(0n);
  expect(await world.balance(rich)).to.equal(4n * ether);
  expect(await world.balance(payee)).to.equal(before.payee + ether);
});

function lower(address: string): `0x${string}` {
  return `0x${address.slice(2).toLowerCase()}`;
}
