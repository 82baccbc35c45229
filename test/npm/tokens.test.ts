import { expect } from "chai";
import {
  decodeErrorResult,
  encodeFunctionData,
  getAddress,
  type Hex,
  maxUint256,
  parseAbi,
  parseEther,
} from "viem";
import { passOn } from "../scenarios/support/pass-on.ts";
import { refusalOf } from "../scenarios/support/refusal.ts";
import type { Argument, Contract, Party, SolidityChain } from "../scenarios/support/scenario-chains.ts";
import { alice, bob, carol, World } from "../scenarios/support/world.ts";
import { deployBuilt } from "./built.ts";

const PERMIT2 = "0x000000000022D473030F116dDEE9F6B43aC78BA3";

/** Tokens that stand on A; those who own, receive or collect them are on L1. */
describe("tokens from npm, across chains", function () {
  this.timeout(600_000);
  let world: World;
  before(async () => {
    world = await World.start({ chains: ["L1", "A", "B"], evm: { A: { predeploys: ["permit2"] } } });
  });
  after(() => world.close());

  const onA = (address: Hex): Party => ({ chain: "A", address });

  for (const [home, away] of [
    ["A", "L1"],
    ["L1", "A"],
    ["A", "B"],
  ] as const)
    describe(`of OpenZeppelin's on ${home}, given to ${away}`, () => {
      hooks(() => world, home, away);
    });

  for (const [home, away] of [
    ["A", "L1"],
    ["L1", "A"],
  ] as const) {
    it(`WETH9 on ${home} wraps Ether that comes from ${away}, and sends it back when it is passed on`, async () => {
      // It pays with 2,300 gas, which cross to no chain.
      await wraps(
        home,
        await deployBuilt(world, home, "canonical-weth/build/contracts/WETH9.json"),
        away,
        true,
      );
    });

    it(`solady's WETH on ${home} wraps Ether that comes from ${away}, and sends it back there`, async () => {
      await wraps(home, await world.deploy(home, "NpmWeth"), away, false);
    });
  }

  /** @param waits whether what is taken out waits at the owner's proxy until it is passed on. */
  async function wraps(
    home: SolidityChain,
    weth: Contract,
    away: SolidityChain,
    waits: boolean,
  ): Promise<void> {
    const owner = { chain: away, address: alice.address };
    await world.transfer({ on: "L1", by: carol, to: onA(alice.address), value: parseEther("4") });
    // What L1 holds for A is what is on A.
    const held = async () => (await world.onL1("A")).ether;
    const [before, sign] = [await held(), home === "A" ? 1n : -1n];
    await world.send({ on: away, by: alice, to: weth, call: "deposit", value: parseEther("2") });
    await world.transfer({ on: away, by: alice, to: weth, value: parseEther("1") });
    const ownerAtHome = await world.knownAs(owner, home);
    expect(await world.read(weth, "balanceOf", [ownerAtHome])).to.equal(parseEther("3"));
    expect(await world.balance(weth)).to.equal(parseEther("3"));
    expect(await held()).to.equal(before + sign * parseEther("3"));

    const own = await world.balance(owner);
    await world.send({ on: away, by: alice, to: weth, call: "withdraw", args: [parseEther("2.5")] });
    if (waits) {
      expect(await world.balance({ chain: home, address: ownerAtHome })).to.equal(parseEther("2.5"));
      expect(await passOn(world, home, owner)).to.equal(true);
    }
    const gained = (await world.balance(owner)) - own;
    expect(gained > parseEther("2.4") && gained <= parseEther("2.5"), "all but the fee").to.equal(true);
    expect(await world.read(weth, "balanceOf", [ownerAtHome])).to.equal(parseEther("0.5"));
    expect(await held()).to.equal(before + sign * parseEther("0.5"));
  }

  for (const [home, away] of [
    ["A", "L1"],
    ["L1", "A"],
    ["A", "B"],
  ] as const)
    it(`an ERC-20 on ${home} is held, given on and lent to a spender from ${away}`, async () => {
      const coin = await world.deploy(home, "NpmCoin");
      const spender = await world.deploy(away, "Collector");
      const send = async (by: typeof alice, call: string, args: readonly Argument[]) =>
        await world.send({ on: away, by, to: coin, call, args });
      const balance = async (of: Hex) => await world.read(coin, "balanceOf", [of]);
      const [owner, friend] = [
        await world.knownAs({ chain: away, address: alice.address }, home),
        await world.knownAs({ chain: away, address: bob.address }, home),
      ];
      await world.transfer({ on: "L1", by: carol, to: onA(bob.address), value: parseEther("1") });
      await send(alice, "mint", [owner, 100n]);
      await send(alice, "transfer", [carol.address, 30n]);
      await send(alice, "approve", [friend, 50n]);
      await send(bob, "transferFrom", [owner, await world.addressOn(spender, home), 50n]);
      expect(await balance(owner)).to.equal(20n);
      expect(await balance(carol.address)).to.equal(30n);
      expect(await balance(await world.addressOn(spender, home))).to.equal(50n);
      // The token's own error, from the other chain.
      const more = await refusalOf(send(bob, "transferFrom", [owner, friend, 1n]));
      expect(decodeErrorResult({ abi: coin.abi, data: more.data ?? "0x" })).to.deep.include({
        errorName: "ERC20InsufficientAllowance",
        args: [getAddress(friend), 0n, 1n],
      });
    });

  it("Permit2 moves an ERC-20 by a signature, for a contract on L1", async () => {
    const coin = await world.deploy("A", "NpmCoin");
    const collector = await world.deploy("L1", "Collector");
    const permit2: Contract = {
      chain: "A",
      address: PERMIT2,
      abi: parseAbi(["function DOMAIN_SEPARATOR() view returns (bytes32)"]),
    };
    await world.send({ on: "A", by: bob, to: coin, call: "mint", args: [onA(bob.address), 100n] });
    await world.send({ on: "A", by: bob, to: coin, call: "approve", args: [PERMIT2, maxUint256] });
    const collectorOnA = await world.addressOn(collector, "A");
    const { reader } = world.endpoint("A").clients;
    const permit = { permitted: { token: coin.address, amount: 40n }, nonce: 0n, deadline: maxUint256 };
    const signature = await bob.signTypedData({
      domain: { name: "Permit2", chainId: await reader.getChainId(), verifyingContract: PERMIT2 },
      types: {
        PermitTransferFrom: [
          { name: "permitted", type: "TokenPermissions" },
          { name: "spender", type: "address" },
          { name: "nonce", type: "uint256" },
          { name: "deadline", type: "uint256" },
        ],
        TokenPermissions: [
          { name: "token", type: "address" },
          { name: "amount", type: "uint256" },
        ],
      },
      primaryType: "PermitTransferFrom",
      message: { ...permit, spender: collectorOnA },
    });

    const taking = {
      on: "L1",
      by: alice,
      to: collector,
      data: encodeFunctionData({
        abi: collector.abi,
        functionName: "take",
        args: [await world.addressOn(permit2, "L1"), permit, carol.address, bob.address, signature],
      }),
    } as const;
    await world.transfer(taking);
    expect(await world.read(coin, "balanceOf", [carol.address])).to.equal(40n);
    expect(await world.read(collector, "takings")).to.equal(1n);
    // The nonce is used.
    const again = await refusalOf(world.transfer(taking));
    expect(again.data, "InvalidNonce()").to.equal("0x756688fe");
  });
});

