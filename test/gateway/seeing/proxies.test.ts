import { expect } from "chai";
import { type Hex, numberToHex } from "viem";
import type { ChainName } from "../../scenarios/support/scenario-chains.ts";
import { alice, World } from "../../scenarios/support/world.ts";
import { ask, raw } from "./ask.ts";

describe("proxies of an account", function () {
  this.timeout(300_000);
  let world: World;
  before(async () => {
    world = await World.start({ chains: ["L1", "A", "B", "LEDGER"] });
  });
  after(async () => {
    await world.close();
  });
  const chain = (name: ChainName): Hex => numberToHex(world.idOf(name));
  const url = (name: ChainName): string => world.endpoint(name).clients.url;

  it("are there on every chain that can have them, or would be", async () => {
    const counter = await world.deploy("A", "Counter");
    const onL1 = await world.addressOn(counter, "L1");
    const onB = await world.knownAs(counter, "B");
    const expected = {
      original: null,
      proxies: [
        { chain: "0x0", address: onL1.toLowerCase(), deployed: true },
        { chain: chain("B"), address: onB.toLowerCase(), deployed: false },
      ],
    };
    for (const on of ["L1", "A", "B", "LEDGER"] as const)
      expect(await ask(url(on), "lockstep_getProxies", [counter.address, chain("A")])).to.deep.equal(
        expected,
      );
    // A proxy says what it stands for, and then the same of that.
    const original = { chain: chain("A"), address: counter.address.toLowerCase() };
    expect(await ask(url("L1"), "lockstep_getProxies", [onL1, "0x0"])).to.deep.equal({
      ...expected,
      original,
    });
    expect((await ask(url("L1"), "lockstep_getProxies", [onB, chain("B")])).original).to.equal(null);
    await world.addressOn(counter, "B");
    const there = await ask(url("B"), "lockstep_getProxies", [onB, chain("B")]);
    expect(there.original).to.deep.equal(original);
    expect(there.proxies.map(({ deployed }) => deployed)).to.deep.equal([true, true]);
  });

  it("of accounts without code, and of a ledger", async () => {
    const { original, proxies } = await ask(url("L1"), "lockstep_getProxies", [alice.address, "0x0"]);
    expect(original).to.equal(null);
    expect(proxies.map((each) => each.chain)).to.deep.equal([chain("A"), chain("B")]);
    const ledger = await ask(url("L1"), "lockstep_getProxies", [world.ledger.address, chain("LEDGER")]);
    expect(ledger.proxies.map((each) => each.chain)).to.deep.equal(["0x0", chain("A"), chain("B")]);
  });

  it("are refused for what is malformed, and for chains that are not there", async () => {
    for (const params of [
      [],
      [alice.address],
      ["0x12", "0x0"],
      [alice.address, "zero"],
      [alice.address, "0x63"],
      [alice.address, `0x${"ff".repeat(9)}`],
    ])
      expect((await raw(url("L1"), "lockstep_getProxies", params)).error?.code, String(params)).to.equal(
        -32602,
      );
  });
});
