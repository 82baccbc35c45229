import { expect } from "chai";
import { type Address, type Hex, keccak256, parseEventLogs, parseTransaction } from "viem";
import { type Builder, createBuilder } from "../../builder/core/builder.ts";
import type { BuilderEvent } from "../../builder/core/events.ts";
import { Journal } from "../../builder/evm/journal.ts";
import { evmKind } from "../../builder/kinds/evm/index.ts";
import { EvmMachine } from "../../builder/kinds/evm/machine.ts";
import { UNPROVEN, UNPROVEN_KEY, unprovenDigest } from "../../builder/kinds/unproven.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { l2txAction } from "../../builder/protocol/action.ts";
import { decodeBatch, decodeBatchValue, encodeBatch } from "../../builder/protocol/batch.ts";
import { evmChainIdOf } from "../../builder/protocol/evm-chain-id.ts";
import type { ChainId } from "../../builder/protocol/ids.ts";
import { statementWords } from "../../builder/protocol/statement.ts";
import { type FaultyL1, startFaultyL1 } from "./faulty-l1.ts";
import { accountAt, builderAccount, type Lockstep, registerEvm, startLockstep } from "./setup.ts";
import { UnprovenProver } from "./unproven.ts";

const INTERNAL = { error: { code: -32_603, message: "internal error" } };