/** Tokens that ask who receives them, by a hook that goes to another chain. */
function hooks(shared: () => World, home: SolidityChain, away: SolidityChain): void {
  let world: World;
  before(() => {
    world = shared();
  });
  const here = (address: Hex): Party => ({ chain: home, address });
  const there = (address: Hex): Party => ({ chain: away, address });

  async function shelfFor(token: Contract): Promise<{ shelf: Contract; tokenThere: Hex; shelfHere: Hex }> {
    const shelf = await world.deploy(away, "Shelf");
    return {
      shelf,
      tokenThere: await world.addressOn(token, away),
      shelfHere: await world.addressOn(shelf, home),
    };
  }

  async function revertOf(promise: Promise<unknown>, abi: Contract["abi"]) {
    const { data } = await refusalOf(promise);
    return decodeErrorResult({ abi, data: data ?? "0x" });
  }

  describe("an ERC-721", () => {
    it("asks a receiver on another chain by its hook, and comes back from there", async () => {
      const card = await world.deploy(home, "NpmCard");
      const { shelf, tokenThere, shelfHere } = await shelfFor(card);
      await world.send({ on: home, by: bob, to: card, call: "mint", args: [here(bob.address), 1n] });
      const args = [here(bob.address), shelf, 1n, "0x6869"];
      await world.send({
        on: home,
        by: bob,
        to: card,
        call: "safeTransferFrom",
        args,
      });
      expect(await world.read(card, "ownerOf", [1n])).to.equal(shelfHere);
      expect(await world.read(shelf, "count")).to.equal(1n);
      const { reader } = world.endpoint(away).clients;
      const [put] = await reader.getContractEvents({ ...shelf, eventName: "Put", fromBlock: 0n });
      // Arguments are the token's chain's own words; who calls is the token's proxy.
      expect(put?.args).to.deep.equal({
        token: tokenThere,
        operator: bob.address,
        from: bob.address,
        id: 1n,
        amount: 1n,
        note: "0x6869",
      });
      const back = [card, shelfHere, bob.address, 1n];
      await world.send({
        on: away,
        by: alice,
        to: shelf,
        call: "giveBack",
        args: back,
      });
      expect(await world.read(card, "ownerOf", [1n])).to.equal(bob.address);
    });

    it("stays where it is when the receiver refuses it, for the receiver's reason", async () => {
      const card = await world.deploy(home, "NpmCard");
      const { shelf, tokenThere } = await shelfFor(card);
      await world.send({ on: home, by: bob, to: card, call: "mint", args: [here(bob.address), 13n] });
      const args = [here(bob.address), shelf, 13n];
      const sent = world.send({
        on: home,
        by: bob,
        to: card,
        call: "safeTransferFrom",
        args,
      });
      const { errorName, args: said } = await revertOf(sent, shelf.abi);
      expect([errorName, ...(said ?? [])]).to.deep.equal(["Unwanted", tokenThere, 13n]);
      expect(await world.read(card, "ownerOf", [13n])).to.equal(bob.address);
    });

    it("cannot be sent safely to another chain's account without code, whose proxy has code", async () => {
      const card = await world.deploy(home, "NpmCard");
      // As one without code answers: with nothing, which is not what the hook has to return.
      const minting = { on: away, by: alice, to: card, call: "mint" } as const;
      const refused = await refusalOf(world.send({ ...minting, args: [there(alice.address), 1n] }));
      expect(refused.data ?? "0x").to.equal("0x");
      await world.send({ on: home, by: bob, to: card, call: "mint", args: [here(bob.address), 1n] });
      const args = [here(bob.address), there(alice.address), 1n];
      await world.send({ on: home, by: bob, to: card, call: "transferFrom", args });
      const aliceHere = await world.knownAs(there(alice.address), home);
      expect(await world.read(card, "ownerOf", [1n])).to.equal(aliceHere);
      // She owns it all the same, and gives it on from there.
      const on = [there(alice.address), here(carol.address), 1n];
      await world.send({ on: away, by: alice, to: card, call: "transferFrom", args: on });
      expect(await world.read(card, "ownerOf", [1n])).to.equal(carol.address);
    });
  });

  it("an ERC-1155 asks a receiver on another chain by its hook, and comes back from there", async () => {
    const goods = await world.deploy(home, "NpmGoods");
    const { shelf, shelfHere } = await shelfFor(goods);
    await world.send({ on: home, by: bob, to: goods, call: "mint", args: [here(bob.address), 7n, 100n] });
    const send = (id: bigint, amount: bigint) =>
      world.send({
        on: home,
        by: bob,
        to: goods,
        call: "safeTransferFrom",
        args: [here(bob.address), shelf, id, amount, "0x"],
      });
    await send(7n, 60n);
    expect(await world.read(goods, "balanceOf", [shelfHere, 7n])).to.equal(60n);
    expect(await world.read(shelf, "count")).to.equal(1n);
    await world.send({ on: home, by: bob, to: goods, call: "mint", args: [here(bob.address), 13n, 1n] });
    expect((await revertOf(send(13n, 1n), shelf.abi)).errorName).to.equal("Unwanted");
    const back = [goods, shelfHere, bob.address, 7n, 25n];
    const call = "giveBack";
    await world.send({ on: away, by: alice, to: shelf, call, args: back });
    expect(await world.read(goods, "balanceOf", [bob.address, 7n])).to.equal(65n);
  });
}
