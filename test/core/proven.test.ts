import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { encodeFunctionData, type Hex, parseGwei } from "viem";
import { type Builder, createBuilder } from "../../builder/core/builder.ts";
import type { BuilderEvent } from "../../builder/core/events.ts";
import { prepareCircuits } from "../../builder/node/artefacts.ts";
import { knownKind } from "../../builder/node/kinds/index.ts";
import { LedgerAccount } from "../../builder/kinds/ledger/client.ts";
import { ledgerKind } from "../../builder/kinds/ledger/index.ts";
import type { Prover } from "../../builder/proving/prover.ts";
import { createLocalProver } from "../../builder/proving/local-prover.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { L1 as L1_CHAIN } from "../../builder/protocol/ids.ts";
import { accountAt, builderAccount, deploy, deployGroth16, type Lockstep, startLockstep } from "./setup.ts";

/**
 * The whole pipeline with the real circuits, proofs and verifier. The first run compiles circuits for
 * minutes.
 */
describe("pipeline with Groth16 proofs", function () {
  this.timeout(900_000);
  const user = accountAt(1);
  let lockstep: Lockstep;
  let prover: Prover;
  let builder: Builder;
  let folder: string;
  const events: BuilderEvent[] = [];

  before(async () => {
    const circuits = await prepareCircuits({ kinds: [knownKind("ledger")] });
    prover = await createLocalProver({ artefacts: [...circuits.values()].map(({ artefacts }) => artefacts) });
    lockstep = await startLockstep(async (l1) => await deployGroth16(l1, circuits));
    folder = await mkdtemp(path.join(tmpdir(), "lockstep-proven-"));
    builder = await start();
  });
  after(async () => {
    await builder.stop();
    await prover.close();
    await lockstep.l1.close();
    await rm(folder, { recursive: true });
  });

  async function start(): Promise<Builder> {
    const started = await createBuilder({
      l1Rpc: lockstep.l1.url,
      manager: lockstep.rollups,
      rollups: [{ id: lockstep.ledger, kind: ledgerKind, verificationKeys: lockstep.keys }],
      account: builderAccount,
      prover,
      folder,
    });
    started.listen((event) => events.push(event));
    return started;
  }

  async function submit(to: Hex, data: Hex, value = 0n): Promise<Hex> {
    const nonce = await lockstep.l1.reader.getTransactionCount({ address: user.address });
    const fees = { gas: 3_000_000n, maxFeePerGas: parseGwei("10"), maxPriorityFeePerGas: 1n };
    const raw = await user.signTransaction({
      chainId: 31337,
      type: "eip1559",
      nonce,
      to,
      data,
      value,
      ...fees,
    });
    return await builder.submit(raw, () => Promise.reject(new Error("was forwarded")));
  }

  it("proves and posts payday, a caught overdraft and an L2 transaction; a replayed batch does nothing", async () => {
    const account = await LedgerAccount.fromSeed(`0x${"07".repeat(32)}`);
    const payroll = await deploy(lockstep.l1, "Payroll", [lockstep.ledgerProxy], user);
    const desk = await deploy(lockstep.l1, "InvoiceDesk");
    const salaries = [{ chain: lockstep.ledger, employee: account.address, amount: 60n }];
    const args = [salaries, desk.address, 7n, 25n];
    const payday = encodeFunctionData({ abi: payroll.abi, functionName: "payday", args });
    const hash = await submit(payroll.address, payday, 100n);
    await builder.idle();
    expect(builder.status(hash)).to.include({ state: "posted" });
    expect(await lockstep.l1.reader.getBalance({ address: desk.address })).to.equal(25n);

    const overdraft = { chain: 0n, employee: user.address, amount: 16n };
    const overdraw = encodeFunctionData({ abi: payroll.abi, functionName: "overdraw", args: [overdraft] });
    const caught = await submit(payroll.address, overdraw);
    await builder.idle();
    expect(builder.status(caught)).to.include({ state: "posted" });

    const domain = { l1ChainId: 31337n, manager: lockstep.rollups, rollup: lockstep.ledger };
    const terms = { domain, nonce: 0n, deadline: 1n << 40n };
    const payment = account.signTransfer({ ...terms, chain: L1_CHAIN, to: user.address, amount: 20n });
    const id = await builder.submitToRollup(lockstep.ledger, payment);
    await builder.idle();
    expect(builder.status(id)).to.include({ state: "posted" });
    expect((await builder.account(lockstep.ledger, L1_CHAIN, user.address)).balance).to.equal(20n);

    const posted = events.findLast((event) => event.type === "posted");
    if (posted?.batch === undefined) throw new Error("no batch was posted");
    const { input } = await lockstep.l1.reader.getTransaction({ hash: posted.batch });
    const rootOnL1 = async () => {
      const { reader } = lockstep.l1;
      const at = { address: lockstep.rollups, abi: rollupsAbi, functionName: "rollupOf" } as const;
      return (await reader.readContract({ ...at, args: [lockstep.ledger] })).root;
    };
    const root = await rootOnL1();
    const replay = await lockstep.l1
      .writer(accountAt(4))
      .sendTransaction({ to: lockstep.rollups, data: input });
    expect((await lockstep.l1.reader.waitForTransactionReceipt({ hash: replay })).status).to.equal("success");
    expect(await rootOnL1()).to.equal(root);
  });

  it("takes up a deposit after it was stopped while proving, and proves it", async () => {
    const before = (await builder.account(lockstep.ledger, L1_CHAIN, user.address)).balance;
    const proving = new Promise<void>((resolve) => {
      builder.listen(({ type }) => {
        if (type === "proving") resolve();
      });
    });
    const hash = await submit(lockstep.ledgerProxy, "0x", 11n);
    await proving;
    await builder.stop();
    builder = await start();
    await builder.idle();
    expect(builder.status(hash)).to.include({ state: "posted" });
    expect((await builder.account(lockstep.ledger, L1_CHAIN, user.address)).balance).to.equal(before + 11n);
  });
});
