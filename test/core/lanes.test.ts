import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { type Address, encodeFunctionData, type Hex, numberToHex, parseEther, parseGwei } from "viem";
import { type Builder, createBuilder } from "../../builder/core/builder.ts";
import type { BuilderEvent } from "../../builder/core/events.ts";
import { evmKind } from "../../builder/kinds/evm/index.ts";
import { LedgerAccount } from "../../builder/kinds/ledger/client.ts";
import { LEDGER, ledgerAbi } from "../../builder/kinds/ledger/abi.ts";
import { UNPROVEN, UNPROVEN_KEY } from "../../builder/kinds/unproven.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { evmChainIdOf } from "../../builder/protocol/evm-chain-id.ts";
import { type ChainId, chainId, L1 as L1_CHAIN } from "../../builder/protocol/ids.ts";
import { type FaultyL1, startFaultyL1 } from "./faulty-l1.ts";
import { accountAt, builderAccount, type Lockstep, registerEvm, startLockstep } from "./setup.ts";
import { unprovenLedgerKind, UnprovenProver } from "./unproven.ts";

/** Provers take their time: nothing waits for them that need not, and what they made is used. */
describe("while a proof is being made", function () {
  this.timeout(180_000);
  const user = accountAt(1);
  const other = accountAt(2);
  const a: ChainId = chainId(2);
  let lockstep: Lockstep;
  let l1: FaultyL1;
  let folder: string;
  let toA: Address;
  let prover: UnprovenProver;
  let builder: Builder;
  let events: BuilderEvent[];
  /** Proofs wait for it. */
  let gate: PromiseWithResolvers<undefined>;

  beforeEach(async () => {
    lockstep = await startLockstep();
    await registerEvm(lockstep);
    toA = await lockstep.createProxy(accountAt(3).address, a);
    l1 = await startFaultyL1(lockstep.l1.url);
    folder = await mkdtemp(path.join(tmpdir(), "lockstep-lanes-"));
    builder = await start();
  });
  afterEach(async () => {
    gate.resolve(undefined);
    l1.fault = () => undefined;
    await builder.stop();
    await l1.close();
    await lockstep.l1.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(): Promise<Builder> {
    events = [];
    gate = Promise.withResolvers();
    prover = new UnprovenProver();
    prover.meanwhile = async () => {
      await gate.promise;
    };
    const started = await createBuilder({
      l1Rpc: l1.url,
      manager: lockstep.rollups,
      rollups: [
        { id: lockstep.ledger, kind: unprovenLedgerKind, verificationKeys: lockstep.keys },
        { id: a, kind: evmKind, verificationKeys: { [UNPROVEN]: UNPROVEN_KEY } },
      ],
      account: builderAccount,
      prover,
      folder,
    });
    started.listen((event) => events.push(event));
    return started;
  }

  const INTERNAL = { error: { code: -32_603, message: "internal error" } };
  const until = async (wanted: () => boolean): Promise<void> => {
    while (!wanted()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  /** What is proven in no time is not proven ahead. */
  const pause = () => new Promise((resolve) => setTimeout(resolve, 100));
  const state = (hash: Hex) => builder.status(hash)?.state;
  const ofType = <Type extends BuilderEvent["type"]>(type: Type) =>
    events.filter((event): event is Extract<BuilderEvent, { type: Type }> => event.type === type);

  interface Call {
    readonly data?: Hex;
    readonly value?: bigint;
    readonly signer?: typeof user;
    readonly nonce?: number;
  }
  /** Sends a transaction of L1. */
  async function call(to: Address, { data, value = 0n, signer = user, nonce }: Call = {}): Promise<Hex> {
    const counted = await lockstep.l1.reader.getTransactionCount({ address: signer.address });
    const raw = await signer.signTransaction({
      chainId: 31337,
      type: "eip1559",
      nonce: nonce ?? counted,
      to,
      value,
      data,
      gas: 3_000_000n,
      maxFeePerGas: parseGwei("10"),
      maxPriorityFeePerGas: 1n,
    });
    return await builder.submit(raw, () => Promise.reject(new Error("was forwarded")));
  }
  /** Sends a transaction signed for A. */
  async function onA(nonce: number): Promise<Hex> {
    const raw = await other.signTransaction({
      chainId: Number(evmChainIdOf(31337n, a)),
      type: "eip1559",
      nonce,
      to: accountAt(5).address,
      gas: 100_000n,
      maxFeePerGas: 0n,
      maxPriorityFeePerGas: 0n,
    });
    return await builder.submitToRollup(a, raw);
  }
  const payer = async (seed: number) => await LedgerAccount.fromSeed(numberToHex(seed, { size: 32 }));
  const terms = () => ({
    domain: { l1ChainId: 31337n, manager: lockstep.rollups, rollup: lockstep.ledger },
    nonce: 0n,
    deadline: 1n << 40n,
    chain: L1_CHAIN,
  });

  async function expectPosted(hashes: readonly Hex[]): Promise<void> {
    await builder.idle();
    expect(hashes.map(state)).to.deep.equal(hashes.map(() => "posted"));
    expect(ofType("failed")).to.deep.equal([]);
    const { root } = await lockstep.l1.reader.readContract({
      address: lockstep.rollups,
      abi: rollupsAbi,
      functionName: "rollupOf",
      args: [lockstep.ledger],
    });
    expect(BigInt(root)).to.equal(await builder.stateRoot(lockstep.ledger));
  }

  it("transactions of other rollups are included, and the proof serves all the same", async () => {
    const slow = await call(lockstep.ledgerProxy, { value: 5n });
    await until(() => prover.proved === 1);
    const quick = [await onA(0), await onA(1), await call(toA, { value: 3n, signer: other })];
    await until(() => quick.every((hash) => state(hash) === "posted"));
    expect(state(slow)).to.equal("proving");
    gate.resolve(undefined);
    await expectPosted([slow, ...quick]);
    expect(prover.proved, JSON.stringify(events, plain)).to.equal(1);
    // Blocks were made meanwhile, and the time of the batch is still that of the proof.
    expect(ofType("retrying")).to.deep.equal([]);
  });

  it("what waited together with it is taken apart", async () => {
    const slow = await call(lockstep.ledgerProxy, { value: 5n });
    l1.fault = ({ method }) => (method === "evm_setAutomine" ? INTERNAL : undefined);
    const quick = await onA(0);
    await until(() => state(quick) === "retrying");
    const stopped = builder.stop();
    gate.resolve(undefined);
    await stopped;
    l1.fault = () => undefined;
    builder = await start();
    await until(() => state(quick) === "posted");
    expect(state(slow)).to.equal("proving");
    gate.resolve(undefined);
    await expectPosted([slow, quick]);
  });

  it("others of its rollup wait, and are included together", async () => {
    const first = await call(lockstep.ledgerProxy, { value: 5n });
    await until(() => prover.proved === 1);
    const next = [
      await call(lockstep.ledgerProxy, { value: 6n, signer: other }),
      await call(lockstep.ledgerProxy, { value: 7n, signer: accountAt(4) }),
    ];
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(prover.proved).to.equal(1);
    gate.resolve(undefined);
    await expectPosted([first, ...next]);
    expect(ofType("posted").map(({ transactions }) => transactions.length)).to.deep.equal([1, 2]);
  });

  it("the next batch is proven while the one before it is posted", async () => {
    const first = await call(lockstep.ledgerProxy, { value: 5n });
    await until(() => prover.proved === 1);
    const second = await call(lockstep.ledgerProxy, { value: 6n, signer: other });
    let proved = 0;
    l1.fault = async ({ method }) => {
      if (method !== "hardhat_mine") return undefined;
      // The block is not made before the proof of what comes behind it is.
      await until(() => prover.proved === 2);
      proved = prover.proved;
      return undefined;
    };
    await pause();
    gate.resolve(undefined);
    await expectPosted([first, second]);
    expect(proved).to.equal(2);
    expect(prover.proved).to.equal(2);
    expect(ofType("posted").map(({ transactions }) => transactions)).to.deep.equal([[first], [second]]);
  });

  it("what was proven ahead is proven again only if what came before it comes out otherwise", async () => {
    const first = await call(lockstep.ledgerProxy, { value: 5n });
    await until(() => prover.proved === 1);
    const second = await call(lockstep.ledgerProxy, { value: 6n, signer: other });
    let attempts = 0;
    l1.fault = async ({ method }) => {
      if (method !== "hardhat_mine" || attempts++ > 0) return undefined;
      await until(() => prover.proved === 2);
      return INTERNAL;
    };
    await pause();
    gate.resolve(undefined);
    await expectPosted([first, second]);
    expect(attempts).to.be.greaterThan(1);
    expect(prover.proved).to.equal(2);
  });

  it("a stranger's block throws nothing away that still fits", async () => {
    const first = await call(lockstep.ledgerProxy, { value: 5n });
    await until(() => prover.proved === 1);
    const second = await call(lockstep.ledgerProxy, { value: 6n, signer: other });
    let paid = 0;
    l1.fault = async ({ method }) => {
      if (method !== "evm_setAutomine" || paid++ > 0) return undefined;
      await until(() => prover.proved === 2);
      await lockstep.l1.writer(accountAt(7)).sendTransaction({ to: accountAt(8).address, value: 1n });
      return undefined;
    };
    await pause();
    gate.resolve(undefined);
    await expectPosted([first, second]);
    expect(paid).to.be.greaterThan(1);
    expect(prover.proved).to.equal(2);
  });

  it("what was overtaken twice lets nothing else be posted before it", async () => {
    await using rival = await createBuilder({
      l1Rpc: lockstep.l1.url,
      manager: lockstep.rollups,
      rollups: [{ id: lockstep.ledger, kind: unprovenLedgerKind, verificationKeys: lockstep.keys }],
      account: accountAt(9),
      prover: new UnprovenProver(),
    });
    const first = await call(lockstep.ledgerProxy, { value: 5n });
    for (let round = 1; round <= 2; round++) {
      await until(() => prover.proved === round);
      // The ledger is elsewhere by then: what is being proven does not fit any more.
      const nonce = await lockstep.l1.reader.getTransactionCount({ address: other.address });
      const fees = { gas: 3_000_000n, maxFeePerGas: parseGwei("10"), maxPriorityFeePerGas: 1n };
      const deposit = {
        type: "eip1559",
        chainId: 31337,
        nonce,
        to: lockstep.ledgerProxy,
        value: 1n,
      } as const;
      const raw = await other.signTransaction({ ...deposit, ...fees });
      await rival.submit(raw, () => Promise.reject(new Error("was forwarded")));
      await rival.idle();
      const proven = gate;
      gate = Promise.withResolvers();
      proven.resolve(undefined);
    }
    await until(() => prover.proved === 3);
    const quick = await onA(0);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(state(quick)).to.equal("queued");
    gate.resolve(undefined);
    await expectPosted([first, quick]);
    expect(ofType("posted").map(({ transactions }) => transactions)).to.deep.equal([[first], [quick]]);
  });

  it("nothing is failed that needs what is being proven", async () => {
    const account = await payer(7);
    const fund = encodeFunctionData({
      abi: ledgerAbi,
      functionName: "transfer",
      args: [lockstep.ledger, account.address, parseEther("3")],
    });
    gate.resolve(undefined);
    await call(lockstep.ledgerProxy, { data: fund, value: parseEther("3") });
    await builder.idle();
    gate = Promise.withResolvers();
    const poor = accountAt(6);
    await lockstep.l1.node.setBalance({ address: poor.address, value: 0n });
    const pay = account.signSend({ ...terms(), to: poor.address, amount: parseEther("2"), data: "0x" });
    const first = await builder.submitToRollup(lockstep.ledger, pay);
    await until(() => prover.proved === 2);
    // It can be paid for only when the ledger has paid.
    const second = await call(toA, { signer: poor, value: parseEther("1") });
    const third = await onA(0);
    await until(() => state(third) === "posted");
    expect(state(second)).not.to.equal("failed");
    gate.resolve(undefined);
    await expectPosted([first, second, third]);
  });

  it("the oldest that waits comes into the next batch, however many younger ones come first in a block", async () => {
    const first = await call(lockstep.ledgerProxy, { value: 5n });
    await until(() => prover.proved === 1);
    const old = await call(lockstep.ledgerProxy, { value: 6n, signer: other });
    // A million gas for each is more than one transaction may bring.
    const accounts = await Promise.all(Array.from({ length: 14 }, (_, n) => payer(n + 1)));
    const sends: Hex[] = [];
    for (const account of accounts) {
      const data = account.signSend({ ...terms(), to: accountAt(5).address, amount: 0n, data: "0x" });
      sends.push(await builder.submitToRollup(lockstep.ledger, data));
    }
    gate.resolve(undefined);
    await expectPosted([first, old, ...sends]);
    expect(ofType("posted")[1]?.transactions).to.include(old);
  });

  it("nothing is being made that L1 has no gas for: such a batch is split before", async () => {
    const accounts = await Promise.all(Array.from({ length: 9 }, (_, n) => payer(n + 1)));
    const data = accounts.map((account) =>
      account.signTransfer({ ...terms(), to: user.address, amount: 0n }),
    );
    const [first = "0x", ...others] = data;
    const hashes = [await builder.submitToRollup(lockstep.ledger, first)];
    await until(() => prover.proved === 1);
    for (const raw of others) hashes.push(await builder.submitToRollup(lockstep.ledger, raw));
    const gasLimit = numberToHex(700_000);
    await lockstep.l1.node.request<{ Parameters: unknown[]; ReturnType: unknown }>({
      method: "evm_setBlockGasLimit",
      params: [gasLimit],
    });
    await lockstep.l1.node.mine({ blocks: 1 });
    gate.resolve(undefined);
    await expectPosted(hashes);
    const proven = ofType("proving").map(({ circuits }) => circuits.length);
    expect(Math.max(...proven)).to.be.lessThan(8);
    expect(prover.proved).to.equal(9);
  });

  it("reads are answered between the steps of a batch, and see what some block has left", async () => {
    l1.fault = ({ method }) => (method === "evm_setAutomine" ? INTERNAL : undefined);
    const hashes: Hex[] = [];
    for (let nonce = 0; nonce < 12; nonce++) hashes.push(await onA(nonce));
    const seen = new Set<bigint>();
    const over = new AbortController();
    const reading = (async () => {
      while (!over.signal.aborted) seen.add(await builder.stateRoot(a));
    })();
    l1.fault = () => undefined;
    await until(() => hashes.every((hash) => state(hash) === "posted"));
    over.abort();
    await reading;
    const known = new Set<bigint>();
    const head = await lockstep.l1.reader.getBlockNumber({ cacheTime: 0 });
    for (let blockNumber = head; blockNumber > 0n && known.size < 4; blockNumber--) {
      const call = { address: lockstep.rollups, abi: rollupsAbi, functionName: "rollupOf" } as const;
      const read = lockstep.l1.reader.readContract({ ...call, args: [a], blockNumber });
      const root = await read.then((rollup) => BigInt(rollup.root)).catch(() => undefined);
      if (root === undefined) break;
      known.add(root);
    }
    expect([...seen].filter((root) => !known.has(root))).to.deep.equal([]);
    expect(seen.size).to.be.greaterThan(1);
  });

  it("a transaction between two proven rollups is not kept waiting by those that came later", async () => {
    const second = await lockstep.register();
    await builder.stop();
    const toSecond = await lockstep.createProxy(LEDGER, second);
    const own = { kind: unprovenLedgerKind, verificationKeys: lockstep.keys };
    events = [];
    builder = await createBuilder({
      l1Rpc: l1.url,
      manager: lockstep.rollups,
      rollups: [
        { id: lockstep.ledger, ...own },
        { id: second, ...own },
      ],
      account: builderAccount,
      prover,
    });
    builder.listen((event) => events.push(event));
    const account = await payer(7);
    const fund = encodeFunctionData({
      abi: ledgerAbi,
      functionName: "transfer",
      args: [lockstep.ledger, account.address, 90n],
    });
    gate.resolve(undefined);
    await call(lockstep.ledgerProxy, { data: fund, value: 90n });
    await builder.idle();
    const gates = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const before = prover.proved;
    prover.meanwhile = async () => {
      await gates[prover.proved - before - 1]?.promise;
    };
    const first = await call(lockstep.ledgerProxy, { value: 5n });
    await until(() => prover.proved === before + 1);
    const other = await call(toSecond, { value: 5n, signer: accountAt(2) });
    await until(() => prover.proved === before + 2);
    const send = account.signSend({ ...terms(), to: toSecond, amount: 40n, data: "0x" });
    const between = await builder.submitToRollup(lockstep.ledger, send);
    const younger = [
      await call(lockstep.ledgerProxy, { value: 6n, signer: accountAt(4) }),
      await call(toSecond, { value: 6n, signer: accountAt(5) }),
    ];
    gates[0]?.resolve(undefined);
    await until(() => state(first) === "posted");
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(prover.proved).to.equal(before + 2);
    gates[1]?.resolve(undefined);
    await expectPosted([first, other, between, ...younger]);
    expect(ofType("posted").at(-1)?.transactions).to.have.members([between, ...younger]);
  });
});

function plain(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? numberToHex(value) : value;
}
