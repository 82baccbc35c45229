import type { Contract, SolidityChain, ScenarioChains } from "./scenario-chains.ts";
import { alice, deployer } from "./world.ts";

/** A token that alice holds, and its bridge to another chain. */
export interface Bridge {
  readonly token: Contract;
  readonly vault: Contract;
  readonly wrapped: Contract;
}

export async function deployBridge(
  chains: ScenarioChains,
  supply: bigint,
  home: SolidityChain = "L1",
  away: SolidityChain = "A",
): Promise<Bridge> {
  const token = await chains.deploy(home, "DemoToken", [alice.address, supply]);
  const vault = await chains.deploy(home, "TokenVault", [token]);
  const wrapped = await chains.deploy(away, "WrappedToken", [vault]);
  await chains.send({ on: home, by: deployer, to: vault, call: "connect", args: [wrapped] });
  return { token, vault, wrapped };
}

/** What the vault holds and what is in circulation away from home: equal, whenever one looks. */
export async function supplies(chains: ScenarioChains, { token, vault, wrapped }: Bridge) {
  return {
    locked: await chains.read(token, "balanceOf", [vault.address]),
    minted: await chains.read(wrapped, "totalSupply"),
  };
}