/** Transactions of a rollup that follow each other and touch no other chain are one visit to L1. */
describe("transactions that are one visit", function () {
  this.timeout(120_000);
  const users = [accountAt(1), accountAt(2)] as const;
  let lockstep: Lockstep;
  let l1: FaultyL1;
  let a: ChainId;
  let builder: Builder;
  let events: BuilderEvent[];

  beforeEach(async () => {
    lockstep = await startLockstep();
    a = await registerEvm(lockstep);
    l1 = await startFaultyL1(lockstep.l1.url);
    builder = await start();
  });
  afterEach(async () => {
    await builder.stop();
    await l1.close();
    await lockstep.l1.close();
  });

  async function start(): Promise<Builder> {
    events = [];
    const started = await createBuilder({
      l1Rpc: l1.url,
      manager: lockstep.rollups,
      rollups: [{ id: a, kind: evmKind, verificationKeys: { [UNPROVEN]: UNPROVEN_KEY } }],
      account: builderAccount,
      prover: new UnprovenProver(),
    });
    started.listen((event) => events.push(event));
    return started;
  }

  const sign = async (signer: (typeof users)[number], nonce: number, to: Address = builderAccount.address) =>
    await signer.signTransaction({
      chainId: Number(evmChainIdOf(31337n, a)),
      type: "eip1559",
      nonce,
      to,
      gas: 100_000n,
      maxFeePerGas: 0n,
      maxPriorityFeePerGas: 0n,
    });
  /** Submits them while the first of them is being posted, which fails and begins anew with all. */
  async function submit(raws: readonly Hex[]): Promise<Hex[]> {
    const gate = Promise.withResolvers<typeof INTERNAL>();
    const reached = Promise.withResolvers<undefined>();
    l1.fault = ({ method }) => {
      if (method !== "evm_setAutomine") return undefined;
      reached.resolve(undefined);
      return gate.promise;
    };
    const hashes: Hex[] = [];
    for (const raw of raws) {
      hashes.push(await builder.submitToRollup(a, raw));
      await reached.promise;
    }
    l1.fault = () => undefined;
    gate.resolve(INTERNAL);
    return hashes;
  }
  const statuses = (hashes: readonly Hex[]) => hashes.map((hash) => builder.status(hash));
  /** What L1 says of the executions of all batches. */
  const fates = async () => {
    const logs = await lockstep.l1.reader.getLogs({ address: lockstep.rollups, fromBlock: 0n });
    const names = ["ExecutionConsumed", "ExecutionSkipped", "ExecutionFailed"] as const;
    return parseEventLogs({ abi: rollupsAbi, logs, eventName: [...names] }).map(({ eventName }) => eventName);
  };
  /** The latest block of the rollup: hashes of its transactions, with where each leads. */
  const latest = async () =>
    await builder.readRollup(a, async (machine) => {
      if (!(machine instanceof EvmMachine)) throw new Error("no EVM rollup");
      const { chronicle } = machine;
      const transactions = await chronicle.transactionsOf(chronicle.latest);
      return { block: chronicle.latest, transactions };
    });
  /** Hands over the batch that the builder posts next, before it arrives. */
  const onBatch = (meet: (calldata: Hex) => Promise<void>): void => {
    l1.fault = async ({ method, params: [raw] }) => {
      if (method !== "eth_sendRawTransaction") return undefined;
      const { to, data } = parseTransaction(raw as Hex);
      if (to?.toLowerCase() !== lockstep.rollups.toLowerCase() || data === undefined) return undefined;
      l1.fault = () => undefined;
      await meet(data);
      return undefined;
    };
  };

  it("have one execution, and each its own receipt, hash and place in the block", async () => {
    const raws = [await sign(users[0], 0), await sign(users[1], 0), await sign(users[0], 1)];
    const hashes = await submit(raws);
    await builder.idle();
    const [first, ...others] = statuses(hashes);
    if (first?.state !== "posted") throw new Error("not posted");
    for (const other of others)
      expect(other).to.include({ state: "posted", l1Transaction: first.l1Transaction });
    expect(await fates()).to.deep.equal(["ExecutionConsumed"]);
    const { input } = await lockstep.l1.reader.getTransaction({ hash: first.l1Transaction });
    const [execution] = decodeBatch(keccak256(input), input).executions;
    expect(execution?.actions).to.have.length(6);
    expect(execution?.visits).to.have.length(1);
    const { block, transactions } = await latest();
    expect(block.transactions).to.have.members(hashes);
    expect(transactions.map(({ receipt }) => receipt.success)).to.deep.equal([true, true, true]);
    expect(transactions.map(({ cumulativeGasUsed }) => cumulativeGasUsed)).to.deep.equal([
      21_000n,
      42_000n,
      63_000n,
    ]);
    expect(new Set(transactions.map(({ rootAfter }) => rootAfter)).size).to.equal(3);
    expect(transactions.at(-1)?.rootAfter).to.equal(execution?.visits[0]?.rootAfter);
    for (const hash of hashes) expect(await builder.l1TransactionOf(a, hash)).to.equal(first.l1Transaction);
  });

  it("are the same to a builder that knows L1 alone", async () => {
    const hashes = await submit([await sign(users[0], 0), await sign(users[1], 0), await sign(users[0], 1)]);
    await builder.idle();
    const before = await latest();
    await builder.stop();
    builder = await start();
    await builder.idle();
    expect(await latest()).to.deep.equal(before);
    const said = await Promise.all(hashes.map((hash) => builder.l1TransactionOf(a, hash)));
    expect(new Set(said).size).to.equal(1);
    expect(said[0]).to.equal(before.transactions[0]?.l1.transaction);
  });

  it("are passed over together where one of them was posted in front, and the others go on", async () => {
    const stranger = accountAt(6);
    const genesis = await builder.stateRoot(a);
    let front: Hex | undefined;
    const raws = [await sign(users[0], 0), await sign(users[0], 1), await sign(users[0], 2)];
    const hashes = await submit(raws);
    onBatch(async (calldata) => {
      // The first of them alone, proven anew.
      const { timestamp } = decodeBatchValue(keccak256(calldata), calldata);
      const machine = await evmKind.open({ id: a });
      const context = { l1ChainId: 31337n, manager: lockstep.rollups, timestamp };
      const { visit } = await machine.deliver(
        l2txAction(a, raws[0] ?? "0x"),
        context,
        new Journal([machine]),
      );
      if (visit === undefined) throw new Error("no visit");
      const { rootBefore, rootAfter, actions } = visit;
      expect(rootBefore).to.equal(genesis);
      const header = { ...context, rollup: a, blobs: 0n };
      const proof = unprovenDigest(statementWords(header, [visit]));
      const data = encodeBatch({
        timestamp,
        blobCount: 0,
        executions: [{ actions, visits: [{ rollup: a, rootBefore, rootAfter }], marks: [] }],
        proofs: [{ rollup: a, verificationKey: UNPROVEN_KEY, visits: [0], proof }],
      });
      const gas = 5_000_000n;
      front = await lockstep.l1.writer(stranger).sendTransaction({ to: lockstep.rollups, data, gas });
      await machine.close();
    });
    await builder.idle();
    if (front === undefined) throw new Error("the stranger saw no batch");
    const [first, second, third] = statuses(hashes);
    expect(first).to.include({ state: "posted", l1Transaction: front });
    expect([second?.state, third?.state]).to.deep.equal(["posted", "posted"]);
    expect((await fates()).slice(0, 2)).to.deep.equal(["ExecutionConsumed", "ExecutionSkipped"]);
    expect(events.filter(({ type }) => type === "failed")).to.deep.equal([]);
    const counted = await builder.account(a, a, users[0].address);
    expect(counted.nonce).to.equal(3n);
  });

  it("are posted without one that is invalid, which is refused as it comes in", async () => {
    const early = await builder.submitToRollup(a, await sign(users[1], 7)).catch((error: unknown) => error);
    expect(early).to.have.property("code", "INVALID_L2_TRANSACTION");
    const hashes = await submit([await sign(users[0], 0), await sign(users[0], 1)]);
    await builder.idle();
    expect(statuses(hashes).map((status) => status?.state)).to.deep.equal(["posted", "posted"]);
  });

  it("take effect without those that a stranger has put among them and that are invalid", async () => {
    const stranger = accountAt(6);
    const timestamp = (await lockstep.l1.reader.getBlock()).timestamp;
    const machine = await evmKind.open({ id: a });
    const context = { l1ChainId: 31337n, manager: lockstep.rollups, timestamp };
    const raws: readonly Hex[] = ["0x1234", await sign(users[0], 0), await sign(users[0], 5)];
    const journal = new Journal([machine]);
    const actions = [];
    const rootBefore = machine.stateRoot();
    for (const raw of raws) {
      const given = l2txAction(a, raw);
      const { action } = await machine.deliver(given, context, journal);
      actions.push(given, action);
    }
    expect(actions.flatMap(({ failed }, at) => (at % 2 === 1 ? [failed] : []))).to.deep.equal([
      true,
      false,
      true,
    ]);
    const rootAfter = machine.stateRoot();
    const visit = { rootBefore, rootAfter, actions };
    const proof = unprovenDigest(statementWords({ ...context, rollup: a, blobs: 0n }, [visit]));
    const data = encodeBatch({
      timestamp,
      blobCount: 0,
      executions: [{ actions, visits: [{ rollup: a, rootBefore, rootAfter }], marks: [] }],
      proofs: [{ rollup: a, verificationKey: UNPROVEN_KEY, visits: [0], proof }],
    });
    await lockstep.l1.writer(stranger).sendTransaction({ to: lockstep.rollups, data, gas: 5_000_000n });
    expect(await fates()).to.deep.equal(["ExecutionConsumed"]);
    const [hash = "0x"] = await submit([await sign(users[0], 1)]);
    await builder.idle();
    expect(builder.status(hash)).to.include({ state: "posted" });
    const taken = await builder.l1TransactionOf(a, keccak256(raws[1] ?? "0x"));
    expect(taken).not.to.equal(undefined);
    for (const invalid of [raws[0], raws[2]])
      expect(await builder.l1TransactionOf(a, keccak256(invalid ?? "0x"))).to.equal(undefined);
    const known = await builder.readRollup(a, async (rollup) => {
      if (!(rollup instanceof EvmMachine)) throw new Error("no EVM rollup");
      return await Promise.all(raws.map((raw) => rollup.chronicle.transaction(keccak256(raw))));
    });
    expect(known.map((transaction) => transaction?.receipt.success)).to.deep.equal([
      undefined,
      true,
      undefined,
    ]);
    await machine.close();
  });
});
