import { expect } from "chai";
import { encodeFunctionData, type Hex, parseEther, parseGwei } from "viem";
import { planBatch } from "../../builder/batch/plan.ts";
import { unprovenLedgerKind } from "./unproven.ts";
import { LedgerAccount } from "../../builder/kinds/ledger/client.ts";
import { ledgerAbi } from "../../builder/kinds/ledger/abi.ts";
import type { RollupMachine } from "../../builder/kinds/kind.ts";
import { connectL1 } from "../../builder/l1/client.ts";
import { readHead } from "../../builder/l1/head.ts";
import { L1 } from "../../builder/protocol/ids.ts";
import { Fork } from "../../builder/simulate/fork.ts";
import { ProxyAddresses } from "../../builder/simulate/proxy-addresses.ts";
import { Simulation } from "../../builder/simulate/simulation.ts";
import { decodeTransaction } from "../../builder/intake/decode.ts";
import { accountAt, artefact, builderAccount, deploy, type Lockstep, startLockstep } from "./setup.ts";

describe("simulation", function () {
  this.timeout(180_000);
  const user = accountAt(1);
  let lockstep: Lockstep;
  let machine: RollupMachine;

  before(async () => {
    lockstep = await startLockstep();
  });
  after(() => lockstep.l1.close());
  beforeEach(async () => {
    machine = await unprovenLedgerKind.open({ id: lockstep.ledger });
  });

  async function simulate(): Promise<Simulation> {
    const l1 = connectL1(lockstep.l1.url);
    const head = await readHead(l1, lockstep.rollups, [lockstep.ledger]);
    return new Simulation({
      fork: new Fork(l1, head.hash),
      next: head.next,
      context: { l1ChainId: 31337n, manager: lockstep.rollups, timestamp: head.timestamp + 1n },
      machines: new Map([[lockstep.ledger, machine]]),
      ether: head.rollups,
      proxies: new ProxyAddresses(l1, lockstep.rollups),
    });
  }

  async function sign(call: { to?: `0x${string}`; data?: Hex; value?: bigint; ahead?: number }) {
    const { l1 } = lockstep;
    const nonce = (await l1.reader.getTransactionCount({ address: user.address })) + (call.ahead ?? 0);
    const raw = await user.signTransaction({
      chainId: 31337,
      type: "eip1559",
      nonce,
      gas: 4_000_000n,
      maxFeePerGas: parseGwei("10"),
      to: call.to,
      data: call.data,
      value: call.value,
    });
    return decodeTransaction(raw, 31337n).tx;
  }

  const transfer = (amount: bigint): Hex =>
    encodeFunctionData({
      abi: ledgerAbi,
      functionName: "transfer",
      args: [0n, accountAt(2).address, amount],
    });

  it("plays a deposit, a transfer and a view, and undoes them on close", async () => {
    const genesis = machine.stateRoot();
    const simulation = await simulate();
    const deposit = await simulation.transaction(await sign({ to: lockstep.ledgerProxy, value: 1000n }));
    expect(deposit).to.deep.include({ success: true, data: "0x", crossesChains: true });
    expect(machine.account(L1, BigInt(user.address)).balance).to.equal(1000n);
    const paid = await simulation.transaction(
      await sign({ to: lockstep.ledgerProxy, data: transfer(400n), ahead: 1 }),
    );
    expect(BigInt(paid.data)).to.equal(1n);
    expect(machine.account(L1, BigInt(accountAt(2).address)).balance).to.equal(400n);
    const context = { l1ChainId: 31337n, manager: lockstep.rollups, timestamp: 1n };
    const plan = planBatch(simulation.executions(), context, { jointOf: () => undefined });
    expect(plan.executions.map(({ actions }) => actions.length)).to.deep.equal([2, 2]);
    expect(plan.visits).to.have.length(2);
    simulation.close();
    expect(machine.stateRoot()).to.equal(genesis);
  });

  it("keeps the proof of a failed call and undoes its effect", async () => {
    const simulation = await simulate();
    const outcome = await simulation.transaction(
      await sign({ to: lockstep.ledgerProxy, data: transfer(1n) }),
    );
    expect(outcome.success).to.equal(false);
    expect(outcome.data.slice(0, 10)).to.equal("0xcf479181");
    expect(simulation.executions()).to.have.length(1);
    simulation.close();
  });

  it("leaves nothing of a refused transaction", async () => {
    const genesis = machine.stateRoot();
    const simulation = await simulate();
    const tooLong: Hex = `0x${"11".repeat(425)}`;
    const tx = await sign({ to: lockstep.ledgerProxy, data: tooLong });
    const error: unknown = await simulation.transaction(tx).catch((thrown: unknown) => thrown);
    expect(error).to.have.property("code", "VISIT_TOO_LARGE");
    expect(simulation.executions()).to.have.length(0);
    expect(machine.stateRoot()).to.equal(genesis);
    expect(
      (await simulation.transaction(await sign({ to: lockstep.ledgerProxy, value: 5n }))).success,
    ).to.equal(true);
    simulation.close();
  });

  it("refuses a call that asks a full ledger for a new account, and plays those of the others", async () => {
    // The tree's first leaf and the user's account.
    machine = await unprovenLedgerKind.open({ id: lockstep.ledger, places: 2 });
    const simulation = await simulate();
    const deposit = { to: lockstep.ledgerProxy, value: 5n };
    expect((await simulation.transaction(await sign(deposit))).success).to.equal(true);
    const root = machine.stateRoot();
    const tx = await sign({ to: lockstep.ledgerProxy, data: transfer(1n), ahead: 1 });
    const error: unknown = await simulation.transaction(tx).catch((thrown: unknown) => thrown);
    expect(error).to.have.property("code", "TREE_FULL");
    expect(machine.stateRoot()).to.equal(root);
    expect(simulation.executions()).to.have.length(1);
    expect((await simulation.transaction(await sign({ ...deposit, ahead: 1 }))).success).to.equal(true);
    expect(simulation.executions()).to.have.length(2);
    simulation.close();
  });

  it("plays Payroll's payday: deposit, view, transfers and an outgoing payment in one transaction", async () => {
    const { l1 } = lockstep;
    const payroll = await deploy(l1, "Payroll", [lockstep.ledgerProxy], user);
    const desk = await deploy(l1, "InvoiceDesk");
    const { abi } = await artefact("Payroll");
    const data = encodeFunctionData({
      abi,
      functionName: "payday",
      args: [[{ chain: 0n, employee: accountAt(3).address, amount: 10n }], desk.address, 7n, 25n],
    });
    const simulation = await simulate();
    const outcome = await simulation.transaction(
      await sign({ to: payroll.address, data, value: parseEther("1") }),
    );
    expect(outcome).to.deep.include({ success: true });
    expect(simulation.executions().map(({ actions }) => actions.length)).to.deep.equal([2, 2, 2, 4]);
    expect(outcome.logs.length).to.be.greaterThan(1);
    simulation.close();
  });

  it("plays an L2 transaction with an outgoing call, and refuses one that fails", async () => {
    const account = await LedgerAccount.fromSeed(`0x${"07".repeat(32)}`);
    const terms = {
      domain: { l1ChainId: 31337n, manager: lockstep.rollups, rollup: lockstep.ledger },
      nonce: 0n,
      deadline: 1n << 40n,
    };
    const simulation = await simulate();
    const send = account.signSend({ ...terms, chain: L1, to: accountAt(5).address, amount: 1n, data: "0x" });
    const error: unknown = await simulation
      .l2Transaction(lockstep.ledger, send, builderAccount.address)
      .catch((thrown: unknown) => thrown);
    expect(error).to.have.property("code", "L2_TRANSACTION_FAILED");
    simulation.close();
  });
});
