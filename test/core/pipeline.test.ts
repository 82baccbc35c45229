import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import {
  type Address,
  encodeFunctionData,
  type Hex,
  isHex,
  keccak256,
  numberToHex,
  parseEther,
  parseGwei,
  parseTransaction,
  zeroAddress,
} from "viem";
import { type Builder, createBuilder } from "../../builder/core/builder.ts";
import type { BuilderEvent } from "../../builder/core/events.ts";
import { LEDGER, ledgerAbi } from "../../builder/kinds/ledger/abi.ts";
import { LedgerAccount } from "../../builder/kinds/ledger/client.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { decodeBatchValue } from "../../builder/protocol/batch.ts";
import { L1 as L1_CHAIN } from "../../builder/protocol/ids.ts";
import { type Fate, startRelay } from "./relay.ts";
import { accountAt, builderAccount, deploy, type Lockstep, startLockstep } from "./setup.ts";
import { unprovenLedgerKind, UnprovenProver } from "./unproven.ts";

describe("pipeline with unproven proofs", function () {
  this.timeout(180_000);
  const user = accountAt(1);
  const employee = accountAt(3).address;
  let lockstep: Lockstep;
  let folder: string;
  let prover: UnprovenProver;
  let builder: Builder;
  let events: BuilderEvent[];

  beforeEach(async () => {
    lockstep = await startLockstep();
    folder = await mkdtemp(path.join(tmpdir(), "lockstep-builder-"));
    builder = await start();
  });
  afterEach(async () => {
    await builder.stop();
    await lockstep.l1.close();
    await rm(folder, { recursive: true });
  });

  async function start(): Promise<Builder> {
    prover = new UnprovenProver();
    events = [];
    const started = await createBuilder({
      l1Rpc: lockstep.l1.url,
      manager: lockstep.rollups,
      rollups: [{ id: lockstep.ledger, kind: unprovenLedgerKind, verificationKeys: lockstep.keys }],
      account: builderAccount,
      prover,
      folder,
    });
    started.listen((event) => events.push(event));
    return started;
  }

  interface Call {
    readonly to?: Address;
    readonly data?: Hex;
    readonly value?: bigint;
    readonly ahead?: number;
    readonly signer?: typeof user;
  }

  async function sign({ to, data, value, ahead = 0, signer = user }: Call): Promise<Hex> {
    const nonce = (await lockstep.l1.reader.getTransactionCount({ address: signer.address })) + ahead;
    const fees = { gas: 4_000_000n, maxFeePerGas: parseGwei("10"), maxPriorityFeePerGas: 1n };
    return await signer.signTransaction({ chainId: 31337, type: "eip1559", nonce, to, data, value, ...fees });
  }

  const noForward = async (): Promise<never> => {
    throw new Error("was forwarded");
  };
  const submit = async (call: Call): Promise<Hex> => await builder.submit(await sign(call), noForward);
  const codeOf = async (attempt: Promise<unknown>): Promise<unknown> => {
    const error: unknown = await attempt.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return error instanceof Error && "code" in error ? error.code : error;
  };
  const transfer = (amount: bigint, to = employee): Hex =>
    encodeFunctionData({ abi: ledgerAbi, functionName: "transfer", args: [0n, to, amount] });
  const balance = async (address: Address): Promise<bigint> =>
    (await builder.account(lockstep.ledger, L1_CHAIN, address)).balance;
  const onL1 = async () =>
    await lockstep.l1.reader.readContract({
      address: lockstep.rollups,
      abi: rollupsAbi,
      functionName: "rollupOf",
      args: [lockstep.ledger],
    });
  const expectPosted = (hash: Hex): void => {
    const status = builder.status(hash);
    expect(
      status?.state,
      JSON.stringify(status, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value)),
    ).to.equal("posted");
  };

  it("posts a deposit with its batch in front of it, in one block", async () => {
    const hash = await submit({ to: lockstep.ledgerProxy, value: 1000n });
    await builder.idle();
    expectPosted(hash);
    const receipt = await lockstep.l1.reader.getTransactionReceipt({ hash });
    expect(receipt.status).to.equal("success");
    expect(receipt.transactionIndex).to.equal(1);
    expect(await balance(user.address)).to.equal(1000n);
    expect((await onL1()).etherBalance).to.equal(1000n);
    expect(BigInt((await onL1()).root)).to.equal(await builder.stateRoot(lockstep.ledger));
    expect(events.map(({ type }) => type)).to.deep.equal([
      "accepted",
      "simulated",
      "proving",
      "proven",
      "posted",
    ]);
    expect(await lockstep.l1.node.getAutomine()).to.equal(true);
  });

  it("plays payday: five calls, an outgoing payment and its answer in one transaction", async () => {
    const payroll = await deploy(lockstep.l1, "Payroll", [lockstep.ledgerProxy], user);
    const desk = await deploy(lockstep.l1, "InvoiceDesk");
    const salaries = [{ chain: 0n, employee, amount: 10n }];
    const data = encodeFunctionData({
      abi: payroll.abi,
      functionName: "payday",
      args: [salaries, desk.address, 7n, 25n],
    });
    const hash = await submit({ to: payroll.address, data, value: parseEther("1") });
    await builder.idle();
    expectPosted(hash);
    expect(await lockstep.l1.reader.getBalance({ address: desk.address })).to.equal(25n);
    expect(await balance(employee)).to.equal(10n);
    expect(await balance(payroll.address)).to.equal(parseEther("1") - 35n);
    expect((await onL1()).etherBalance).to.equal(parseEther("1") - 25n);

    const overdraw = encodeFunctionData({
      abi: payroll.abi,
      functionName: "overdraw",
      args: [{ chain: 0n, employee, amount: parseEther("2") }],
    });
    const caught = await submit({ to: payroll.address, data: overdraw });
    await builder.idle();
    expectPosted(caught);
    const closed = await deploy(lockstep.l1, "ClosedDesk");
    const rejected = encodeFunctionData({
      abi: payroll.abi,
      functionName: "sendToClosedDesk",
      args: [closed.address, 5n],
    });
    const refused = await submit({ to: payroll.address, data: rejected });
    await builder.idle();
    expectPosted(refused);
    expect(await balance(payroll.address)).to.equal(parseEther("1") - 35n);
  });

  it("puts several transactions of one sender into one batch", async () => {
    prover.meanwhile = async () => {
      prover.meanwhile = undefined;
      await submit({ to: lockstep.ledgerProxy, value: 200n, ahead: 1 });
      await submit({ to: lockstep.ledgerProxy, data: transfer(250n), ahead: 2 });
    };
    await submit({ to: lockstep.ledgerProxy, value: 100n });
    await builder.idle();
    expect(await balance(employee)).to.equal(250n);
    expect(events.filter(({ type }) => type === "posted")).to.have.length(2);
  });

  it("puts no more of L1's transactions into a block than the node can show in time", async () => {
    const count = 40;
    prover.meanwhile = async () => {
      prover.meanwhile = undefined;
      for (let ahead = 1; ahead < count; ahead++)
        await submit({ to: lockstep.ledgerProxy, value: 1n, ahead });
    };
    await submit({ to: lockstep.ledgerProxy, value: 1n });
    await builder.idle();
    expect(await balance(user.address)).to.equal(BigInt(count));
    const sizes = events.flatMap((event) => (event.type === "posted" ? [event.transactions.length] : []));
    expect(sizes.reduce((sum, size) => sum + size)).to.equal(count);
    expect(Math.max(...sizes)).to.be.within(2, 16);
  });

  it("posts an L2 transaction, and refuses its replay", async () => {
    const account = await LedgerAccount.fromSeed(`0x${"07".repeat(32)}`);
    const domain = { l1ChainId: 31337n, manager: lockstep.rollups, rollup: lockstep.ledger };
    const fund = encodeFunctionData({
      abi: ledgerAbi,
      functionName: "transfer",
      args: [lockstep.ledger, account.address, 90n],
    });
    await submit({ to: lockstep.ledgerProxy, data: fund, value: 90n });
    await builder.idle();
    const terms = { domain, nonce: 0n, deadline: 1n << 40n };
    const payee = accountAt(5).address;
    const before = await lockstep.l1.reader.getBalance({ address: payee });
    const data = account.signSend({ ...terms, chain: L1_CHAIN, to: payee, amount: 40n, data: "0x" });
    const height = () => lockstep.l1.reader.getBlockNumber({ cacheTime: 0 });
    const head = await height();
    const id = await builder.submitToRollup(lockstep.ledger, data);
    while ((await height()) === head) continue;
    // Clients ask for a receipt when they see a block of a new number, and not again: also if it was a dry
    // run's, taken back since.
    const carrier = await builder.l1TransactionOf(lockstep.ledger, id);
    await builder.idle();
    expectPosted(id);
    expect(builder.status(id)).to.include({ l1Transaction: carrier });
    expect((await lockstep.l1.reader.getBalance({ address: payee })) - before).to.equal(40n);
    const own = await builder.account(lockstep.ledger, lockstep.ledger, account.address);
    expect(own).to.deep.equal({ balance: 50n, nonce: 1n });
    expect(await codeOf(builder.submitToRollup(lockstep.ledger, data))).to.equal("INVALID_L2_TRANSACTION");
    const tooMuch = account.signTransfer({ ...terms, nonce: 1n, chain: L1_CHAIN, to: payee, amount: 51n });
    expect(await codeOf(builder.submitToRollup(lockstep.ledger, tooMuch))).to.equal("L2_TRANSACTION_FAILED");
  });

  it("finds its users' transactions in a stranger's copy of half its batch, and includes the others", async () => {
    const relay = await startRelay(lockstep.l1.url);
    const remote = await createBuilder({
      l1Rpc: relay.url,
      manager: lockstep.rollups,
      rollups: [{ id: lockstep.ledger, kind: unprovenLedgerKind, verificationKeys: lockstep.keys }],
      account: builderAccount,
      prover,
    });
    remote.listen((event) => events.push(event));
    try {
      const domain = { l1ChainId: 31337n, manager: lockstep.rollups, rollup: lockstep.ledger };
      const terms = { domain, nonce: 0n, deadline: 1n << 40n, chain: L1_CHAIN, to: employee, amount: 0n };
      const seeds = [1, 2].map((n): Hex => numberToHex(n, { size: 32 }));
      const accounts = await Promise.all(seeds.map((seed) => LedgerAccount.fromSeed(seed)));
      const stranger = accountAt(6);
      let copied: Hex | undefined;
      relay.decide(async (body): Promise<Fate> => {
        const raw = /"eth_sendRawTransaction","params":\["(0x[0-9a-f]+)"/.exec(body)?.[1];
        if (!isHex(raw) || copied !== undefined) return "answered";
        const { to, data } = parseTransaction(raw);
        if (to?.toLowerCase() !== lockstep.rollups.toLowerCase() || data === undefined) return "answered";
        const batch = decodeBatchValue(keccak256(data), data);
        if (batch.executions.length < 2) return "answered";
        const half = { ...batch, executions: batch.executions.slice(0, 1), proofs: batch.proofs.slice(0, 1) };
        copied = await lockstep.l1.writer(stranger).writeContract({
          address: lockstep.rollups,
          abi: rollupsAbi,
          functionName: "postBatch",
          args: [half],
          gas: 4_000_000n,
        });
        return "answered";
      });
      // What comes while a batch is proven goes into the next one, together.
      const ids: Hex[] = [];
      prover.meanwhile = async () => {
        prover.meanwhile = undefined;
        for (const account of accounts)
          ids.push(await remote.submitToRollup(lockstep.ledger, account.signTransfer(terms)));
      };
      await remote.submit(await sign({ to: lockstep.ledgerProxy, value: 1n }), noForward);
      await remote.idle();
      if (copied === undefined) throw new Error("the stranger saw no batch");
      const [first, second] = ids.map((id) => remote.status(id));
      expect(first).to.include({ state: "posted", l1Transaction: copied });
      expect(second).to.include({ state: "posted" });
      expect(events.filter(({ type }) => type === "failed")).to.deep.equal([]);
      for (const { address } of accounts)
        expect((await remote.account(lockstep.ledger, lockstep.ledger, address)).nonce).to.equal(1n);
    } finally {
      await remote.stop();
      await relay.close();
    }
  });

  it("tells that a transaction which L1 contradicted took effect after all, in a stranger's replay", async () => {
    const owner = accountAt(5);
    const feed = await deploy(lockstep.l1, "PriceFeed", [owner.address, zeroAddress, 1n]);
    const setPrice = async (price: bigint): Promise<Hex> =>
      await lockstep.l1.writer(owner).writeContract({
        address: feed.address,
        abi: feed.abi,
        functionName: "setPrice",
        args: [price],
        gas: 100_000n,
        maxFeePerGas: parseGwei("100"),
        maxPriorityFeePerGas: parseGwei("10"),
      });
    const relay = await startRelay(lockstep.l1.url);
    const remote = await createBuilder({
      l1Rpc: relay.url,
      manager: lockstep.rollups,
      rollups: [{ id: lockstep.ledger, kind: unprovenLedgerKind, verificationKeys: lockstep.keys }],
      account: builderAccount,
      prover,
    });
    try {
      const account = await LedgerAccount.fromSeed(numberToHex(1, { size: 32 }));
      const domain = { l1ChainId: 31337n, manager: lockstep.rollups, rollup: lockstep.ledger };
      const terms = { domain, nonce: 0n, deadline: 1n << 40n, chain: L1_CHAIN, amount: 0n };
      const data = encodeFunctionData({ abi: feed.abi, functionName: "price" });
      // As soon as the node stops mining by itself, the price changes, before the batch arrives.
      let changed: Promise<Hex> | undefined;
      let batch: Hex | undefined;
      relay.decide(async (body): Promise<Fate> => {
        if (body.includes("evm_setNextBlockTimestamp")) await (changed ??= setPrice(2n));
        const raw = /"eth_sendRawTransaction","params":\["(0x[0-9a-f]+)"/.exec(body)?.[1];
        if (isHex(raw)) batch ??= parseTransaction(raw).data;
        return "answered";
      });
      const asking = account.signSend({ ...terms, to: feed.address, data });
      const id = await remote.submitToRollup(lockstep.ledger, asking);
      await remote.idle();
      if (changed === undefined || batch === undefined) throw new Error("no batch was sent");
      await lockstep.l1.reader.waitForTransactionReceipt({ hash: await changed });
      expect(await remote.statusOnL1(lockstep.ledger, id)).to.include({
        state: "failed",
        code: "REVERTED_ON_L1",
      });
      expect(await remote.l1TransactionOf(lockstep.ledger, id)).to.equal(undefined);

      await lockstep.l1.reader.waitForTransactionReceipt({ hash: await setPrice(1n) });
      const stranger = lockstep.l1.writer(accountAt(6));
      const copy = await stranger.sendTransaction({ to: lockstep.rollups, data: batch, gas: 15_000_000n });
      expect((await lockstep.l1.reader.waitForTransactionReceipt({ hash: copy })).status).to.equal("success");
      const { nonce } = await remote.account(lockstep.ledger, lockstep.ledger, account.address);
      expect(nonce).to.equal(1n);
      expect(await remote.statusOnL1(lockstep.ledger, id)).to.include({
        state: "posted",
        l1Transaction: copy,
      });
      expect(await remote.l1TransactionOf(lockstep.ledger, id)).to.equal(copy);
    } finally {
      await remote.stop();
      await relay.close();
    }
  });

  it("posts with gas for all that L1's callees may use up, and no more transactions than that allows", async () => {
    const domain = { l1ChainId: 31337n, manager: lockstep.rollups, rollup: lockstep.ledger };
    const terms = { domain, nonce: 0n, deadline: 1n << 40n, chain: L1_CHAIN, to: accountAt(5).address };
    // A million for each is more than one transaction may bring.
    const seeds = Array.from({ length: 14 }, (_, n): Hex => numberToHex(n + 1, { size: 32 }));
    const accounts = await Promise.all(seeds.map((seed) => LedgerAccount.fromSeed(seed)));
    const sends = accounts.map((account) => account.signSend({ ...terms, amount: 0n, data: "0x" }));
    // What comes while a batch is proven waits for the next one.
    prover.meanwhile = async () => {
      prover.meanwhile = undefined;
      await Promise.all(sends.map((data) => builder.submitToRollup(lockstep.ledger, data)));
    };
    await submit({ to: lockstep.ledgerProxy, value: 1n });
    await builder.idle();
    const posted = events.filter((event) => event.type === "posted");
    expect(posted.map(({ transactions }) => transactions.length)).to.deep.equal([1, 13, 1]);
    for (const { batch: hash, transactions } of posted.slice(1)) {
      if (hash === undefined) throw new Error("no batch");
      const [{ gas }, { gasUsed }] = await Promise.all([
        lockstep.l1.reader.getTransaction({ hash }),
        lockstep.l1.reader.getTransactionReceipt({ hash }),
      ]);
      expect(gas).to.be.within(gasUsed + BigInt(transactions.length) * 1_000_000n, 1n << 24n);
    }
  });

  it("refuses what cannot be included, and says why", async () => {
    expect(await codeOf(submit({ to: lockstep.ledgerProxy, data: transfer(1n) }))).to.equal(
      "TRANSACTION_REVERTED",
    );
    expect(await codeOf(submit({ to: lockstep.ledgerProxy, ahead: 1 }))).to.equal("NONCE_TOO_HIGH");
    expect(await codeOf(submit({ to: lockstep.ledgerProxy, data: `0x${"00".repeat(500)}` }))).to.equal(
      "VISIT_TOO_LARGE",
    );
    expect(await codeOf(builder.submit("0x1234", noForward))).to.equal("MALFORMED_TRANSACTION");
    const poor = await sign({ to: lockstep.ledgerProxy, value: parseEther("100000") });
    expect(await codeOf(builder.submit(poor, noForward))).to.equal("INSUFFICIENT_FUNDS");
    const other = await user.signTransaction({
      chainId: 5,
      type: "eip1559",
      nonce: 0,
      gas: 90_000n,
      maxFeePerGas: 1n,
    });
    expect(await codeOf(builder.submit(other, noForward))).to.equal("MALFORMED_TRANSACTION");
    const second = await lockstep.register();
    const unknown = await lockstep.createProxy(LEDGER, second);
    expect(await codeOf(submit({ to: unknown, value: 1n }))).to.equal("UNKNOWN_ROLLUP");
    expect(builder.waiting).to.equal(0);
  });

  it("forwards what touches no rollup", async () => {
    const raw = await sign({ to: employee, value: 1n });
    expect(await builder.submit(raw, async () => "forwarded")).to.equal("forwarded");
  });

  it("proves again when L1 changed meanwhile, and fails a transaction that has lost its meaning", async () => {
    await submit({ to: lockstep.ledgerProxy, value: 100n });
    await builder.idle();
    const desk = await deploy(lockstep.l1, "InvoiceDesk");
    const payment = (invoice: bigint): Hex =>
      encodeFunctionData({ abi: desk.abi, functionName: "pay", args: [invoice] });
    const send = encodeFunctionData({
      abi: ledgerAbi,
      functionName: "send",
      args: [0n, desk.address, 10n, payment(1n)],
    });

    // Another payment changes the receipt number that the desk will answer.
    prover.meanwhile = async () => {
      prover.meanwhile = undefined;
      await payDirectly(2n);
    };
    const proved = prover.proved;
    const changed = await submit({ to: lockstep.ledgerProxy, data: send });
    await builder.idle();
    expectPosted(changed);
    expect(prover.proved - proved).to.equal(2);
    expect(events.some(({ type }) => type === "retrying")).to.equal(true);

    // The invoice is paid by another account: the transaction now reverts.
    const again = encodeFunctionData({
      abi: ledgerAbi,
      functionName: "send",
      args: [0n, desk.address, 10n, payment(3n)],
    });
    prover.meanwhile = async () => {
      prover.meanwhile = undefined;
      await payDirectly(3n);
    };
    const lost = await submit({ to: lockstep.ledgerProxy, data: again });
    await builder.idle();
    expect(builder.status(lost)).to.include({ state: "failed", code: "TRANSACTION_REVERTED" });
    expect(await balance(user.address)).to.equal(90n);

    async function payDirectly(invoice: bigint): Promise<void> {
      const { reader, writer } = lockstep.l1;
      const call = {
        address: desk.address,
        abi: desk.abi,
        functionName: "pay",
        args: [invoice],
        value: 1n,
      } as const;
      await reader.waitForTransactionReceipt({ hash: await writer(accountAt(4)).writeContract(call) });
    }
  });

  it("follows a reorganisation, and rebuilds from L1 alone", async () => {
    await submit({ to: lockstep.ledgerProxy, value: 100n });
    await builder.idle();
    const snapshot = await lockstep.l1.node.snapshot();
    const root = await builder.stateRoot(lockstep.ledger);
    const lost = await submit({ to: lockstep.ledgerProxy, data: transfer(30n) });
    await builder.idle();
    expect(await balance(employee)).to.equal(30n);
    await lockstep.l1.node.revert({ id: snapshot });
    expect(await builder.stateRoot(lockstep.ledger)).to.equal(root);
    // What was on L1 and is there no longer is included again.
    while (builder.waiting === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await builder.idle();
    expectPosted(lost);
    expect((await lockstep.l1.reader.getTransactionReceipt({ hash: lost })).status).to.equal("success");
    expect(events.map(({ type }) => type)).to.include("reorganised");
    expect(await balance(employee)).to.equal(30n);
    await submit({ to: lockstep.ledgerProxy, data: transfer(7n) });
    await builder.idle();
    expect(await balance(employee)).to.equal(37n);

    const before = await builder.stateRoot(lockstep.ledger);
    await builder.stop();
    await rm(folder, { recursive: true });
    builder = await start();
    expect(await builder.stateRoot(lockstep.ledger)).to.equal(before);
    expect(await balance(employee)).to.equal(37n);
  });

  it("takes up an accepted transaction after a restart between proof and post", async () => {
    const stopped = new Promise<void>((resolve) => {
      prover.meanwhile = async () => {
        void builder.stop();
        resolve();
      };
    });
    const hash = await submit({ to: lockstep.ledgerProxy, value: 100n });
    await stopped;
    await builder.stop();
    expect(await readdir(path.join(folder, "pending"))).to.deep.equal([`${hash}.json`]);
    builder = await start();
    await builder.idle();
    expectPosted(hash);
    expect(await balance(user.address)).to.equal(100n);
    expect(await readdir(path.join(folder, "pending"))).to.deep.equal([]);
  });

  it("bounds the gas of what it simulates, and predicts its events", async () => {
    const payroll = await deploy(lockstep.l1, "Payroll", [lockstep.ledgerProxy], user);
    const desk = await deploy(lockstep.l1, "InvoiceDesk");
    const salaries = [{ chain: 0n, employee, amount: 10n }];
    const args = [salaries, desk.address, 7n, 25n];
    const data = encodeFunctionData({ abi: payroll.abi, functionName: "payday", args });
    const predicted = await builder.call(
      { from: user.address, to: payroll.address, value: 1000n, data, gas: 4_000_000n, gasPrice: 0n },
      false,
    );
    const hash = await submit({ to: payroll.address, data, value: 1000n });
    await builder.idle();
    const receipt = await lockstep.l1.reader.getTransactionReceipt({ hash });
    expect(receipt.status).to.equal("success");
    expect(Number(predicted.gasUsed)).to.be.greaterThan(Number(receipt.gasUsed));
    const foreign = ({ address }: { address: Address }): boolean =>
      address.toLowerCase() !== lockstep.rollups.toLowerCase();
    const told = ({
      address,
      topics,
      data: content,
    }: {
      address: Address;
      topics: readonly Hex[];
      data: Hex;
    }) => ({
      address: address.toLowerCase(),
      topics: [...topics],
      content,
    });
    expect(predicted.logs.filter(foreign).map(told)).to.deep.equal(receipt.logs.filter(foreign).map(told));
  });

  it("says that L1 does not answer, and goes on when it does again", async () => {
    const relay = await startRelay(lockstep.l1.url);
    const remote = await createBuilder({
      l1Rpc: relay.url,
      manager: lockstep.rollups,
      rollups: [{ id: lockstep.ledger, kind: unprovenLedgerKind, verificationKeys: lockstep.keys }],
      account: builderAccount,
      prover,
    });
    try {
      const raw = await sign({ to: lockstep.ledgerProxy, value: 5n });
      relay.cut(true);
      expect(await codeOf(remote.submit(raw, noForward))).to.equal("L1_UNREACHABLE");
      relay.cut(false);
      // Cut off between simulation and inclusion: the transaction waits.
      prover.meanwhile = async () => relay.cut(true);
      const hash = await remote.submit(raw, noForward);
      await new Promise((resolve) => setTimeout(resolve, 800));
      expect(remote.waiting).to.equal(1);
      prover.meanwhile = undefined;
      relay.cut(false);
      await remote.idle();
      expect(remote.status(hash)?.state).to.equal("posted");
    } finally {
      await remote.stop();
      await relay.close();
    }
  });
});
