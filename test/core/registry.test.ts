import { expect } from "chai";
import { type Abi, type Address, encodeFunctionData, type Hex, keccak256, parseGwei, toHex } from "viem";
import { type Builder, createBuilder } from "../../builder/core/builder.ts";
import { LEDGER, ledgerAbi } from "../../builder/kinds/ledger/abi.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { L1 } from "../../builder/protocol/ids.ts";
import { accountAt, builderAccount, deploy, type Lockstep, startLockstep } from "./setup.ts";
import { unprovenLedgerKind, UnprovenProver } from "./unproven.ts";

/**
 * What contracts read of the rollups while transactions change them is in the simulation what it will be on
 * L1.
 */
describe("rollupOf in the middle of a transaction", function () {
  this.timeout(180_000);
  const user = accountAt(1);
  let lockstep: Lockstep;
  let builder: Builder;
  let prover: UnprovenProver;
  let reader: { address: Address; abi: Abi };

  before(async () => {
    lockstep = await startLockstep();
    const second = await lockstep.register();
    prover = new UnprovenProver();
    builder = await createBuilder({
      l1Rpc: lockstep.l1.url,
      manager: lockstep.rollups,
      rollups: [lockstep.ledger, second].map((id) => ({
        id,
        kind: unprovenLedgerKind,
        verificationKeys: lockstep.keys,
      })),
      account: builderAccount,
      prover,
    });
    reader = await deploy(lockstep.l1, "RegistryReader");
  });
  after(async () => {
    await builder.stop();
    await lockstep.l1.close();
  });

  async function submit(to: Address, data: Hex, value: bigint, signer = user, ahead = 0): Promise<Hex> {
    const nonce = (await lockstep.l1.reader.getTransactionCount({ address: signer.address })) + ahead;
    const raw = await signer.signTransaction({
      chainId: 31337,
      type: "eip1559",
      nonce,
      gas: 3_000_000n,
      maxFeePerGas: parseGwei("10"),
      to,
      data,
      value,
    });
    return await builder.submit(raw, () => Promise.reject(new Error("was forwarded")));
  }
  const read = (functionName: "readAround" | "readOnly", rollup: bigint): Hex =>
    encodeFunctionData({
      abi: reader.abi,
      functionName,
      args: [lockstep.rollups, rollup, lockstep.ledgerProxy],
    });
  async function expectSuccess(hash: Hex): Promise<void> {
    await builder.idle();
    expect(builder.status(hash)).to.include({ state: "posted" });
    expect((await lockstep.l1.reader.getTransactionReceipt({ hash })).status).to.equal("success");
  }

  it("is new after a call", async () => {
    for (const value of [100n, 50n]) {
      await expectSuccess(await submit(reader.address, read("readAround", 1n), value));
    }
    expect((await builder.account(lockstep.ledger, L1, reader.address)).balance).to.equal(148n);
  });

  it("is what earlier transactions of the same block left", async () => {
    let release: (() => void) | undefined;
    prover.meanwhile = () => new Promise<void>((resolve) => (release = resolve));
    await submit(lockstep.ledgerProxy, "0x", 1n, accountAt(4));
    const hashes = [
      await submit(lockstep.ledgerProxy, "0x", 7n),
      await submit(reader.address, read("readAround", 1n), 3n, user, 1),
      await submit(reader.address, read("readOnly", 1n), 0n, user, 2),
    ];
    prover.meanwhile = undefined;
    release?.();
    for (const hash of hashes) await expectSuccess(hash);
  });

  it("of a rollup that the batch does not visit is as it was", async () => {
    await expectSuccess(await submit(reader.address, read("readOnly", 2n), 0n));
  });

  it("of a rollup that waits in its own call is refused by name", async () => {
    const actor = await deploy(lockstep.l1, "Actor");
    const data = encodeFunctionData({ abi: rollupsAbi, functionName: "rollupOf", args: [lockstep.ledger] });
    const step = { target: lockstep.rollups, value: 0n, data, isStatic: true, mayFail: false, gas: 0n };
    const input = keccak256(toHex("look"));
    const hash = await lockstep.l1.writer(user).writeContract({
      ...actor,
      functionName: "program",
      args: [input, [step], false, false, true, "0x"],
    });
    await lockstep.l1.reader.waitForTransactionReceipt({ hash });
    const send = encodeFunctionData({
      abi: ledgerAbi,
      functionName: "send",
      args: [0n, actor.address, 0n, input],
    });
    const error: unknown = await submit(lockstep.ledgerProxy, send, 0n).catch((thrown: unknown) => thrown);
    expect(error).to.have.property("code", "SUSPENDED_ROLLUP_READ");
  });

  it("of a rollup that only a later transaction visits changes nothing for either", async () => {
    const secondProxy = await lockstep.createProxy(LEDGER, builder.rollups[1]?.id ?? L1);
    let release: (() => void) | undefined;
    prover.meanwhile = () => new Promise<void>((resolve) => (release = resolve));
    await submit(lockstep.ledgerProxy, "0x", 1n, accountAt(4));
    const first = await submit(reader.address, read("readOnly", 2n), 0n);
    const later = await submit(secondProxy, "0x", 5n, accountAt(5));
    prover.meanwhile = undefined;
    release?.();
    for (const hash of [first, later]) await expectSuccess(hash);
  });
});
