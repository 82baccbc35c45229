import { expect } from "chai";
import { toFunctionSelector } from "viem";
import { deployBridge, supplies } from "./support/bridge.ts";
import { views } from "./support/observe.ts";
import { refusalOf } from "./support/refusal.ts";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import type { Stage } from "./support/stage.ts";
import { alice } from "./support/world.ts";

const LOAN = 10_000n;
const FEE = 9n;

scenario({ number: 28, name: "flash loan", chains: ["L1", "A"] }, async (world) => {
  const done = await asOnOneChain(world, async (stage) => {
    const { lender, member, club, observe } = await stageLoan(stage, "FlashMember");
    const self = await stage.addressOn(member, "A");
    await stage.send({ on: "L1", by: alice, to: member, call: "join", args: [LOAN, self] });
    expect(await stage.read(club, "memberNumber", [self])).to.equal(1n);
    expect(
      await stage.read(lender, "maxFlashLoan", [await stage.read(lender, "TOKEN").then(String)]),
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

  const defaulted = await asOnOneChain(world, async (stage) => {
    const { member, observe } = await stageLoan(stage, "FlashDefaulter");
    const self = await stage.addressOn(member, "A");
    const before = await world.root("A");
    const attempt = stage.send({ on: "L1", by: alice, to: member, call: "join", args: [LOAN, self] });
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
async function stageLoan(stage: Stage, borrower: "FlashMember" | "FlashDefaulter") {
  const bridge = await deployBridge(stage, LOAN + FEE);
  const { token, vault, wrapped } = bridge;
  const lender = await stage.deploy("L1", "FlashLender", [token]);
  const club = await stage.deploy("A", "HoldersClub", [wrapped, LOAN]);
  const member = await stage.deploy("L1", borrower, [lender, vault, club]);
  await stage.send({ on: "L1", by: alice, to: token, call: "transfer", args: [lender, LOAN] });
  await stage.send({ on: "L1", by: alice, to: token, call: "transfer", args: [member, FEE] });
  const observe = async () => ({
    member: await views(stage, member, "memberNumber"),
    club: await views(stage, club, "members"),
    pool: await stage.read(token, "balanceOf", [lender]),
    left: await stage.read(token, "balanceOf", [member]),
    supplies: await supplies(stage, bridge),
  });
  return { lender, member, club, observe };
}
