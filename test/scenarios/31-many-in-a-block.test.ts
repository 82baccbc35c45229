import { expect } from "chai";
import { encodeErrorResult, type Hex } from "viem";
import { accountAt } from "../core/setup.ts";
import { holdProofs } from "./support/held.ts";
import { scenario } from "./support/scenario.ts";
import type { SolidityChain } from "./support/scenario-chains.ts";

/**
 * Hardhat's accounts but the deployer's, alice's and the builder's; those beyond have no Ether, and need none
 * on A.
 */
const onL1 = [2, 3, 4, 5, 6, 7, 8, 10, 11, 12].map(accountAt);
const onA = [13, 14, 15, 16, 17, 18, 19, 20, 21, 22].map(accountAt);

const description = {
  number: 31,
  name: "many in a block",
  // The ledger is there only to keep A waiting for a proof, so that all others come into one batch.
  chains: ["L1", "A", "LEDGER"],
} as const;

scenario(description, async (world) => {
  const plan = await world.deploy("A", "SeatPlan");
  await world.addressOn(plan, "L1");
  const reserve = async (on: SolidityChain, index: number, seat: bigint): Promise<Hex> => {
    const by = (on === "L1" ? onL1 : onA)[index];
    if (by === undefined) throw new Error(`no user ${index}`);
    const data = await world.encode({ to: plan, call: "reserve", args: [seat] });
    return await world.submit({ on, by, to: plan, data, gas: 1_000_000n });
  };

  using held = await holdProofs(world, { to: plan, call: "reserve", args: [100n] });
  // Seat 5 is free when the first of L1's users asks for it. Transactions signed for A come before L1's in a
  // batch.
  const late = await reserve("L1", 0, 5n);
  const hashes: Hex[] = [];
  for (let index = 0; index < onA.length; index++) hashes.push(await reserve("A", index, BigInt(index) + 1n));
  for (let index = 1; index < onL1.length; index++)
    hashes.push(await reserve("L1", index, BigInt(index) + 20n));
  held.release();
  await world.builder.idle();

  const failed = world.builder.status(late);
  const holder = onA[4]?.address;
  const data = encodeErrorResult({ abi: plan.abi, errorName: "Taken", args: [5n, holder] });
  expect(failed, "who came too late").to.deep.include({
    state: "failed",
    code: "TRANSACTION_REVERTED",
    data,
  });
  expect(
    await world.endpoint("L1").clients.reader.getTransactionCount({ address: onL1[0]!.address }),
  ).to.equal(0);

  const blocks = hashes.map((hash) => {
    const status = world.builder.status(hash);
    expect(status?.state, `the status of ${hash}`).to.equal("posted");
    return status?.state === "posted" ? status.blockNumber : undefined;
  });
  expect(new Set(blocks).size, "blocks").to.equal(1);
  expect(await world.read(plan, "reserved")).to.equal(20n);
  for (const [index, user] of onA.entries())
    expect(await world.read(plan, "holderOf", [BigInt(index) + 1n])).to.equal(user.address);
  for (const [index, { address }] of onL1.entries()) {
    if (index === 0) continue;
    const proxy = await world.knownAs({ chain: "L1", address }, "A");
    expect(await world.read(plan, "holderOf", [BigInt(index) + 20n])).to.equal(proxy);
  }
  const posted = world.events.findLast(({ type }) => type === "posted");
  if (posted?.type !== "posted" || posted.batchGas === undefined) throw new Error("no batch was posted");
  const receipts = await Promise.all(
    hashes.slice(onA.length).map((hash) => world.l1.reader.getTransactionReceipt({ hash })),
  );
  const transaction = receipts.reduce((sum, { gasUsed }) => sum + gasUsed, 0n);
  world.gas.push({ batch: posted.batchGas, transaction });
});
