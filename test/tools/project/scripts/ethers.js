import { network } from "hardhat";
import { EntryPoint, Safe, SafeProxyFactory, V2Factory, V2Pair, V3Factory, V3Pool } from "./artifacts.js";

const { ethers } = await network.create("a");
const [user, other] = await ethers.getSigners();
const ETHER = ethers.parseEther("1");

async function deploy({ abi, bytecode }, ...args) {
  const contract = await new ethers.ContractFactory(abi, bytecode, user).deploy(...args);
  return await contract.waitForDeployment();
}
const sent = async (transaction) => await (await transaction).wait();
const told = (what, value) => console.log(`${what}: ${value}`);

// OpenZeppelin
const coins = [await ethers.deployContract("Coin"), await ethers.deployContract("Coin")];
const card = await ethers.deployContract("Card");
const goods = await ethers.deployContract("Goods");
await sent(coins[0].transfer(other, 5n));
told("ERC-20", await coins[0].balanceOf(other));
await sent(card.transferFrom(user, other, 1n));
told("ERC-721", (await card.ownerOf(1n)) === other.address);
await sent(goods.safeTransferFrom(user, other, 7n, 3n, "0x"));
told("ERC-1155", await goods.balanceOf(other, 7n));

// Uniswap v2: a pair, liquidity, a swap
const v2 = await deploy(V2Factory, user);
await sent(v2.createPair(...coins));
const pair = new ethers.Contract(await v2.getPair(...coins), V2Pair.abi, user);
for (const coin of coins) await sent(coin.transfer(pair, 1_000n * ETHER));
await sent(pair.mint(user));
const sold = (await pair.token0()) === (await coins[0].getAddress()) ? 0 : 1;
await sent(coins[sold].transfer(pair, ETHER));
await sent(pair.swap(0n, 9n * 10n ** 17n, other, "0x"));
told("Uniswap v2", await coins[1 - sold].balanceOf(other));

// Uniswap v3: a pool with a price
const v3 = await deploy(V3Factory);
await sent(v3.createPool(...coins, 3_000));
const pool = new ethers.Contract(await v3.getPool(...coins, 3_000), V3Pool.abi, user);
await sent(pool.initialize(2n ** 96n));
told("Uniswap v3", (await pool.slot0()).sqrtPriceX96);

// Safe: an account of one owner
const singleton = await deploy(Safe);
const factory = await deploy(SafeProxyFactory);
const none = ethers.ZeroAddress;
const setup = [[user.address], 1n, none, "0x", none, none, 0n, none];
const made = await sent(
  factory.createProxyWithNonce(singleton, singleton.interface.encodeFunctionData("setup", setup), 0n),
);
const [proxy] = made.logs.map((log) => factory.interface.parseLog(log)).find((log) => log !== null).args;
const safe = new ethers.Contract(proxy, Safe.abi, user);
await sent(coins[0].transfer(safe, 10n));
const before = await coins[0].balanceOf(other);
const call = coins[0].interface.encodeFunctionData("transfer", [other.address, 10n]);
// The sender is an owner: that is its signature.
const signature = ethers.concat([ethers.zeroPadValue(user.address, 32), ethers.ZeroHash, "0x01"]);
await sent(safe.execTransaction(coins[0], 0n, call, 0, 0n, 0n, 0n, none, none, signature));
told("Safe", (await coins[0].balanceOf(other)) - before);

// EntryPoint: a deposit
const entryPoint = await deploy(EntryPoint);
await sent(entryPoint.depositTo(other, { value: ETHER }));
told("EntryPoint", await entryPoint.balanceOf(other));
