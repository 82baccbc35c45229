import { expect } from "chai";
import { type Address, encodeFunctionData, type Hex, type Log, parseGwei, toHex } from "viem";
import { signAuthorization } from "viem/accounts";
import { type Builder, createBuilder } from "../../builder/core/builder.ts";
import { Chains } from "../../builder/core/chains.ts";
import { GATEWAY_KINDS } from "../../builder/node/kinds/index.ts";
import { startL1Gateway } from "../../builder/gateway/l1.ts";
import type { Gateway } from "../../builder/gateway/server.ts";
import { ledgerAbi } from "../../builder/kinds/ledger/abi.ts";
import { connectL1 } from "../../builder/l1/client.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { L1 } from "../../builder/protocol/ids.ts";
import { lowerCase } from "../../builder/protocol/address.ts";
import { decodeTransaction } from "../../builder/intake/decode.ts";
import { accountAt, builderAccount, clientsOf, deploy, type Lockstep, startLockstep } from "./setup.ts";
import { unprovenLedgerKind, UnprovenProver } from "./unproven.ts";

/** Every type of transaction that can be simulated must do on L1 exactly what the simulation said. */
describe("transaction types", function () {
  this.timeout(180_000);
  const user = accountAt(1);
  /** The gateway signs for it. */
  const keeper = accountAt(2);
  const employee = accountAt(3).address;
  const common = { chainId: 31337, gas: 3_000_000n } as const;
  const fees = { maxFeePerGas: parseGwei("10"), maxPriorityFeePerGas: 1n } as const;
  const dynamic = { ...common, ...fees } as const;
  let lockstep: Lockstep;
  let builder: Builder;
  let gateway: Gateway;
  let oracle: Chains;
  let actor: { address: Address; abi: readonly unknown[] };

  before(async () => {
    lockstep = await startLockstep();
    const rollups = [{ id: lockstep.ledger, kind: unprovenLedgerKind, verificationKeys: lockstep.keys }];
    builder = await createBuilder({
      l1Rpc: lockstep.l1.url,
      manager: lockstep.rollups,
      rollups,
      account: builderAccount,
      prover: new UnprovenProver(),
    });
    gateway = await startL1Gateway(builder, { kinds: GATEWAY_KINDS, port: 0, accounts: [keeper] });
    oracle = await Chains.open({
      l1: connectL1(lockstep.l1.url),
      l1ChainId: 31337n,
      manager: lowerCase(lockstep.rollups),
      rollups,
      folder: undefined,
      maxBatchAge: 600n,
      firstBlock: 0n,
    });
    actor = await deploy(lockstep.l1, "Actor");
  });
  after(async () => {
    await oracle[Symbol.asyncDispose]();
    await gateway.close();
    await builder.stop();
    await lockstep.l1.close();
  });

  const nonce = async (address = user.address): Promise<number> =>
    await lockstep.l1.reader.getTransactionCount({ address });
  /** Lets `Actor`'s code run as the account's own. */
  const authorise = async (account: ReturnType<typeof accountAt>, at: number) =>
    await signAuthorization({
      privateKey: toHex(account.getHdKey().privateKey ?? new Uint8Array()),
      chainId: 31337,
      address: actor.address,
      nonce: at,
    });
  const heldBy = async (address: Address): Promise<bigint> =>
    (await builder.account(lockstep.ledger, L1, address)).balance;
  const foreign = ({ address }: { address: Address }): boolean =>
    address.toLowerCase() !== lockstep.rollups.toLowerCase();
  const told = ({ address, topics, data }: Pick<Log, "address" | "data"> & { topics: readonly Hex[] }) => ({
    address: address.toLowerCase(),
    topics: [...topics],
    data,
  });

  /** What the simulation says of a raw transaction on the head. */
  async function predict(raw: Hex) {
    return await oracle.hold(async ({ head, machines, simulate }) => {
      const simulation = simulate(head.timestamp + 1n);
      try {
        const outcome = await simulation.transaction(decodeTransaction(raw, 31337n).tx);
        return { ...outcome, root: machines.get(lockstep.ledger)?.stateRoot() };
      } finally {
        simulation.close();
      }
    });
  }

  /** Sends the transaction through the gateway and compares what L1 did with what was foretold. */
  async function playThrough(raw: Hex): Promise<void> {
    const predicted = await predict(raw);
    expect(predicted).to.include({ success: true, crossesChains: true });
    const { reader } = clientsOf(gateway.url);
    const hash = await reader.sendRawTransaction({ serializedTransaction: raw });
    expect((await reader.getTransaction({ hash })).hash).to.equal(hash);
    const receipt = await reader.waitForTransactionReceipt({ hash });
    expect(receipt.status).to.equal("success");
    expect(receipt.transactionIndex).to.equal(1);
    expect(receipt.logs.filter(foreign).map(told)).to.deep.equal(predicted.logs.filter(foreign).map(told));
    expect(Number(predicted.gasUsed)).to.be.at.least(Number(receipt.gasUsed));
    const { root } = await reader.readContract({
      address: lockstep.rollups,
      abi: rollupsAbi,
      functionName: "rollupOf",
      args: [lockstep.ledger],
    });
    expect(BigInt(root)).to.equal(predicted.root);
    expect(await builder.stateRoot(lockstep.ledger)).to.equal(predicted.root);
  }

  /**
   * Deposits 50 wei, pays the employee 20 of them, and views what is left; done by the account that runs
   * `Actor`'s code.
   */
  const depositAndPay = (who: Address): Hex => {
    const call = { target: lockstep.ledgerProxy, value: 0n, isStatic: false, mayFail: false, gas: 0n };
    const ledgerCall = { abi: ledgerAbi } as const;
    const pay = encodeFunctionData({
      ...ledgerCall,
      functionName: "transfer",
      args: [0n, employee, 20n],
    });
    const overdraw = encodeFunctionData({
      ...ledgerCall,
      functionName: "transfer",
      args: [0n, employee, 10n ** 18n],
    });
    const view = encodeFunctionData({ ...ledgerCall, functionName: "balanceOf", args: [0n, who] });
    return encodeFunctionData({
      abi: actor.abi,
      functionName: "play",
      args: [
        [
          { ...call, value: 50n, data: "0x" },
          { ...call, data: pay },
          { ...call, data: overdraw, mayFail: true },
          { ...call, data: view, isStatic: true },
        ],
      ],
    });
  };

  it("0: legacy", async () => {
    const raw = await user.signTransaction({
      ...common,
      type: "legacy",
      nonce: await nonce(),
      gasPrice: parseGwei("5"),
      to: lockstep.ledgerProxy,
      value: 11n,
    });
    await playThrough(raw);
    expect(await heldBy(user.address)).to.equal(11n);
  });

  it("1: with an access list", async () => {
    const raw = await user.signTransaction({
      ...common,
      type: "eip2930",
      nonce: await nonce(),
      gasPrice: parseGwei("5"),
      to: actor.address,
      value: 50n,
      data: depositAndPay(actor.address),
      accessList: [{ address: lockstep.ledgerProxy, storageKeys: [`0x${"00".repeat(32)}`] }],
    });
    await playThrough(raw);
    expect(await heldBy(actor.address)).to.equal(30n);
  });

  it("2: with a priority fee", async () => {
    const raw = await user.signTransaction({
      ...dynamic,
      type: "eip1559",
      nonce: await nonce(),
      to: actor.address,
      value: 50n,
      data: depositAndPay(actor.address),
    });
    await playThrough(raw);
    expect(await heldBy(actor.address)).to.equal(60n);
  });

  it("4: an account lends itself code that calls the ledger, and keeps it", async () => {
    const batcher = accountAt(4);
    const next = await nonce(batcher.address);
    const authorisation = await authorise(batcher, next + 1);
    const data = depositAndPay(batcher.address);
    await playThrough(
      await batcher.signTransaction({
        ...dynamic,
        type: "eip7702",
        nonce: next,
        to: batcher.address,
        data,
        authorizationList: [authorisation],
      }),
    );
    expect(await heldBy(batcher.address)).to.equal(30n);
    const code = await lockstep.l1.reader.getCode({ address: batcher.address });
    expect(code).to.equal(`0xef0100${actor.address.slice(2).toLowerCase()}`);
    const again = { ...dynamic, type: "eip1559", to: batcher.address, data } as const;
    await playThrough(await batcher.signTransaction({ ...again, nonce: await nonce(batcher.address) }));
    expect(await heldBy(batcher.address)).to.equal(60n);
  });

  it("4: somebody else pays for an account's authorisation", async () => {
    const owner = accountAt(5);
    const valid = await authorise(owner, await nonce(owner.address));
    // Ignored by L1, and so by the simulation: the nonce is wrong.
    const stale = await authorise(accountAt(6), 77);
    await playThrough(
      await user.signTransaction({
        ...dynamic,
        type: "eip7702",
        nonce: await nonce(),
        to: owner.address,
        value: 50n,
        data: depositAndPay(owner.address),
        authorizationList: [valid, stale],
      }),
    );
    expect(await heldBy(owner.address)).to.equal(30n);
    expect(await heldBy(user.address)).to.equal(11n);
    expect(await lockstep.l1.reader.getCode({ address: accountAt(6).address })).to.equal(undefined);
  });

  it("4: viem signs for itself and finds out the gas; the gateway signs for its account", async () => {
    const { reader, writer } = clientsOf(gateway.url);
    const wallet = writer(accountAt(7));
    const authorization = await wallet.signAuthorization({
      contractAddress: actor.address,
      executor: "self",
    });
    const hash = await wallet.sendTransaction({
      to: wallet.account.address,
      data: depositAndPay(wallet.account.address),
      authorizationList: [authorization],
    });
    expect((await reader.waitForTransactionReceipt({ hash })).status).to.equal("success");
    const second = await wallet.sendTransaction({ to: lockstep.ledgerProxy, value: 1n });
    expect((await reader.waitForTransactionReceipt({ hash: second })).status).to.equal("success");
    expect(await heldBy(wallet.account.address)).to.equal(31n);

    const lent = await authorise(accountAt(8), 0);
    const unlocked = await writer(keeper.address).sendTransaction({
      to: accountAt(8).address,
      data: depositAndPay(accountAt(8).address),
      value: 50n,
      authorizationList: [lent],
    });
    expect((await reader.waitForTransactionReceipt({ hash: unlocked })).type).to.equal("eip7702");
    expect(await heldBy(accountAt(8).address)).to.equal(30n);
  });
});
