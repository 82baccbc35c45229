import { expect } from "chai";
import { encodeFunctionData, type Hex, numberToHex, parseEther, toEventSelector } from "viem";
import type { SimulationAcross } from "lockstep-client/rpc-types";
import type { Argument, Contract } from "../../scenarios/support/scenario-chains.ts";
import { alice, World } from "../../scenarios/support/world.ts";
import { given, raw } from "./ask.ts";

describe("what a call will do on every chain, before it is signed", function () {
  this.timeout(300_000);
  let world: World;
  before(async () => {
    world = await World.start({ chains: ["L1", "A", "B"] });
  });
  after(async () => {
    await world.close();
  });

  async function simulate(
    on: "L1" | "A" | "B",
    to: Contract,
    call: string,
    { args = [], value = 0n }: { args?: readonly Argument[]; value?: bigint } = {},
  ): Promise<SimulationAcross> {
    const data = await world.encode({ to, call, args });
    const request = { from: alice.address, to: to.address, data, value: numberToHex(value) };
    return await given(world.endpoint(on).clients.url, "lockstep_simulateAcross", [request]);
  }

  for (const on of ["L1", "A"] as const) {
    const other = on === "L1" ? "A" : "L1";

    it(`from ${on}: the frames of both chains, and nothing of it stays`, async () => {
      const counter = await world.deploy(other, "Counter");
      const caller = await world.deploy(on, "CounterCaller", [counter]);
      const seen = await simulate(on, caller, "bump");
      expect(seen).to.deep.include({ success: true, error: null, warnings: [] });
      expect(BigInt(seen.gas) > 21_000n).to.equal(true);
      expect(JSON.stringify(seen.trace)).to.contain(counter.address.toLowerCase());
      expect(await world.read(counter, "count")).to.equal(0n);
      await world.send({ on, by: alice, to: caller, call: "bump" });
      expect(await world.read(counter, "count")).to.equal(1n);
    });

    it(`from ${on}: why it will fail, with the other chain's error`, async () => {
      const counter = await world.deploy(other, "FaultyCounter");
      const caller = await world.deploy(on, "CounterCaller", [counter]);
      const seen = await simulate(on, caller, "bump");
      expect(seen).to.deep.include({ success: false, events: [], ether: [] });
      expect(seen.error).to.deep.include({ name: "TRANSACTION_REVERTED", data: seen.data });
      expect(seen.data.length).to.be.greaterThan(2);
    });
  }

  it("where the Ether goes, as it then does", async () => {
    const [home, onA, onB] = [
      await world.deploy("L1", "Courier"),
      await world.deploy("A", "Courier"),
      await world.deploy("B", "Courier"),
    ];
    await world.send({ on: "L1", by: alice, to: home, call: "setNext", args: [onA] });
    await world.send({ on: "A", by: alice, to: onA, call: "setNext", args: [onB] });
    await world.send({ on: "B", by: alice, to: onB, call: "setNext", args: [home] });
    const value = parseEther("1");
    for (const hops of [1n, 2n, 3n]) {
      const seen = await simulate("L1", home, "send", { args: [hops], value });
      expect(seen.success).to.equal(true);
      const call = { on: "L1", by: alice, to: home, call: "send", args: [hops], value } as const;
      await world.send(call);
      for (const { chain, address, after } of seen.ether) {
        // What alice pays for gas is not foretold.
        if (address === alice.address.toLowerCase()) continue;
        const name = (["L1", "A", "B"] as const).find((each) => numberToHex(world.idOf(each)) === chain)!;
        expect(numberToHex(await world.balance({ chain: name, address })), `${address} on ${name}`).to.equal(
          after,
        );
      }
      // The one where it ends has it, besides alice and, if it does not come home, what L1 holds.
      expect(seen.ether).to.have.length(hops === 3n ? 2 : 3);
    }
  });

  it("the events of all chains, but for those that are undone", async () => {
    const token = await world.deploy("A", "DemoToken", [alice.address, 100n]);
    const data = encodeFunctionData({ abi: token.abi, functionName: "transfer", args: [alice.address, 0n] });
    const proxy = await world.addressOn(token, "L1");
    const seen = await given(world.endpoint("L1").clients.url, "lockstep_simulateAcross", [
      { from: alice.address, to: proxy, data },
    ]);
    const topic = toEventSelector("Transfer(address,address,uint256)");
    const own = seen.events.filter(({ chain }) => chain === numberToHex(world.idOf("A")));
    expect(own.map(({ address, topics }) => [address, topics[0]])).to.deep.equal([
      [token.address.toLowerCase(), topic],
    ]);
  });

  it("refuses what is malformed, and earlier blocks", async () => {
    const { url } = world.endpoint("L1").clients;
    const code = async (...params: unknown[]): Promise<number | undefined> =>
      (await raw(url, "lockstep_simulateAcross", params)).error?.code;
    expect(await code()).to.equal(-32602);
    expect(await code("0x")).to.equal(-32602);
    expect(await code({ to: "0x12" })).to.equal(-32602);
    expect(await code({ to: alice.address }, "0x0" satisfies Hex)).to.equal(-32000);
  });
});
