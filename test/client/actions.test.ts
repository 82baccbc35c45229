import { expect } from "chai";
import {
  type DecodedFrame,
  LockstepClientError,
  NoProxiesError,
  NoProxyError,
  NotAGatewayError,
  SameChainError,
  TransactionDroppedError,
  TransactionUnknownError,
  UnknownChainError,
  lockstepActions,
} from "lockstep-client";
import { type Abi, createPublicClient, encodeFunctionData, http, parseAbi, parseGwei, zeroHash } from "viem";
import { holdProofs } from "../scenarios/support/held.ts";
import { alice, bob, World } from "../scenarios/support/world.ts";
import { clientFor, networkOf, type TestNetwork } from "./client-world.ts";

const counterAbi = parseAbi([
  "event Incremented(address indexed by, uint256 count)",
  "function count() view returns (uint256)",
  "function increment() returns (uint256 newCount)",
]);
const faultyAbi = parseAbi([
  "error Broken(address by, uint256 count, bytes note)",
  "function getWord() view returns (uint256)",
  "function increment() returns (uint256 newCount)",
]);
const callerAbi = parseAbi([
  "function bump() returns (uint256 result)",
  "function lastResult() view returns (uint256)",
]);

describe("actions of viem's clients", function () {
  this.timeout(600_000);
  let world: World;
  let network: TestNetwork;

  before(async () => {
    world = await World.start({ chains: ["L1", "A", "B", "LEDGER"] });
    network = networkOf(world);
  });
  after(() => world.close());

  function framesOf<abi extends Abi>(frame: DecodedFrame<abi>): DecodedFrame<abi>[] {
    return [frame, ...frame.calls.flatMap(framesOf)];
  }

  async function thrown(promise: Promise<unknown>): Promise<unknown> {
    return await promise.then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  it("say under which address a contract is known on another chain, however that is named", async () => {
    const { address } = await world.deploy("A", "Counter");
    const known = await world.knownAs({ chain: "A", address }, "L1");
    const client = clientFor(network, "L1", alice);
    const id = network.rollups[0].id;
    for (const chain of [
      "A",
      id,
      BigInt(id),
      network.rollups[0].chainId,
      { id: network.rollups[0].chainId },
    ] as const)
      expect(await client.proxyOf({ address, chain })).to.equal(known);
    const onB = await client.proxyOf({ address, chain: "A", on: "B" });
    expect(onB).to.equal(await world.knownAs({ chain: "A", address }, "B"));
  });

  it("make a proxy once, on this chain and on another", async () => {
    const { address } = await world.deploy("A", "Counter");
    const client = clientFor(network, "L1", alice);
    for (const on of ["L1", "B"] as const) {
      const { reader } = world.endpoint(on).clients;
      const before = await reader.getTransactionCount({ address: alice.address });
      const proxy = await client.createProxy({ address, chain: "A", on });
      expect(await reader.getCode({ address: proxy })).to.not.equal(undefined);
      expect(await client.createProxy({ address, chain: "A", on })).to.equal(proxy);
      expect(await reader.getTransactionCount({ address: alice.address })).to.equal(before + 1);
    }
  });

  it("give a remote contract that is read and written here, and whose events are at home", async () => {
    const { address } = await world.deploy("A", "Counter");
    const client = clientFor(network, "L1", alice);
    const counter = await client.getRemoteContract({
      abi: counterAbi,
      address,
      chain: "A",
      createProxy: true,
    });
    expect(counter.address).to.equal(await world.knownAs({ chain: "A", address }, "L1"));
    const { result } = await counter.simulate.increment();
    expect(result).to.equal(1n);
    const { status } = await client.waitForInclusion({ hash: await counter.write.increment() });
    expect(status).to.equal("success");
    expect(await counter.read.count()).to.equal(1n);
    const [event] = await counter.home.getEvents.Incremented({}, { fromBlock: 0n });
    const by = await world.knownAs({ chain: "L1", address: alice.address }, "A");
    expect(event?.args).to.deep.equal({ by, count: 1n });
  });

  it("call from another chain than the client's, for the same account", async () => {
    const { address } = await world.deploy("L1", "Counter");
    const client = clientFor(network, "L1", alice);
    const onA = await client.getRemoteContract({
      abi: counterAbi,
      address,
      chain: "L1",
      on: "A",
      createProxy: true,
    });
    const hash = await onA.write.increment();
    const { status } = await clientFor(network, "A", alice).waitForInclusion({ hash });
    expect(status).to.equal("success");
    expect(await onA.home.read.count()).to.equal(1n);
  });

  it("refuse a remote contract that has no proxy: calls to it would do nothing", async () => {
    const { address } = await world.deploy("A", "Counter");
    const client = clientFor(network, "L1", alice);
    const error = await thrown(client.getRemoteContract({ abi: counterAbi, address, chain: "A" }));
    expect(error).to.be.instanceOf(NoProxyError);
    expect(error).to.include({ name: "NoProxyError", proxy: await client.proxyOf({ address, chain: "A" }) });
  });

  it("name what is wrong with a chain", async () => {
    const { address } = alice;
    const client = clientFor(network, "L1", alice);
    const unknown = await thrown(client.proxyOf({ address, chain: 77 }));
    expect(unknown).to.be.instanceOf(UnknownChainError).and.instanceOf(LockstepClientError);
    expect(unknown).to.deep.include({
      chains: [
        { name: "L1", number: 0, chainId: 31337 },
        ...network.rollups.map(({ name, id, chainId }) => ({ name, number: id, chainId })),
      ],
    });
    expect(await thrown(client.proxyOf({ address, chain: "L1" }))).to.be.instanceOf(SameChainError);
    expect(await thrown(client.proxyOf({ address, chain: "L1", on: "LEDGER" }))).to.be.instanceOf(
      NoProxiesError,
    );
    // The ledger's accounts have proxies elsewhere.
    expect(await client.proxyOf({ address, chain: "LEDGER" })).to.match(/^0x/);
  });

  it("show a transaction's calls on all chains, decoded", async () => {
    const { address } = await world.deploy("A", "Counter");
    const caller = await world.deploy("L1", "CounterCaller", [{ chain: "A", address }]);
    const { hash } = await world.send({ on: "L1", by: alice, to: caller, call: "bump" });
    const client = clientFor(network, "L1", alice);
    const frame = await client.traceAcross({ hash, decode: [...callerAbi, ...counterAbi] });
    expect(frame).to.deep.include({
      chain: "L1",
      call: { functionName: "bump", args: undefined },
      result: 1n,
    });
    const frames = framesOf(frame);
    expect(frames.find(({ crossing }) => crossing === "A")?.chain).to.equal("L1");
    const [there] = frames.filter(({ chain }) => chain === "A");
    expect(there).to.deep.include({
      to: address.toLowerCase(),
      call: { functionName: "increment", args: undefined },
      result: 1n,
    });
    const bare = await client.traceAcross({ hash });
    expect(bare.call).to.equal(undefined);
  });

  it("show the error that a call on another chain reverted with", async () => {
    const faulty = await world.deploy("A", "FaultyCounter");
    const caller = await world.deploy("L1", "SafeCounterCaller", [faulty]);
    const { hash } = await world.send({ on: "L1", by: alice, to: caller, call: "bump" });
    const frame = await clientFor(network, "L1", alice).traceAcross({ hash, decode: faultyAbi });
    const by = await world.knownAs(caller, "A");
    const crossing = framesOf(frame).find((each) => each.crossing === "A");
    expect(crossing?.revert?.errorName).to.equal("Broken");
    expect(crossing?.revert?.args[0]).to.equal(by);
    expect(crossing?.missing, "rollups keep what took effect").to.be.a("string");
  });

  it("say what a transaction will do on every chain, before it is signed", async () => {
    const counter = await world.deploy("A", "Counter");
    const caller = await world.deploy("L1", "CounterCaller", [counter]);
    const client = clientFor(network, "L1", alice);
    const call = {
      abi: callerAbi,
      address: caller.address,
      functionName: "bump",
      decode: counterAbi,
    } as const;
    const simulated = await client.simulateAcross(call);
    if (!simulated.success) throw new Error(simulated.failure.reason);
    expect(simulated.result).to.equal(1n);
    expect(simulated.events.map(({ chain, event }) => ({ chain, event }))).to.deep.equal([
      {
        chain: "A",
        event: { eventName: "Incremented", args: { by: await world.knownAs(caller, "A"), count: 1n } },
      },
    ]);
    if (simulated.trace === undefined) throw new Error("no frames");
    const there = framesOf(simulated.trace).find(({ chain }) => chain === "A");
    expect(there?.call?.functionName).to.equal("increment");
    expect(simulated.gas > 21_000n).to.equal(true);
    // Nothing happened.
    expect(await world.read(counter, "count")).to.equal(0n);
  });

  it("say so if it will revert there, with the error", async () => {
    const faulty = await world.deploy("A", "FaultyCounter");
    const address = await world.addressOn(faulty, "L1");
    const client = clientFor(network, "L1", alice);
    const simulated = await client.simulateAcross({ abi: faultyAbi, address, functionName: "increment" });
    if (simulated.success) throw new Error("it succeeds");
    const by = await world.knownAs({ chain: "L1", address: alice.address }, "A");
    expect(simulated.failure.name).to.equal("TRANSACTION_REVERTED");
    expect(simulated.failure.revert?.errorName).to.equal("Broken");
    expect(simulated.failure.revert?.args[0]).to.equal(by);
  });

  it("say whose Ether a call moves, on which chain", async () => {
    const to = await world.addressOn({ chain: "A", address: bob.address }, "L1");
    const { success, ether } = await clientFor(network, "L1", alice).callAcross({ to, value: 5n });
    expect(success).to.equal(true);
    const of = (chain: string, address: string) => {
      const found = ether.find((each) => each.chain === chain && each.address === address.toLowerCase());
      return found && found.after - found.before;
    };
    expect(of("L1", alice.address)).to.equal(-5n);
    expect(of("A", bob.address)).to.equal(5n);
  });

  it("say where a transaction stands on L1, from either chain", async () => {
    const counter = await world.deploy("L1", "Counter");
    const a = clientFor(network, "A", bob);
    const remote = await a.getRemoteContract({
      abi: counterAbi,
      address: counter.address,
      chain: "L1",
      createProxy: true,
    });
    const hash = await remote.write.increment();
    await a.waitForInclusion({ hash });
    const fromA = await a.getSettlement({ hash });
    expect(await clientFor(network, "L1", bob).getSettlement({ hash })).to.deep.equal(fromA);
    expect(fromA?.l1.success).to.equal(true);
    expect(fromA?.batch?.transactionHash).to.equal(fromA?.l1.transactionHash);
    const [visit] = fromA?.visits ?? [];
    expect(visit).to.include({ rollup: "A", transactionHash: hash, proven: false, tookEffect: true });
    expect(visit?.rootAfter).to.not.equal(visit?.rootBefore);
    expect(await a.getSettlement({ hash: zeroHash })).to.equal(undefined);
  });

  it("end a wait with the reason when the transaction was dropped, and tell each state before", async () => {
    const cell = await world.deploy("A", "Cell");
    const proxy = await world.addressOn(cell, "L1");
    const client = clientFor(network, "L1", bob);
    using held = await holdProofs(world, { to: cell, call: "add", args: [1n] });
    const data = encodeFunctionData({ abi: cell.abi, functionName: "add", args: [10n] });
    const nonce = await client.getTransactionCount({ address: bob.address, blockTag: "pending" });
    const fees = (gwei: string) => ({ maxFeePerGas: parseGwei(gwei), maxPriorityFeePerGas: parseGwei(gwei) });
    const send = async (gwei: string) =>
      await client.sendTransaction({ to: proxy, data, nonce, gas: 1_000_000n, ...fees(gwei) });
    const replaced = await send("10");
    const states: string[] = [];
    const wait = thrown(
      client.waitForInclusion({ hash: replaced, onStatus: ({ state }) => states.push(state) }),
    );
    while (states.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const second = await send("20");
    const error = await wait;
    expect(error).to.be.instanceOf(TransactionDroppedError);
    expect(error).to.include({ code: "REPLACED", hash: replaced });
    expect(states[0]).to.be.oneOf(["queued", "proving"]);
    expect(states.at(-1)).to.equal("dropped");
    held.release();
    expect((await client.waitForInclusion({ hash: second })).status).to.equal("success");
  });

  it("do not wait for a transaction that is nowhere", async () => {
    const client = clientFor(network, "L1", bob);
    expect(await thrown(client.waitForInclusion({ hash: zeroHash }))).to.be.instanceOf(
      TransactionUnknownError,
    );
  });

  it("say so when the endpoint is the node itself", async () => {
    const client = createPublicClient({ transport: http(world.l1.url) }).extend(lockstepActions(network));
    expect(await thrown(client.waitForInclusion({ hash: zeroHash }))).to.be.instanceOf(NotAGatewayError);
  });
});
