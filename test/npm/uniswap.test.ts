import { expect } from "chai";
import { type Abi, encodeAbiParameters, type Hex, parseEther, zeroAddress } from "viem";
import type { Contract, SolidityChain } from "../scenarios/support/scenario-chains.ts";
import { alice, bob, deployer, World } from "../scenarios/support/world.ts";
import { deployBuilt, readBuilt } from "./built.ts";

const V2 = "@uniswap/v2-core/build";
const V3 = "@uniswap/v3-core/artifacts/contracts";

/** Exchanges that stand on one chain; who trades there is a contract on another, which they call back. */
describe("Uniswap, across chains", function () {
  this.timeout(600_000);
  let world: World;
  before(async () => {
    world = await World.start({ chains: ["L1", "A", "B"] });
  });
  after(() => world.close());

  for (const [home, away] of [
    ["A", "L1"],
    ["L1", "A"],
    ["A", "B"],
  ] as const)
    describe(`on ${home}, traded from ${away}`, () => {
      exchanges(() => world, home, away);
    });
});

function exchanges(shared: () => World, home: SolidityChain, away: SolidityChain): void {
  let world: World;
  let coins: readonly [Contract, Contract];

  before(async () => {
    world = shared();
    const [one, other] = [await world.deploy(home, "NpmCoin"), await world.deploy(home, "NpmCoin")];
    coins = one.address.toLowerCase() < other.address.toLowerCase() ? [one, other] : [other, one];
  });
  const mint = async (coin: Contract, to: Hex, amount: bigint) =>
    await world.send({ on: home, by: bob, to: coin, call: "mint", args: [to, amount] });
  const balance = async (coin: Contract, of: Hex) => await world.read(coin, "balanceOf", [of]);

  /** The exchange that a factory makes for the coins. */
  async function exchange(factory: Contract, abi: Abi, fee: readonly bigint[]): Promise<Contract> {
    const pair = [coins[0].address, coins[1].address, ...fee];
    const what = fee.length === 0 ? "Pair" : "Pool";
    await world.send({ on: home, by: bob, to: factory, call: `create${what}`, args: pair });
    const address = await world.read(factory, `get${what}`, pair);
    return { chain: home, address: `0x${String(address).slice(2)}`, abi };
  }

  it("v2 lends to a contract that pays in the middle of the swap", async () => {
    const factory = await deployBuilt(world, home, `${V2}/UniswapV2Factory.json`, [deployer.address]);
    const { abi } = await readBuilt(`${V2}/UniswapV2Pair.json`);
    const pair = await exchange(factory, abi, []);
    for (const coin of coins) await mint(coin, pair.address, parseEther("100"));
    await world.send({ on: home, by: bob, to: pair, call: "mint", args: [bob.address] });

    const swapper = await world.deploy(away, "FlashSwapper");
    const swapperAtHome = await world.addressOn(swapper, home);
    const [coin] = coins;
    await mint(coin, swapperAtHome, parseEther("1"));
    const flash = async (payment: bigint) => {
      const data = encodeAbiParameters(
        [{ type: "address" }, { type: "address" }, { type: "uint256" }],
        [await world.addressOn(coin, away), pair.address, payment],
      );
      const args = [pair, swapperAtHome, parseEther("10"), data];
      return await world.send({ on: away, by: alice, to: swapper, call: "swap", args });
    };
    // 0.3 % of what comes in.
    const enough = (parseEther("10") * 1000n) / 997n + 1n;
    const short: unknown = await flash(enough - 2n).catch((error: unknown) => error);
    expect(String(short)).to.include("UniswapV2: K");
    expect(await balance(coin, pair.address)).to.equal(parseEther("100"));

    await flash(enough);
    expect(await world.read(swapper, "held")).to.equal(parseEther("11"));
    expect(await world.read(swapper, "sender")).to.equal(swapperAtHome);
    expect(await balance(coin, pair.address)).to.equal(parseEther("90") + enough);
    expect(await balance(coin, swapperAtHome)).to.equal(parseEther("11") - enough);
  });

  it("v3 takes liquidity and a trade from a contract that pays when it is called back", async () => {
    const factory = await deployBuilt(world, home, `${V3}/UniswapV3Factory.sol/UniswapV3Factory.json`);
    const { abi } = await readBuilt(`${V3}/UniswapV3Pool.sol/UniswapV3Pool.json`);
    const pool = await exchange(factory, abi, [3_000n]);
    expect(pool.address).to.not.equal(zeroAddress);
    // One for one.
    await world.send({ on: home, by: bob, to: pool, call: "initialize", args: [2n ** 96n] });

    const keeper = await world.deploy(away, "PoolKeeper", [coins[0], coins[1]]);
    const keeperAtHome = await world.addressOn(keeper, home);
    for (const coin of coins) await mint(coin, keeperAtHome, parseEther("1000"));
    const ask = async (call: string, ...args: readonly (bigint | number)[]) =>
      await world.send({
        on: away,
        by: alice,
        to: keeper,
        call,
        args: [pool, keeperAtHome, pool.address, ...args],
      });

    await ask("provide", -600, 600, parseEther("1000"));
    const lent = await balance(coins[0], pool.address);
    expect(lent).to.equal(await balance(coins[1], pool.address));
    expect(await world.read(pool, "liquidity")).to.equal(parseEther("1000"));

    const before = await balance(coins[1], keeperAtHome);
    await ask("trade", parseEther("1"), 4295128740n);
    expect(await balance(coins[0], pool.address)).to.equal(BigInt(String(lent)) + parseEther("1"));
    const gained = BigInt(String(await balance(coins[1], keeperAtHome))) - BigInt(String(before));
    expect(gained > parseEther("0.99") && gained < parseEther("0.997"), `${gained}`).to.equal(true);
    expect(await world.read(keeper, "payments")).to.equal(2n);
  });
}
