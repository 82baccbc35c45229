import { expect } from "chai";
import { toFunctionSelector } from "viem";
import { deployBridge, supplies } from "./support/bridge.ts";
import { views } from "./support/observe.ts";
import { refusalOf } from "./support/refusal.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import type { ScenarioChains } from "./support/scenario-chains.ts";
import { alice } from "./support/world.ts";

const LOAN = 10_000n;
const FEE = 9n;

scenario({ number: 28, name: "flash loan", chains: ["L1", "A"] }, async (world) => {
  const done = await asOnOneChain(world, async (chains) => {
    const { lender, member, club, observe } = await stageLoan(chains, "FlashMember");
    const self = await chains.addressOn(member, "A");
    await chains.send({ on: "L1", by: alice, to: member, call: "join", args: [LOAN, self] });
    expect(await chains.read(club, "memberNumber", [self])).to.equal(1n);
    expect(
      await chains.read(lender, "maxFlashLoan", [await chains.read(lender, "TOKEN").then(String)]),
    ).to.equal(LOAN + FEE);
    return await observe();
  });
  expect(done).to.deep.equal({
    member: { memberNumber: 1n },
    club: { members: 1n },
    pool: LOAN + FEE,
    left: 0n,
    supplies: { locked: 0n, minted: 0n },
  });

  const defaulted = await asOnOneChain(world, async (chains) => {
    const { member, observe } = await stageLoan(chains, "FlashDefaulter");
    const self = await chains.addressOn(member, "A");
    const before = await world.root("A");
    const attempt = chains.send({ on: "L1", by: alice, to: member, call: "join", args: [LOAN, self] });
    const refusal = await refusalOf(attempt);
    expect(refusal.data, "why the pool refuses").to.equal(toFunctionSelector("TransferFromFailed()"));
    expect(await world.root("A"), "A's root").to.equal(before);
    return await observe();
  });
  expect(defaulted).to.deep.equal({
    member: { memberNumber: 0n },
    club: { members: 0n },
    pool: LOAN,
    left: FEE,
    supplies: { locked: 0n, minted: 0n },
  });
});

/** A pool on L1 and a club on A that asks for more than the borrower has. */
async function stageLoan(chains: ScenarioChains, borrower: "FlashMember" | "FlashDefaulter") {
  const bridge = await deployBridge(chains, LOAN + FEE);
  const { token, vault, wrapped } = bridge;
  const lender = await chains.deploy("L1", "FlashLender", [token]);
  const club = await chains.deploy("A", "HoldersClub", [wrapped, LOAN]);
  const member = await chains.deploy("L1", borrower, [lender, vault, club]);
  await chains.send({ on: "L1", by: alice, to: token, call: "transfer", args: [lender, LOAN] });
  await chains.send({ on: "L1", by: alice, to: token, call: "transfer", args: [member, FEE] });
  const observe = async () => ({
    member: await views(chains, member, "memberNumber"),
    club: await views(chains, club, "members"),
    pool: await chains.read(token, "balanceOf", [lender]),
    left: await chains.read(token, "balanceOf", [member]),
    supplies: await supplies(chains, bridge),
  });
  return { lender, member, club, observe };
}
