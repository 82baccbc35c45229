import { expect } from "chai";
import { encodeAbiParameters, encodeFunctionData, parseEther } from "viem";
import { scenario } from "./support/scenario.ts";
import type { ChainName, Contract, Party } from "./support/scenario-chains.ts";
import { alice, bob, type World } from "./support/world.ts";

const ether = parseEther("1");

// The ledger's visits are really proven here; those of A are not, as those of no EVM rollup are.
scenario({ number: 30, name: "ledger", chains: ["L1", "A", "LEDGER"], ledger: "groth16" }, async (world) => {
  // L1 ⇒ ledger: deposit, transfer, back to L1, balanceOf.
  const onL1 = await world.deploy("L1", "LedgerUser", [world.ledger, 0n]);
  const tour = [0n, bob.address, 100n, 250n];
  const toured = await world.send({ on: "L1", by: alice, to: onL1, call: "tour", args: tour, value: 1_000n });
  expect(toured.events(onL1)).to.deep.equal([{ name: "Toured", args: { balance: 650n } }]);
  expect(await world.balance(onL1)).to.equal(250n);
  expect(await inLedger(world, onL1)).to.equal(650n);
  expect(await inLedger(world, { chain: "L1", address: bob.address })).to.equal(100n);
  await expectHeld(world, { A: 0n, LEDGER: 750n });

  // A ⇒ ledger ⇒ A: A is entered again while it waits.
  const onA = await world.deploy("A", "LedgerUser", [world.ledger, world.idOf("A")]);
  await world.transfer({ on: "L1", by: alice, to: onA, value: ether });
  const home = [world.idOf("A"), onA.address, 70n, "0x"];
  const round = await world.send({ on: "A", by: alice, to: onA, call: "payThrough", args: home });
  expect(round.success).to.equal(true);
  expect(round.events(onA)).to.deep.equal([{ name: "Answered", args: { answer: "0x" } }]);
  expect(await world.balance(onA)).to.equal(ether);
  expect(await inLedger(world, onA)).to.equal(0n);
  await expectHeld(world, { A: ether, LEDGER: 750n });

  // A ⇒ ledger ⇒ L1, with a call, and its answer all the way back.
  const desk = await world.deploy("L1", "InvoiceDesk");
  const data = encodeFunctionData({ abi: desk.abi, functionName: "pay", args: [7n] });
  const args = [0n, desk.address, ether / 2n, data];
  const paid = await world.send({ on: "A", by: alice, to: onA, call: "payThrough", args });
  expect(paid.success).to.equal(true);
  const answer = encodeAbiParameters([{ type: "uint256" }, { type: "uint256" }], [1n, ether / 2n]);
  expect(paid.events(onA)).to.deep.equal([{ name: "Answered", args: { answer } }]);
  expect(await world.balance(desk)).to.equal(ether / 2n);
  expect(await world.read(desk, "paid", [7n])).to.equal(ether / 2n);
  expect(await world.balance(onA)).to.equal(ether / 2n);
  expect(await inLedger(world, onA)).to.equal(0n);
  await expectHeld(world, { A: ether / 2n, LEDGER: 750n });
});

async function inLedger(world: World, { chain, address }: Party | Contract): Promise<bigint> {
  return (await world.builder.account(world.idOf("LEDGER"), world.idOf(chain), address)).balance;
}

async function expectHeld(world: World, held: Partial<Record<ChainName, bigint>>): Promise<void> {
  for (const [chain, wei] of [["A", held.A] as const, ["LEDGER", held.LEDGER] as const])
    expect((await world.onL1(chain)).ether, `held for ${chain}`).to.equal(wei);
}
