import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { createPublicClient, encodeFunctionData, type Hex, http, keccak256, parseGwei, toHex } from "viem";
import { type Builder, createBuilder } from "../../builder/core/builder.ts";
import { readHistory } from "../../builder/l1/history.ts";
import { ledgerAbi } from "../../builder/kinds/ledger/abi.ts";
import { LedgerAccount } from "../../builder/kinds/ledger/client.ts";
import { connectL1 } from "../../builder/l1/client.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { L1 } from "../../builder/protocol/ids.ts";
import { type Relay, startRelay } from "./relay.ts";
import { accountAt, builderAccount, type Lockstep, startLockstep } from "./setup.ts";
import { unprovenLedgerKind, UnprovenProver } from "./unproven.ts";

/** The builder's process dies by SIGKILL, and another is started on the same folder. */
describe("a builder that is killed", function () {
  this.timeout(180_000);
  const user = accountAt(1);
  let lockstep: Lockstep;
  let relay: Relay;
  let folder: string;
  let child: ChildProcess | undefined;
  let l2Account: LedgerAccount;

  beforeEach(async () => {
    lockstep = await startLockstep();
    relay = await startRelay(lockstep.l1.url);
    folder = await mkdtemp(path.join(tmpdir(), "lockstep-killed-"));
    l2Account = await LedgerAccount.fromSeed(`0x${"07".repeat(32)}`);
    await using builder = await restart();
    await builder.submit(await fund(), () => Promise.reject(new Error("was forwarded")));
    await builder.idle();
  });
  afterEach(async () => {
    child?.kill("SIGKILL");
    await relay.close();
    await lockstep.l1.close();
    await rm(folder, { recursive: true });
  });

  const options = () => ({
    l1Rpc: relay.url,
    manager: lockstep.rollups,
    rollups: [{ id: lockstep.ledger, kind: unprovenLedgerKind, verificationKeys: lockstep.keys }],
    account: builderAccount,
    folder,
  });

  /** The next process, in this one. */
  async function restart(): Promise<Builder> {
    return await createBuilder({ ...options(), prover: new UnprovenProver() });
  }

  async function startProcess(waitsToProve: boolean) {
    const task = {
      l1Rpc: relay.url,
      rollups: lockstep.rollups,
      ledger: lockstep.ledger.toString(),
      keys: lockstep.keys,
      privateKey: toHex(builderAccount.getHdKey().privateKey ?? new Uint8Array()),
      folder,
      waitsToProve,
    };
    const started = fork(path.join(import.meta.dirname, "builder-process.ts"), [JSON.stringify(task)]);
    child = started;
    const events: { event: string; l1?: string; rollup?: string }[] = [];
    const until = async (wanted: string, count = 1) => {
      for (;;) {
        const found = events.filter(({ event }) => event === wanted).at(count - 1);
        if (found !== undefined) return found;
        await once(started, "message");
      }
    };
    started.on("message", (message: (typeof events)[number]) => events.push(message));
    const { l1, rollup } = await until("ready");
    return { until, l1: l1 ?? "", rollup: rollup ?? "" };
  }

  async function kill(): Promise<void> {
    if (child === undefined) throw new Error("no process runs");
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    const [, signal]: unknown[] = await gone;
    expect(signal).to.equal("SIGKILL");
    relay.decide(() => "answered");
  }

  async function sign(ahead: number, call: { data?: Hex; value?: bigint }): Promise<Hex> {
    const nonce = (await lockstep.l1.reader.getTransactionCount({ address: user.address })) + ahead;
    const fees = { gas: 2_000_000n, maxFeePerGas: parseGwei("10"), maxPriorityFeePerGas: 1n };
    return await user.signTransaction({
      chainId: 31337,
      type: "eip1559",
      nonce,
      to: lockstep.ledgerProxy,
      ...call,
      ...fees,
    });
  }
  const transfer = (chain: bigint, to: Hex, amount: bigint): Hex =>
    encodeFunctionData({ abi: ledgerAbi, functionName: "transfer", args: [chain, to, amount] });
  const fund = () => sign(0, { data: transfer(lockstep.ledger, l2Account.address, 90n), value: 90n });

  /** Gives the process two deposits of one sender and an L2 transaction. */
  async function give(gateways: { l1: string; rollup: string }) {
    const client = (url: string) =>
      createPublicClient({ transport: http(url, { retryCount: 0, timeout: 60_000 }) });
    const hashes: Hex[] = [];
    for (const [ahead, value] of [100n, 200n].entries()) {
      const serializedTransaction = await sign(ahead, { value });
      hashes.push(await client(gateways.l1).sendRawTransaction({ serializedTransaction }));
    }
    const domain = { l1ChainId: 31337n, manager: lockstep.rollups, rollup: lockstep.ledger };
    const terms = { domain, nonce: 0n, deadline: 1n << 40n };
    const data = l2Account.signTransfer({ ...terms, chain: L1, to: accountAt(3).address, amount: 40n });
    await client(gateways.rollup).sendRawTransaction({ serializedTransaction: data });
    return { deposits: hashes, l2: keccak256(data) };
  }

  /** All that was accepted took effect, once, and the builder agrees with L1. */
  async function expectAllPlayedOnce(builder: Builder, given: Awaited<ReturnType<typeof give>>) {
    await builder.idle();
    const { reader, node } = lockstep.l1;
    for (const hash of given.deposits) {
      expect((await reader.getTransactionReceipt({ hash })).status).to.equal("success");
      // A process knows nothing of what the one before had finished.
      expect(builder.status(hash)?.state).to.be.oneOf(["posted", undefined]);
    }
    expect(await builder.l1TransactionOf(lockstep.ledger, given.l2)).to.not.equal(undefined);
    expect(builder.status(given.l2)?.state).to.be.oneOf(["posted", undefined]);
    const held = async (chain: typeof L1, who: Hex) => await builder.account(lockstep.ledger, chain, who);
    expect((await held(L1, user.address)).balance).to.equal(300n);
    expect((await held(L1, accountAt(3).address)).balance).to.equal(40n);
    expect(await held(lockstep.ledger, l2Account.address)).to.deep.equal({ balance: 50n, nonce: 1n });
    const onL1 = await reader.readContract({
      address: lockstep.rollups,
      abi: rollupsAbi,
      functionName: "rollupOf",
      args: [lockstep.ledger],
    });
    expect(BigInt(onL1.root)).to.equal(await builder.stateRoot(lockstep.ledger));
    expect(onL1.etherBalance).to.equal(390n);
    const history = await readHistory(
      connectL1(lockstep.l1.url),
      lockstep.rollups,
      [lockstep.ledger],
      0n,
      await reader.getBlockNumber(),
    );
    // Funding, two deposits and the L2 transaction.
    expect(history).to.have.length(4);
    expect(await node.getAutomine()).to.equal(true);
    expect((await readdir(folder)).toSorted()).to.deep.equal([
      "followed.json",
      "outcomes.jsonl",
      "pending",
      "proofs",
      "rollup-1",
    ]);
    expect(await readdir(path.join(folder, "pending"))).to.deep.equal([]);
    const pool = await reader.getBlock({ blockTag: "pending" });
    expect(pool.transactions).to.deep.equal([]);
  }

  it("while it proves", async () => {
    const gateways = await startProcess(true);
    const given = await give(gateways);
    await gateways.until("proving");
    await kill();
    await using builder = await restart();
    await expectAllPlayedOnce(builder, given);
  });

  for (const [when, fate] of [
    ["after the batch was sent, before its block is made", "swallowed"],
    ["when the block is made, before it knows", "mute"],
  ] as const) {
    it(when, async () => {
      const gateways = await startProcess(true);
      const given = await give(gateways);
      // The first block holds the first deposit; the others were accepted while it was proven.
      let blocks = 0;
      const reached = new Promise<void>((resolve) => {
        relay.decide(
          (body) => (/"(evm|hardhat)_mine"/.test(body) && ++blocks === 2 ? fate : "answered"),
          resolve,
        );
      });
      child?.send("prove");
      await reached;
      expect(await lockstep.l1.node.getAutomine()).to.equal(false);
      await kill();
      await using builder = await restart();
      await expectAllPlayedOnce(builder, given);
    });
  }

  it("each time anew, at arbitrary moments", async () => {
    let given: Awaited<ReturnType<typeof give>> | undefined;
    for (const delay of [0, 60, 150, 300]) {
      const gateways = await startProcess(false);
      given ??= await give(gateways);
      await new Promise((resolve) => setTimeout(resolve, delay));
      await kill();
    }
    if (given === undefined) throw new Error("nothing was given");
    await using builder = await restart();
    await expectAllPlayedOnce(builder, given);
  });
});
