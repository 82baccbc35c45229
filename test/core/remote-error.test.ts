import { expect } from "chai";
import { encodeErrorResult, encodeFunctionData, keccak256, pad, parseGwei, toHex } from "viem";
import { type Builder, createBuilder } from "../../builder/core/builder.ts";
import { ledgerAbi } from "../../builder/kinds/ledger/abi.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { accountAt, builderAccount, deploy, type Lockstep, startLockstep } from "./setup.ts";
import { unprovenLedgerKind, UnprovenProver } from "./unproven.ts";

/** What the simulation passes on of a failure on a rollup is what L1 passes on. */
describe("a failure that imitates a miss", function () {
  this.timeout(180_000);
  const user = accountAt(1);
  let lockstep: Lockstep;
  let builder: Builder;

  before(async () => {
    lockstep = await startLockstep();
    builder = await createBuilder({
      l1Rpc: lockstep.l1.url,
      manager: lockstep.rollups,
      rollups: [{ id: lockstep.ledger, kind: unprovenLedgerKind, verificationKeys: lockstep.keys }],
      account: builderAccount,
      prover: new UnprovenProver(),
    });
  });
  after(async () => {
    await builder.stop();
    await lockstep.l1.close();
  });

  it("is told from one by a contract that looks", async () => {
    const actor = await deploy(lockstep.l1, "Actor");
    const buyer = await deploy(lockstep.l1, "ThriftyBuyer", [lockstep.ledgerProxy]);
    const imitation = encodeErrorResult({
      abi: rollupsAbi,
      errorName: "ExecutionNotFound",
      args: [pad("0x77")],
    });
    const input = keccak256(toHex("imitate"));
    const programmed = await lockstep.l1.writer(user).writeContract({
      ...actor,
      functionName: "program",
      args: [input, [], false, true, false, imitation],
    });
    await lockstep.l1.reader.waitForTransactionReceipt({ hash: programmed });
    // The ledger sends to the actor on L1, which fails; so does the ledger, with the same data.
    const args = [0n, actor.address, 0n, input] as const;
    const order = encodeFunctionData({ abi: ledgerAbi, functionName: "send", args });
    const raw = await user.signTransaction({
      chainId: 31337,
      type: "eip1559",
      nonce: await lockstep.l1.reader.getTransactionCount({ address: user.address }),
      gas: 3_000_000n,
      maxFeePerGas: parseGwei("10"),
      to: buyer.address,
      data: encodeFunctionData({ abi: buyer.abi, functionName: "buy", args: [order] }),
    });
    const hash = await builder.submit(raw, () => Promise.reject(new Error("was forwarded")));
    await builder.idle();
    expect(builder.status(hash)).to.include({ state: "posted" });
    const read = (functionName: string) =>
      lockstep.l1.reader.readContract({ address: buyer.address, abi: buyer.abi, functionName });
    expect(await read("lastRefusal")).to.equal(imitation);
    expect(await read("refused")).to.equal(1n);
  });
});
