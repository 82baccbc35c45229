import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { type Address, encodeFunctionData, type Hex, numberToHex, parseGwei } from "viem";
import { type Builder, createBuilder } from "../../builder/core/builder.ts";
import type { BuilderEvent } from "../../builder/core/events.ts";
import { ledgerAbi } from "../../builder/kinds/ledger/abi.ts";
import { L1 as L1_CHAIN } from "../../builder/protocol/ids.ts";
import { type Fault, type FaultyL1, startFaultyL1 } from "./faulty-l1.ts";
import { accountAt, builderAccount, deploy, type Lockstep, startLockstep } from "./setup.ts";
import { unprovenLedgerKind, UnprovenProver } from "./unproven.ts";

/** Only a verdict about itself may fail a transaction that was accepted. */
describe("an accepted transaction", function () {
  this.timeout(180_000);
  const user = accountAt(1);
  const stranger = accountAt(7);
  let lockstep: Lockstep;
  let l1: FaultyL1;
  let folder: string;
  let prover: UnprovenProver;
  let builder: Builder;
  let events: BuilderEvent[];

  beforeEach(async () => {
    lockstep = await startLockstep();
    l1 = await startFaultyL1(lockstep.l1.url);
    folder = await mkdtemp(path.join(tmpdir(), "lockstep-faults-"));
    events = [];
    builder = await start();
  });
  afterEach(async () => {
    l1.fault = () => undefined;
    await builder.stop();
    await l1.close();
    await lockstep.l1.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(account = builderAccount, own: string | null = folder): Promise<Builder> {
    prover = new UnprovenProver();
    const started = await createBuilder({
      l1Rpc: l1.url,
      manager: lockstep.rollups,
      rollups: [{ id: lockstep.ledger, kind: unprovenLedgerKind, verificationKeys: lockstep.keys }],
      account,
      prover,
      ...(own === null ? {} : { folder: own }),
    });
    started.listen((event) => events.push(event));
    return started;
  }

  async function sign(
    ahead: number,
    value: bigint,
    { to = lockstep.ledgerProxy, data, signer = user, tip = 1n }: SignOptions = {},
  ): Promise<Hex> {
    const nonce = (await lockstep.l1.reader.getTransactionCount({ address: signer.address })) + ahead;
    const fees = { gas: 2_000_000n, maxFeePerGas: parseGwei("10") * tip, maxPriorityFeePerGas: tip };
    return await signer.signTransaction({ chainId: 31337, type: "eip1559", nonce, to, value, data, ...fees });
  }
  interface SignOptions {
    readonly to?: Address;
    readonly data?: Hex;
    readonly signer?: typeof user;
    readonly tip?: bigint;
  }
  const submit = async (raw: Hex, to = builder): Promise<Hex> =>
    await to.submit(raw, () => Promise.reject(new Error("was forwarded")));
  const held = async (by = builder) => (await by.account(lockstep.ledger, L1_CHAIN, user.address)).balance;
  const until = async (wanted: () => boolean): Promise<void> => {
    while (!wanted()) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  /** Two deposits are included, once each, and mining goes on as before. */
  async function expectIncluded(hashes: readonly Hex[], sum: bigint): Promise<void> {
    await builder.idle();
    for (const hash of hashes) {
      expect(builder.status(hash), JSON.stringify(events.at(-1), plain)).to.include({ state: "posted" });
      expect((await lockstep.l1.reader.getTransactionReceipt({ hash })).status).to.equal("success");
    }
    expect(await held()).to.equal(sum);
    expect(await lockstep.l1.node.getAutomine()).to.equal(true);
    expect(events.filter(({ type }) => type === "failed")).to.deep.equal([]);
    expect(builder.trouble).to.equal(undefined);
  }

  const LIMITED: Fault = { status: 429 };
  const INTERNAL: Fault = { error: { code: -32_603, message: "internal error" } };
  const LOST: Fault = { lost: { code: -32_603, message: "internal error" } };
  const NULL: Fault = { result: null };
  const SEND = "eth_sendRawTransaction";
  for (const [name, method, fault] of [
    ["a 429 when the batch is sent", SEND, LIMITED],
    ["an internal error when the batch is sent", SEND, INTERNAL],
    ["the answer to sending is lost", SEND, LOST],
    ["an internal error when the block is made", "hardhat_mine", INTERNAL],
    ["the block is made, and the answer lost", "hardhat_mine", LOST],
    ["the receipt is not to be had after the block", "eth_getTransactionReceipt", INTERNAL],
    ["a receipt is null once", "eth_getTransactionReceipt", NULL],
    ["mining cannot be put off", "evm_setAutomine", INTERNAL],
    ["gas cannot be estimated", "eth_estimateGas", LIMITED],
    ["the head is null", "eth_getBlockByNumber", NULL],
    ["the block is gone", "eth_getStorageAt", { error: { code: -32_001, message: "Resource not found" } }],
    ["no snapshot", "evm_snapshot", INTERNAL],
    ["no trace", "debug_traceTransaction", LIMITED],
  ] as const) {
    it(`is included though ${name}`, async () => {
      const hashes: Hex[] = [];
      let faults = 0;
      prover.meanwhile = async () => {
        prover.meanwhile = undefined;
        l1.fault = (asked) => (asked.method === method && faults++ < 2 ? fault : undefined);
      };
      hashes.push(await submit(await sign(0, 5n)));
      await until(() => faults > 0);
      l1.fault = (asked) => (asked.method === method && faults++ < 2 ? fault : undefined);
      await builder.idle();
      hashes.push(await submit(await sign(0, 6n)));
      await expectIncluded(hashes, 11n);
      expect(faults).to.be.greaterThan(0);
    });
  }

  it("says what it waits for while L1 answers with errors", async () => {
    prover.meanwhile = async () => {
      l1.fault = ({ method }) => (method === "eth_getBlockByNumber" ? LIMITED : undefined);
    };
    const hash = await submit(await sign(0, 5n));
    await until(() => builder.status(hash)?.state === "retrying");
    expect(builder.status(hash)).to.include({ state: "retrying", code: "L1_UNREACHABLE" });
    expect(builder.trouble).to.include({ code: "L1_UNREACHABLE" });
    expect(events.map(({ type }) => type)).to.include("retrying");
    prover.meanwhile = undefined;
    l1.fault = () => undefined;
    await expectIncluded([hash], 5n);
  });

  it("is included though a stranger's payment is mined between head and block", async () => {
    let paid = 0;
    l1.fault = async ({ method }) => {
      if (method === "evm_setAutomine" && paid++ === 0)
        await lockstep.l1.writer(stranger).sendTransaction({ to: accountAt(8).address, value: 1n });
      return undefined;
    };
    const hash = await submit(await sign(0, 5n));
    await expectIncluded([hash], 5n);
    expect(await lockstep.l1.reader.getTransactionCount({ address: stranger.address })).to.equal(1);
  });

  it("is included while blocks are made every 500 ms", async () => {
    const hashes: Hex[] = [];
    await lockstep.l1.node.setAutomine(false);
    await lockstep.l1.node.setIntervalMining({ interval: 500 });
    for (let at = 0; at < 4; at++)
      hashes.push(await submit(await sign(builder.pendingOf(user.address).length, 5n)));
    await builder.idle();
    await lockstep.l1.node.setIntervalMining({ interval: 0 });
    expect(await lockstep.l1.node.getAutomine()).to.equal(false);
    await lockstep.l1.node.setAutomine(true);
    await expectIncluded(hashes, 20n);
  });

  it("is included though a prover exits", async () => {
    let exits = 0;
    prover.meanwhile = async () => {
      if (exits++ < 3) throw Object.assign(new Error("spawn prover EAGAIN"), { errno: -11, code: "EAGAIN" });
    };
    await expectIncluded([await submit(await sign(0, 5n))], 5n);
    expect(exits).to.equal(4);
  });

  it("is not accepted when the disk cannot be written, and kept when that comes later", async () => {
    const pending = path.join(folder, "pending");
    await rm(pending, { recursive: true });
    await writeFile(pending, "");
    const raw = await sign(0, 5n);
    const refused: unknown = await submit(raw).catch((error: unknown) => error);
    expect(refused).to.include({ code: "DISK" });
    await rm(pending);
    await mkdir(pending);
    // Neither can what becomes of it be written.
    prover.meanwhile = async () => {
      prover.meanwhile = undefined;
      await rm(pending, { recursive: true });
      await writeFile(pending, "");
      await mkdir(path.join(folder, "outcomes.jsonl"));
    };
    const hash = await submit(raw);
    await expectIncluded([hash], 5n);
    await rm(pending);
    await mkdir(pending);
    await rm(path.join(folder, "outcomes.jsonl"), { recursive: true });
    await expectIncluded([await submit(await sign(0, 6n))], 11n);
    await builder.stop();
    builder = await start();
    // With the next one, what could not be written was written as well.
    expect(builder.status(hash)).to.include({ state: "posted" });
  });

  it("is included when L1 made no block for longer than a batch may be old", async () => {
    await lockstep.l1.node.increaseTime({ seconds: 3_700 });
    await expectIncluded([await submit(await sign(0, 5n))], 5n);
    await lockstep.l1.node.increaseTime({ seconds: 590 });
    await expectIncluded([await submit(await sign(0, 6n))], 11n);
  });

  it("is played on state that was changed without a block", async () => {
    const desk = await deploy(lockstep.l1, "InvoiceDesk");
    const call = encodeFunctionData({ abi: desk.abi, functionName: "pay", args: [1n] });
    await submit(await sign(0, 20n));
    await builder.idle();
    const data = encodeFunctionData({
      abi: ledgerAbi,
      functionName: "send",
      args: [0n, desk.address, 10n, call],
    });
    const request = {
      from: user.address,
      to: lockstep.ledgerProxy,
      value: 0n,
      data,
      gas: 2_000_000n,
      gasPrice: 0n,
    };
    const before = await builder.call(request, false);
    expect(before.success).to.equal(true);
    // The number of receipts, and all else: the desk is another contract now.
    await lockstep.l1.node.setCode({ address: desk.address, bytecode: "0x60206000fd" });
    expect((await builder.call(request, false)).success).to.equal(false);
    const poor = accountAt(5);
    await lockstep.l1.node.setBalance({ address: poor.address, value: 1n });
    const refused: unknown = await submit(await sign(0, 5n, { signer: poor })).catch(
      (error: unknown) => error,
    );
    expect(refused).to.include({ code: "INSUFFICIENT_FUNDS" });
    await lockstep.l1.node.setNonce({ address: user.address, nonce: 40 });
    const hash = await submit(await sign(0, 3n));
    await builder.idle();
    expect(builder.status(hash)).to.include({ state: "posted" });
  });

  it("is told of after a restart, and included again after a reorganisation that a restart slept through", async () => {
    await submit(await sign(0, 5n));
    await builder.idle();
    const snapshot = await lockstep.l1.node.snapshot();
    const hash = await submit(await sign(0, 6n));
    await builder.idle();
    await builder.stop();
    builder = await start();
    expect(builder.status(hash)).to.include({ state: "posted" });
    await builder.stop();
    await lockstep.l1.node.revert({ id: snapshot });
    builder = await start();
    await expectIncluded([hash], 11n);
  });

  it("is replaced by one that pays a tenth more, and by no other", async () => {
    const first = await sign(0, 5n);
    const second = await sign(1, 6n);
    const taken: { old?: Hex; by?: Hex } = {};
    prover.meanwhile = async () => {
      prover.meanwhile = undefined;
      taken.old = await submit(second);
      const same: unknown = await submit(await sign(1, 7n)).catch((error: unknown) => error);
      expect(same).to.include({ code: "REPLACEMENT_UNDERPRICED" });
      taken.by = await submit(await sign(1, 8n, { tip: 2n }));
    };
    await submit(first);
    await builder.idle();
    const { old = "0x", by = "0x" } = taken;
    expect(builder.status(old)).to.include({ state: "failed", code: "REPLACED" });
    expect(builder.status(by)).to.include({ state: "posted" });
    expect(await held()).to.equal(13n);
  });

  it("is included by one of two builders on the same node, each of which gets on", async () => {
    const other = await start(accountAt(8), null);
    try {
      const users = [accountAt(1), accountAt(2), accountAt(3), accountAt(4)];
      const taken = await Promise.all(
        users.flatMap((signer, at) =>
          [0, 1, 2].map(async (ahead) => {
            const raw = await sign(ahead, 5n, { signer });
            const to = at % 2 === 0 ? builder : other;
            // In the order of nonces.
            await until(() => to.pendingOf(signer.address).length >= ahead || ahead === 0);
            return {
              to,
              hash: await submit(raw, to).catch(async () => await submit(await sign(0, 5n, { signer }), to)),
            };
          }),
        ),
      );
      await Promise.all([builder.idle(), other.idle()]);
      for (const { to, hash } of taken) {
        expect(to.status(hash), JSON.stringify(to.status(hash), plain)).to.include({ state: "posted" });
        expect((await lockstep.l1.reader.getTransactionReceipt({ hash })).status).to.equal("success");
      }
      expect(await lockstep.l1.node.getAutomine()).to.equal(true);
      expect(await builder.stateRoot(lockstep.ledger)).to.equal(await other.stateRoot(lockstep.ledger));
    } finally {
      await other.stop();
    }
  });
});

function plain(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? numberToHex(value) : value;
}
