import { expect } from "chai";
import { encodeAbiParameters, encodeErrorResult, encodeFunctionData, parseEther } from "viem";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import type { Party } from "./support/scenario-chains.ts";
import { alice, bob, deployer } from "./support/world.ts";

scenario({ number: 23, name: "value out", chains: ["L1", "A"] }, async (world) => {
  const ether = parseEther("1");
  const contracts = await asOnOneChain(world, async (chains) => {
    const jar = await chains.deploy("A", "TipJar", [alice.address]);
    await chains.transfer({ on: "L1", by: bob, to: jar, value: 3n * ether });
    const pay = async (to: Party, value: bigint, data: `0x${string}`) => {
      const sent = await chains.send({ on: "A", by: alice, to: jar, call: "pay", args: [to, value, data] });
      return sent.events(jar);
    };
    // An account that no other test uses, so that its balance is exact.
    const account = { chain: "L1", address: freshAddress(chains === world ? 1 : 2) } as const;
    const desk = await chains.deploy("L1", "InvoiceDesk");
    const closed = await chains.deploy("L1", "ClosedDesk");
    const payee = async (party: Party) => await chains.addressOn(party, "A");

    const data = encodeFunctionData({ abi: desk.abi, functionName: "pay", args: [7n] });
    const toAccount = await pay(account, ether, "0x");
    expect(toAccount).to.deep.equal([
      { name: "Paid", args: { to: await payee(account), amount: ether, answer: "0x" } },
    ]);
    const toDesk = await pay(desk, ether / 2n, data);
    const answer = encodeAbiParameters([{ type: "uint256" }, { type: "uint256" }], [1n, ether / 2n]);
    expect(toDesk).to.deep.equal([
      { name: "Paid", args: { to: await payee(desk), amount: ether / 2n, answer } },
    ]);
    const toClosed = await pay(closed, ether / 4n, "0x");
    const args = [await chains.addressOn(jar, "L1"), ether / 4n];
    const reason = encodeErrorResult({ abi: closed.abi, errorName: "NotAccepting", args });
    expect(toClosed).to.deep.equal([
      { name: "Refused", args: { to: await payee(closed), amount: ether / 4n, reason } },
    ]);
    return {
      jar: await chains.balance(jar),
      account: await chains.balance(account),
      desk: await chains.balance(desk),
      invoice: await chains.read(desk, "paid", [7n]),
      closed: await chains.balance(closed),
    };
  });
  const half = ether / 2n;
  expect(contracts).to.deep.equal({ jar: 3n * half, account: ether, desk: half, invoice: half, closed: 0n });
  expect((await world.onL1("A")).ether, "held for A").to.equal(3n * half);

  // A user's own transactions: no contract in between.
  const user = { chain: "A", address: bob.address } as const;
  await world.transfer({ on: "L1", by: deployer, to: user, value: ether });
  const account = { chain: "L1", address: freshAddress(3) } as const;
  expect((await world.transfer({ on: "A", by: bob, to: account, value: half })).success).to.equal(true);
  const closed = await world.deploy("L1", "ClosedDesk");
  const rejected = await world.transfer({ on: "A", by: bob, to: closed, value: half, gas: 1_000_000n });
  expect(rejected.success, "a payment to a closed desk").to.equal(false);
  expect(await world.balance(account)).to.equal(half);
  expect(await world.balance(user)).to.equal(half);
  expect(await world.balance(closed)).to.equal(0n);
});

function freshAddress(index: number): `0x${string}` {
  return `0x${index.toString().padStart(40, "f")}`;
}
