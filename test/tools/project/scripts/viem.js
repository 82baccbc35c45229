import { network } from "hardhat";
import {
  encodeAbiParameters,
  encodeFunctionData,
  getContract,
  parseEther,
  parseEventLogs,
  zeroAddress,
} from "viem";
import { EntryPoint, Safe, SafeProxyFactory, V2Factory, V2Pair, V3Factory, V3Pool } from "./artifacts.js";

const { viem } = await network.create("a");
const reader = await viem.getPublicClient();
const [user, other] = await viem.getWalletClients();
const me = user.account.address;
const them = other.account.address;
const ETHER = parseEther("1");

const sent = async (hash) => {
  const receipt = await reader.waitForTransactionReceipt({ hash: await hash });
  if (receipt.status !== "success") throw new Error(`${receipt.transactionHash} reverted`);
  return receipt;
};
const at = (abi, address) => getContract({ abi, address, client: { public: reader, wallet: user } });
async function deploy({ abi, bytecode }, ...args) {
  return at(abi, (await sent(user.deployContract({ abi, bytecode, args }))).contractAddress);
}
const told = (what, value) => console.log(`${what}: ${value}`);

// OpenZeppelin
const coins = [await viem.deployContract("Coin"), await viem.deployContract("Coin")];
const card = await viem.deployContract("Card");
const goods = await viem.deployContract("Goods");
await sent(coins[0].write.transfer([them, 5n]));
told("ERC-20", await coins[0].read.balanceOf([them]));
await sent(card.write.transferFrom([me, them, 1n]));
told("ERC-721", (await card.read.ownerOf([1n])).toLowerCase() === them.toLowerCase());
await sent(goods.write.safeTransferFrom([me, them, 7n, 3n, "0x"]));
told("ERC-1155", await goods.read.balanceOf([them, 7n]));

// Uniswap v2: a pair, liquidity, a swap
const addresses = coins.map(({ address }) => address);
const v2 = await deploy(V2Factory, me);
await sent(v2.write.createPair(addresses));
const pair = at(V2Pair.abi, await v2.read.getPair(addresses));
for (const coin of coins) await sent(coin.write.transfer([pair.address, 1_000n * ETHER]));
await sent(pair.write.mint([me]));
const sold = (await pair.read.token0()).toLowerCase() === addresses[0].toLowerCase() ? 0 : 1;
await sent(coins[sold].write.transfer([pair.address, ETHER]));
await sent(pair.write.swap([0n, 9n * 10n ** 17n, them, "0x"]));
told("Uniswap v2", await coins[1 - sold].read.balanceOf([them]));

// Uniswap v3: a pool with a price
const v3 = await deploy(V3Factory);
await sent(v3.write.createPool([...addresses, 3_000]));
const pool = at(V3Pool.abi, await v3.read.getPool([...addresses, 3_000]));
await sent(pool.write.initialize([2n ** 96n]));
told("Uniswap v3", (await pool.read.slot0())[0]);

// Safe: an account of one owner
const singleton = await deploy(Safe);
const factory = await deploy(SafeProxyFactory);
const setup = [[me], 1n, zeroAddress, "0x", zeroAddress, zeroAddress, 0n, zeroAddress];
const initializer = encodeFunctionData({ abi: Safe.abi, functionName: "setup", args: setup });
const { logs } = await sent(factory.write.createProxyWithNonce([singleton.address, initializer, 0n]));
const [{ args: creation }] = parseEventLogs({ abi: SafeProxyFactory.abi, eventName: "ProxyCreation", logs });
const safe = at(Safe.abi, creation.proxy);
await sent(coins[0].write.transfer([safe.address, 10n]));
const before = await coins[0].read.balanceOf([them]);
const call = encodeFunctionData({ abi: coins[0].abi, functionName: "transfer", args: [them, 10n] });
// The sender is an owner: that is its signature.
const words = encodeAbiParameters([{ type: "address" }, { type: "uint256" }], [me, 0n]);
const none = [0n, 0n, 0n, zeroAddress, zeroAddress];
await sent(safe.write.execTransaction([coins[0].address, 0n, call, 0, ...none, `${words}01`]));
told("Safe", (await coins[0].read.balanceOf([them])) - before);

// EntryPoint: a deposit
const entryPoint = await deploy(EntryPoint);
await sent(entryPoint.write.depositTo([them], { value: ETHER }));
told("EntryPoint", await entryPoint.read.balanceOf([them]));
