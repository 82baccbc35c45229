import { expect } from "chai";
import { rollupsAbi } from "../../../builder/protocol/abi.ts";
import { type ChainId, L1 } from "../../../builder/protocol/ids.ts";
import { TURN_RECORD } from "../../../builder/post/turn.ts";
import { BACKING, LEDGER_PURSE, POOL, SINKS } from "./purses.ts";
import type { Kind, Traffic } from "./traffic.ts";
import { PURSE, type TrialWorld } from "./world.ts";

/**
 * Everything that was accepted took effect, once; the rollups are where a follower of L1 finds them; the node
 * is as it was.
 */
export async function audit(world: TrialWorld, traffic: Traffic): Promise<void> {
  expect(traffic.lost, "lost").to.deep.equal([]);
  const { l1, ledger, rollups: manager } = world.lockstep;
  const { reader, node } = l1;
  const count = (kind: Kind): bigint =>
    BigInt(traffic.accepted.filter((accepted) => accepted.kind === kind).length);
  const hashes = traffic.accepted.map(({ hash }) => hash);
  expect(new Set(hashes).size, "each transaction is another one").to.equal(hashes.length);
  const reverted: string[] = [];
  for (const { kind, hash } of traffic.accepted) {
    if (!["plain", "deposit", "bring"].includes(kind)) continue;
    const { status } = await reader.getTransactionReceipt({ hash });
    if (status !== "success") reverted.push(`${kind} ${hash}`);
  }
  expect(reverted, "included as reverted").to.deep.equal([]);

  await using follower = await world.follow();
  const onLedger = async (chain: ChainId, who: `0x${string}`) => await follower.account(ledger, chain, who);
  const onA = async (who: `0x${string}`) => await follower.account(world.a, world.a, who);
  for (const [user, nonces] of traffic.nonces) {
    const { account, ledgerAccount } = user;
    const { address } = account;
    expect(await reader.getTransactionCount({ address }), "nonce on L1").to.equal(nonces.l1);
    const { balance, nonce } = await onLedger(ledger, ledgerAccount.address);
    expect(nonce, "nonce on the ledger").to.equal(BigInt(nonces.ledger));
    expect(balance, "balance on the ledger").to.equal(LEDGER_PURSE - BigInt(nonces.ledger));
    const a = await onA(address);
    expect(a.nonce, "nonce on A").to.equal(BigInt(nonces.a));
    expect(a.balance, "balance on A").to.equal(PURSE - BigInt(nonces.a));
  }
  expect(await reader.getBalance({ address: SINKS.plain })).to.equal(POOL + count("plain"));
  expect(await reader.getBalance({ address: SINKS.out })).to.equal(POOL + count("out"));
  expect((await onA(SINKS.bring)).balance).to.equal(BACKING + count("bring"));
  expect((await onA(SINKS.onA)).balance).to.equal(count("onA"));
  expect((await onLedger(L1, SINKS.ledger)).balance).to.equal(count("ledger"));

  for (const id of [ledger, world.a]) {
    const read = { address: manager, abi: rollupsAbi } as const;
    const { root } = await reader.readContract({ ...read, functionName: "rollupOf", args: [id] });
    expect(BigInt(root), `root of ${id}`).to.equal(await follower.stateRoot(id));
  }
  expect(await node.getAutomine(), "mines on demand").to.equal(true);
  expect((await reader.getBlock({ blockTag: "pending" })).transactions, "pool").to.deep.equal([]);
  expect(await reader.getCode({ address: TURN_RECORD })).to.equal(undefined);
}
