import { expect } from "chai";
import { type Address, type Hex, encodeFunctionData, keccak256, parseGwei, toHex } from "viem";
import { type Builder, createBuilder } from "../../builder/core/builder.ts";
import type { BuilderEvent } from "../../builder/core/events.ts";
import { GATEWAY_KINDS } from "../../builder/node/kinds/index.ts";
import { startL1Gateway } from "../../builder/gateway/l1.ts";
import { startRollupGateway } from "../../builder/gateway/rollup.ts";
import type { Gateway } from "../../builder/gateway/server.ts";
import { LEDGER } from "../../builder/kinds/ledger/abi.ts";
import { LedgerAccount } from "../../builder/kinds/ledger/client.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { l2txAction, resultAction } from "../../builder/protocol/action.ts";
import { type ChainId, L1, stateRoot } from "../../builder/protocol/ids.ts";
import { actorAbi } from "../contracts/setup.ts";
import { calldataOf, Ledger } from "../follower/ledgers.ts";
import { errorData } from "../protocol/expect-code.ts";
import { accountAt, builderAccount, deploy, type Lockstep, startLockstep } from "./setup.ts";
import { unprovenLedgerKind, UnprovenProver } from "./unproven.ts";

/** What any account may put on L1 while a builder lives on it. */
describe("a stranger on L1", function () {
  this.timeout(180_000);
  const user = accountAt(1);
  const stranger = accountAt(7);
  const key = keccak256(toHex("a key of the stranger's"));
  let lockstep: Lockstep;
  let second: ChainId;
  let secondProxy: Address;
  let builder: Builder;
  let events: BuilderEvent[];
  let gateways: Record<"l1" | "first" | "second", Gateway>;
  let unhandled: unknown[];
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason);

  beforeEach(async () => {
    unhandled = [];
    process.on("unhandledRejection", onUnhandled);
    lockstep = await startLockstep();
    second = await lockstep.register();
    secondProxy = await lockstep.createProxy(LEDGER, second);
    const ids = [lockstep.ledger, second];
    builder = await createBuilder({
      l1Rpc: lockstep.l1.url,
      manager: lockstep.rollups,
      rollups: ids.map((id) => ({ id, kind: unprovenLedgerKind, verificationKeys: lockstep.keys })),
      account: builderAccount,
      prover: new UnprovenProver(),
    });
    events = [];
    builder.listen((event) => events.push(event));
    gateways = {
      l1: await startL1Gateway(builder, { kinds: GATEWAY_KINDS, port: 0 }),
      first: await startRollupGateway(builder, { kinds: GATEWAY_KINDS, rollup: lockstep.ledger, port: 0 }),
      second: await startRollupGateway(builder, { kinds: GATEWAY_KINDS, rollup: second, port: 0 }),
    };
  });
  afterEach(async () => {
    for (const gateway of Object.values(gateways)) await gateway.close();
    await builder.stop();
    await lockstep.l1.close();
    process.off("unhandledRejection", onUnhandled);
    expect(unhandled).to.deep.equal([]);
  });

  async function ask(gateway: Gateway, method: string, params: readonly unknown[] = []) {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const headers = { "content-type": "application/json" };
    const response = await fetch(gateway.url, { method: "POST", headers, body });
    return (await response.json()) as { result?: unknown; error?: { message: string; data?: unknown } };
  }

  /** @returns whether L1 took it. */
  async function send(to: Address, data: Hex): Promise<boolean> {
    const { reader, writer } = lockstep.l1;
    const gas = 5_000_000n;
    try {
      const hash = await writer(stranger).sendTransaction({ to, data, gas });
      return (await reader.waitForTransactionReceipt({ hash })).status === "success";
    } catch {
      return false;
    }
  }

  async function deposit(proxy: Address, value: bigint, gateway = gateways.l1): Promise<Hex> {
    const nonce = await lockstep.l1.reader.getTransactionCount({ address: user.address });
    const raw = await user.signTransaction({
      chainId: 31337,
      type: "eip1559",
      nonce,
      gas: 3_000_000n,
      maxFeePerGas: parseGwei("10"),
      to: proxy,
      value,
    });
    const { result, error } = await ask(gateway, "eth_sendRawTransaction", [raw]);
    if (typeof result !== "string") throw new Error(JSON.stringify(error));
    await builder.idle();
    expect(builder.status(keccak256(raw))?.state).to.equal("posted");
    return keccak256(raw);
  }
  const balance = async (rollup: ChainId) => (await builder.account(rollup, L1, user.address)).balance;
  /** The time of a block of its own. */
  const now = async () => {
    await lockstep.l1.node.mine({ blocks: 1 });
    return (await lockstep.l1.reader.getBlock()).timestamp;
  };

  /** A list for any rollup whose proofs are not checked. */
  function forged(rollup: ChainId, rootBefore: bigint, rootAfter: bigint) {
    return {
      actions: [
        l2txAction(rollup, "0x1234"),
        resultAction({ from: rollup, to: L1, failed: false, data: "0x" }),
      ],
      visits: [{ rollup, rootBefore: stateRoot(rootBefore), rootAfter: stateRoot(rootAfter) }],
      marks: [],
    };
  }

  it("registers a rollup and posts garbage for it: nobody minds", async () => {
    const { proofSystem } = await rollupOf(lockstep.ledger);
    const registered = await send(
      lockstep.rollups,
      encodeFunctionData({
        abi: rollupsAbi,
        functionName: "register",
        args: [
          {
            owner: stranger.address,
            proofSystem,
            verificationKeys: [key],
            genesisRoot: word(1n),
            nativeToken: false,
            verificationDelay: 0,
          },
        ],
      }),
    );
    expect(registered).to.equal(true);
    const own = (second + 1n) as ChainId;
    let root = 1n;
    for (const twist of [backwards, (data: Hex): Hex => data, trailing]) {
      // Whether L1 takes it is the contract's matter; what it takes must do no harm.
      const taken = await send(
        lockstep.rollups,
        twist(calldataOf([forged(own, root, root + 1n)], await now(), key)),
      );
      if (taken) root++;
      await lockstep.l1.node.mine({ blocks: 1 });
    }
    expect(root).to.be.greaterThan(1n);
    await deposit(lockstep.ledgerProxy, 5n);
    await deposit(secondProxy, 6n);
    expect(await balance(lockstep.ledger)).to.equal(5n);
    expect(await balance(second)).to.equal(6n);
    expect((await ask(gateways.l1, "lockstep_status")).result)
      .to.have.property("rollups")
      .of.length(2);
  });

  it("posts an honest batch through a contract of its own: it is followed", async () => {
    const actor = await deploy(lockstep.l1, "Actor");
    const timestamp = await now();
    const ledger = await Ledger.open(lockstep.ledger);
    const account = await LedgerAccount.fromSeed(`0x${"09".repeat(32)}`);
    const domain = { l1ChainId: 31337n, manager: lockstep.rollups, rollup: lockstep.ledger };
    const data = account.signTransfer({
      domain,
      nonce: 0n,
      deadline: 1n << 40n,
      chain: L1,
      to: user.address,
      amount: 0n,
    });
    const context = { l1ChainId: 31337n, manager: lockstep.rollups, timestamp };
    const execution = await ledger.play(l2txAction(lockstep.ledger, data), context);
    const calldata = calldataOf([execution], timestamp, lockstep.keys.ledger1);
    const step = {
      target: lockstep.rollups,
      value: 0n,
      data: calldata,
      isStatic: false,
      mayFail: false,
      gas: 0n,
    };
    const taken = await send(
      actor.address,
      encodeFunctionData({ abi: actorAbi, functionName: "play", args: [[step]] }),
    );
    expect(taken).to.equal(true);
    expect(await builder.stateRoot(lockstep.ledger)).to.equal(ledger.root);
    expect((await builder.account(lockstep.ledger, lockstep.ledger, account.address)).nonce).to.equal(1n);
    expect(await builder.l1TransactionOf(lockstep.ledger, keccak256(data))).to.match(/^0x/);
    await deposit(lockstep.ledgerProxy, 5n);
  });

  it("forges what only a broken proof system takes: that rollup stops by name, and nothing else does", async () => {
    await deposit(lockstep.ledgerProxy, 5n);
    const root = await builder.stateRoot(lockstep.ledger);
    const calldata = calldataOf([forged(lockstep.ledger, root, 77n)], await now(), lockstep.keys.ledger1);
    expect(await send(lockstep.rollups, calldata)).to.equal(true);
    await lockstep.l1.node.mine({ blocks: 1 });

    // The other rollup and L1 go on.
    await deposit(secondProxy, 6n);
    expect(await balance(second)).to.equal(6n);
    expect((await ask(gateways.l1, "eth_blockNumber")).result).to.match(/^0x/);
    expect((await ask(gateways.second, "eth_getBalance", [user.address, "latest"])).result).to.equal("0x0");

    // A request to the stopped one is told.
    for (const [gateway, method, params] of [
      [gateways.first, "eth_getBalance", [user.address, "latest"]],
      [gateways.first, "eth_call", [{ to: LEDGER, data: "0x" }, "latest"]],
      [gateways.first, "eth_sendRawTransaction", ["0x1234"]],
      [gateways.l1, "eth_call", [{ from: user.address, to: lockstep.ledgerProxy, value: "0x1" }, "latest"]],
    ] as const) {
      const { error } = await ask(gateway, method, params);
      expect(error?.data, method).to.deep.equal(errorData("ROLLUP_STOPPED"));
      expect(error?.message).to.include(keccak256(calldata)).and.to.include("INVALID_L2_TRANSACTION");
    }
    expect((await ask(gateways.first, "eth_chainId")).result).to.match(/^0x/);
    const { result } = await ask(gateways.l1, "lockstep_status");
    const [first, other] = (result as { rollups: Record<string, unknown>[] }).rollups;
    expect(first?.stopped).to.include({ code: "INVALID_L2_TRANSACTION", batch: keccak256(calldata) });
    expect(BigInt(String(first?.stateRoot))).to.equal(root);
    expect(other).to.not.have.property("stopped");
    expect(events.filter(({ type }) => type === "stopped")).to.have.length(1);

    // A transaction that calls both fails, alone; the builder still takes others.
    await expectRefused(deposit(lockstep.ledgerProxy, 1n));
    await deposit(secondProxy, 1n);

    // It is no different after a restart, and a reorganisation without that batch ends it.
    await lockstep.l1.node.mine({ blocks: 1 });
    await using again = await createBuilder({
      l1Rpc: lockstep.l1.url,
      manager: lockstep.rollups,
      rollups: builder.rollups,
      account: builderAccount,
      prover: new UnprovenProver(),
    });
    expect((await again.standing(lockstep.ledger)).stopped?.code).to.equal("INVALID_L2_TRANSACTION");
    expect((await again.account(second, L1, user.address)).balance).to.equal(7n);
  });

  it("takes a batch back by a reorganisation: the stopped rollup goes on", async () => {
    await deposit(lockstep.ledgerProxy, 5n);
    const snapshot = await lockstep.l1.node.snapshot();
    const root = await builder.stateRoot(lockstep.ledger);
    await send(
      lockstep.rollups,
      calldataOf([forged(lockstep.ledger, root, 77n)], await now(), lockstep.keys.ledger1),
    );
    expect((await builder.standing(lockstep.ledger)).stopped?.code).to.equal("INVALID_L2_TRANSACTION");
    await lockstep.l1.node.revert({ id: snapshot });
    expect(await builder.standing(lockstep.ledger)).to.deep.equal({ root });
    await deposit(lockstep.ledgerProxy, 5n);
    expect(await balance(lockstep.ledger)).to.equal(10n);
    expect(events.map(({ type }) => type)).to.include.members(["stopped", "resumed"]);
  });

  async function expectRefused(attempt: Promise<unknown>): Promise<void> {
    const outcome = await attempt.then(
      () => "taken",
      (error: unknown) => (error instanceof Error ? error.message : ""),
    );
    expect(outcome).to.include("ROLLUP_STOPPED");
  }

  async function rollupOf(rollup: ChainId) {
    const call = { address: lockstep.rollups, abi: rollupsAbi, functionName: "rollupOf" } as const;
    return await lockstep.l1.reader.readContract({ ...call, args: [rollup] });
  }
});

function word(value: bigint): Hex {
  return toHex(value, { size: 32 });
}

function trailing(calldata: Hex): Hex {
  return `${calldata}00`;
}

/** The same batch for Solidity's decoder: the proof's bytes lie before the tuple that points to them. */
function backwards(calldata: Hex): Hex {
  const words: string[] = calldata.slice(10).match(/.{64}/g) ?? [];
  const key = words.indexOf(keccak256(toHex("a key of the stranger's")).slice(2));
  // The tuple begins a word before the key; its own number of visits, 1, serves as a length.
  const at = key + 2;
  return `0x${calldata.slice(2, 10)}${words.with(at, `${"f".repeat(60)}ffa0`).join("")}`;
}
