import { expect } from "chai";
import { encodeFunctionData, zeroHash } from "viem";
import { WebSocket } from "ws";
import type { LockstepEvent } from "lockstep-client/rpc-types";
import { holdProofs } from "../../scenarios/support/held.ts";
import { alice, bob, World } from "../../scenarios/support/world.ts";
import { ask, given, raw } from "./ask.ts";

describe("what a builder tells of itself", function () {
  this.timeout(300_000);
  let world: World;
  let l1: string;
  before(async () => {
    world = await World.start({ chains: ["L1", "A", "LEDGER"] });
    l1 = world.endpoint("L1").clients.url;
  });
  after(async () => {
    await world.close();
  });

  /** What the topic pushes until `work` is done. */
  async function eventsOf(work: () => Promise<unknown>): Promise<LockstepEvent[]> {
    const socket = new WebSocket(l1.replace("http", "ws"));
    const events: LockstepEvent[] = [];
    await new Promise<void>((resolve, reject) => {
      socket.on("error", reject);
      socket.on("open", () =>
        socket.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_subscribe", params: ["lockstep"] })),
      );
      socket.on("message", (message: Buffer) => {
        const parsed: ReturnType<typeof JSON.parse> = JSON.parse(message.toString());
        if (parsed.method !== "eth_subscription") {
          resolve();
          return;
        }
        const { result }: { result: LockstepEvent } = parsed.params;
        events.push(result);
      });
    });
    await work();
    const end = Date.now() + 10_000;
    while (events.every(({ type }) => type !== "posted") && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 20));
    socket.close();
    return events;
  }

  it("how far a transaction has come, with its proofs and its gas", async () => {
    const counter = await world.deploy("A", "Counter");
    using held = await holdProofs(world, { to: counter, call: "increment" });
    const [waiting] = (await given(l1, "lockstep_getActivity", [{ limit: 1 }])).transactions;
    expect(waiting).to.deep.include({ chain: "0x0", state: "proving", blockNumber: null });
    expect(waiting?.from).to.equal(alice.address.toLowerCase());
    const before = await given(l1, "lockstep_getProgress", [waiting!.hash]);
    expect(before).to.deep.include({ state: "proving", includedAt: null, postMilliseconds: null, gas: null });
    held.release();
    await world.builder.idle();
    const progress = await given(l1, "lockstep_getProgress", [waiting!.hash]);
    expect(progress).to.deep.include({ state: "posted", reason: null });
    expect(progress.simulateMilliseconds).to.be.a("number");
    expect(progress.includedAt).to.be.at.least(progress.acceptedAt!);
    expect(progress.gas?.post).to.match(/^0x/);
    const proofs = progress.proofs.map(({ rollup, proven, backend }) => [Number(rollup), proven, backend]);
    expect(proofs).to.deep.equal([
      [Number(world.idOf("LEDGER")), true, "none"],
      [Number(world.idOf("A")), false, null],
    ]);
  });

  it("what it did lately, the newest first, as many as are asked for", async () => {
    const counter = await world.deploy("A", "Counter");
    const call = { on: "A", by: alice, to: counter, call: "increment" } as const;
    const first = await world.send(call);
    const second = await world.send(call);
    const activity = await given(l1, "lockstep_getActivity", [{ limit: 2 }]);
    expect(activity.transactions.map(({ hash }) => hash)).to.deep.equal([second.hash, first.hash]);
    const chain = `0x${world.idOf("A").toString(16)}`;
    expect(activity.transactions[0]).to.deep.include({ chain, state: "posted", rollups: [chain] });
    expect(activity.waiting).to.equal(0);
    expect(activity.lastSettlement?.blockNumber).to.equal(activity.transactions[0]?.blockNumber);
    expect(Date.now() - activity.lastSettlement!.at).to.be.within(0, 60_000);
  });

  it("why a transaction was dropped", async () => {
    const counter = await world.deploy("A", "Counter");
    await world.addressOn(counter, "L1");
    using held = await holdProofs(world, { to: counter, call: "increment" });
    const data = encodeFunctionData({ abi: counter.abi, functionName: "increment" });
    // Its nonce is used up by another one before its turn comes.
    const hash = await world.submit({ on: "L1", by: bob, to: counter, data, gas: 1_000_000n });
    await world.l1.writer(bob).sendTransaction({ to: bob.address, value: 1n });
    held.release();
    await world.builder.idle();
    const { failures, transactions } = await given(l1, "lockstep_getActivity", []);
    expect(failures[0]).to.deep.include({ hash });
    expect(failures[0]?.code).to.match(/^[A-Z_]+$/);
    expect(transactions.find((each) => each.hash === hash)).to.deep.include({ state: "failed" });
    expect(await given(l1, "lockstep_getProgress", [hash])).to.deep.include({
      state: "failed",
      reason: failures[0]?.reason,
      batch: null,
    });
  });

  it("what it does, as it does it, over a WebSocket", async () => {
    const counter = await world.deploy("A", "Counter");
    const events = await eventsOf(() => world.send({ on: "A", by: alice, to: counter, call: "increment" }));
    const types = events.map(({ type }) => type);
    for (const type of ["accepted", "simulated", "proven", "posted"]) expect(types).to.include(type);
    const proven = events.find(({ type }) => type === "proven");
    expect(proven).to.deep.include({ proven: false, backend: null });
    for (const { at } of events) expect(Date.now() - at).to.be.within(0, 60_000);
  });

  it("remembers nothing of what it did not take, and refuses what is malformed", async () => {
    expect(await ask(l1, "lockstep_getProgress", [zeroHash])).to.equal(null);
    for (const params of [[{ limit: 0 }], [{ limit: -1 }], [{ limit: 1.5 }], [{ limit: "many" }], [7], ["x"]])
      expect((await raw(l1, "lockstep_getActivity", params)).error?.code, JSON.stringify(params)).to.equal(
        -32602,
      );
    for (const params of [[], [1], ["0x1"]])
      expect((await raw(l1, "lockstep_getProgress", params)).error?.code).to.equal(-32602);
    // Only the builder's own gateway has it.
    expect(
      (await raw(world.endpoint("A").clients.url, "lockstep_getProgress", [zeroHash])).error?.code,
    ).to.equal(-32601);
  });
});
