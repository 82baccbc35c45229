import { expect } from "chai";
import { JsonRpcProvider, Wallet } from "ethers";
import {
  createProxy,
  type DecodedFrame,
  getRemoteContract,
  getSettlement,
  NoProxyError,
  NotAGatewayError,
  proxyOf,
  simulateAcross,
  traceAcross,
  TransactionDroppedError,
  TransactionUnknownError,
  waitForInclusion,
} from "lockstep-client/ethers";
import { ILedger__factory, type ILedger } from "lockstep-client/typechain";
import { parseEther, parseGwei, toHex, zeroHash } from "viem";
import { LEDGER } from "../../builder/kinds/ledger/abi.ts";
import { holdProofs } from "../scenarios/support/held.ts";
import { carol, World } from "../scenarios/support/world.ts";
import { networkOf, type TestNetwork } from "./client-world.ts";

const counterAbi = [
  "event Incremented(address indexed by, uint256 count)",
  "function count() view returns (uint256)",
  "function increment() returns (uint256 newCount)",
];

describe("the client for ethers", function () {
  this.timeout(600_000);
  let world: World;
  let network: TestNetwork;
  let provider: JsonRpcProvider;
  let signer: Wallet;

  before(async () => {
    world = await World.start({ chains: ["L1", "A", "B", "LEDGER"] });
    network = networkOf(world);
    provider = new JsonRpcProvider(network.l1.gateway, network.l1.chainId, {
      staticNetwork: true,
      pollingInterval: 30,
      cacheTimeout: -1,
    });
    signer = new Wallet(toHex(carol.getHdKey().privateKey ?? new Uint8Array()), provider);
  });
  after(async () => {
    provider.destroy();
    await world.close();
  });

  async function thrown(promise: Promise<unknown>): Promise<unknown> {
    return await promise.then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  it("says under which address a contract is known elsewhere, and makes its proxy once", async () => {
    const counter = await world.deploy("A", "Counter");
    const { address } = counter;
    const known = await world.knownAs(counter, "L1");
    expect(await proxyOf(provider, network, { address, chain: "A" })).to.equal(known);
    const onB = await proxyOf(provider, network, { address, chain: "A", on: "B" });
    expect(onB).to.equal(await world.knownAs(counter, "B"));
    const missing = await thrown(
      getRemoteContract(provider, network, { abi: counterAbi, address, chain: "A" }),
    );
    expect(missing).to.be.instanceOf(NoProxyError);
    const before = await signer.getNonce();
    for (let i = 0; i < 2; i++)
      expect(await createProxy(signer, network, { address, chain: "A" })).to.equal(known);
    expect(await signer.getNonce()).to.equal(before + 1);
  });

  it("calls a contract of another chain, and shows what happened", async () => {
    const counter = await world.deploy("A", "Counter");
    const { address } = counter;
    const remote = await getRemoteContract(signer, network, {
      abi: counterAbi,
      address,
      chain: "A",
      createProxy: true,
    });
    const { hash } = await remote.contract.getFunction("increment").send();
    expect((await waitForInclusion(provider, { hash })).status).to.equal(1);
    expect(await remote.contract.getFunction("count")()).to.equal(1n);
    const events = await remote.home.queryFilter("Incremented");
    expect(events.length).to.equal(1);

    const frame = await traceAcross(provider, network, { hash, decode: counterAbi });
    const frames = (each: DecodedFrame): DecodedFrame[] => [each, ...each.calls.flatMap(frames)];
    const there = frames(frame).find(({ chain }) => chain === "A");
    expect(there?.call?.name).to.equal("increment");
    expect(there?.result?.toArray()).to.deep.equal([1n]);

    const settlement = await getSettlement(provider, network, { hash });
    expect(settlement?.l1.transactionHash).to.equal(hash);
    expect(
      settlement?.visits.map(({ rollup, tookEffect, proven }) => ({ rollup, tookEffect, proven })),
    ).to.deep.equal([{ rollup: "A", tookEffect: true, proven: false }]);
  });

  it("says what a transaction will do on every chain", async () => {
    const counter = await world.deploy("A", "Counter");
    const caller = await world.deploy("L1", "CounterCaller", [counter]);
    const transaction = { to: caller.address, data: await world.encode({ to: caller, call: "bump" }) };
    const decode = [...counterAbi, "function bump() returns (uint256 result)"];
    const simulated = await simulateAcross(signer, network, { transaction, decode });
    if (!simulated.success) throw new Error(simulated.failure.reason);
    expect(simulated.result?.toArray()).to.deep.equal([1n]);
    expect(simulated.events.map(({ chain, event }) => [chain, event?.name])).to.deep.equal([
      ["A", "Incremented"],
    ]);
    const faulty = await world.deploy("A", "FaultyCounter");
    const to = await world.addressOn(faulty, "L1");
    const broken = await simulateAcross(signer, network, {
      transaction: { to, data: await world.encode({ to: faulty, call: "increment" }) },
      decode: ["error Broken(address by, uint256 count, bytes note)"],
    });
    if (broken.success) throw new Error("it succeeds");
    expect(broken.failure.revert?.name).to.equal("Broken");
  });

  it("signs on another chain with the same key", async () => {
    const { address } = await world.deploy("L1", "Counter");
    await world.transfer({
      on: "L1",
      by: carol,
      to: { chain: "A", address: carol.address },
      value: parseEther("1"),
    });
    const onA = await getRemoteContract(signer, network, {
      abi: counterAbi,
      address,
      chain: "L1",
      on: "A",
      createProxy: true,
    });
    const { hash } = await onA.contract.getFunction("increment").send();
    const settlement = async () => await getSettlement(provider, network, { hash });
    await world.builder.settled(hash as `0x${string}`, 60_000);
    expect((await settlement())?.visits.map(({ rollup }) => rollup)).to.deep.equal(["A"]);
    expect(await onA.home.getFunction("count")()).to.equal(1n);
  });

  it("takes TypeChain's types", async () => {
    const { contract } = await getRemoteContract<ILedger, TestNetwork, Wallet>(signer, network, {
      abi: ILedger__factory.abi,
      address: LEDGER,
      chain: "LEDGER",
      createProxy: true,
    });
    const deposit = await signer.sendTransaction({ to: await contract.getAddress(), value: 50n });
    await waitForInclusion(provider, deposit);
    const balance: bigint = await contract.balanceOf(0n, signer.address);
    expect(balance).to.equal(50n);
  });

  it("ends a wait with the reason, and does not wait for what is nowhere", async () => {
    const cell = await world.deploy("A", "Cell");
    const to = await world.addressOn(cell, "L1");
    using held = await holdProofs(world, { to: cell, call: "add", args: [1n] });
    const data = await world.encode({ to: cell, call: "add", args: [10n] });
    const nonce = await signer.getNonce("pending");
    const send = async (gwei: string) =>
      await signer.sendTransaction({
        to,
        data,
        nonce,
        gasLimit: 1_000_000n,
        maxFeePerGas: parseGwei(gwei),
        maxPriorityFeePerGas: parseGwei(gwei),
      });
    const replaced = await send("10");
    const wait = thrown(waitForInclusion(provider, replaced));
    const second = await send("20");
    const error = await wait;
    expect(error).to.be.instanceOf(TransactionDroppedError);
    expect(error).to.include({ code: "REPLACED", hash: replaced.hash });
    held.release();
    expect((await waitForInclusion(provider, second)).status).to.equal(1);
    expect(await thrown(waitForInclusion(provider, { hash: zeroHash }))).to.be.instanceOf(
      TransactionUnknownError,
    );
  });

  it("says so when the endpoint is the node itself", async () => {
    const node = new JsonRpcProvider(world.l1.url, network.l1.chainId, { staticNetwork: true });
    expect(await thrown(waitForInclusion(node, { hash: zeroHash }))).to.be.instanceOf(NotAGatewayError);
    node.destroy();
  });
});
