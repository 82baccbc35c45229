import type { BaseContract } from "ethers";
import { network } from "hardhat";

export const { lockstep, ethers, networkHelpers } = await network.create("lockstep");
export const { a, b } = lockstep.rollups;

/** A token, an oracle and a vault on L1, whose accounting is on A and asks the oracle on L1. */
export async function vaultAcrossChains() {
  const [user] = await ethers.getSigners();
  const token = await ethers.deployContract("Token");
  const oracle = await ethers.deployContract("Oracle");
  const accounting = await a.ethers.deployContract("Accounting");
  const vault = await ethers.deployContract("Vault", [token, await proxyOf(accounting, "a", "L1")]);
  await accounting.open(await proxyOf(oracle, "L1", "a"), await proxyOf(vault, "L1", "a"));
  await token.mint(user, 1_000n);
  await token.approve(vault, 1_000n);
  return { token, oracle, accounting, vault, user };
}

/** The address on one chain of a contract that is on another. */
export async function proxyOf(contract: BaseContract, chain: string, on: string) {
  const address = (await contract.getAddress()) as `0x${string}`;
  return await lockstep.client.createProxy({ address, chain, on });
}
