import type { Contract, SolidityChain, Stage } from "./stage.ts";
import { alice, deployer } from "./world.ts";

/** A token that alice holds, and its bridge to another chain. */
export interface Bridge {
  readonly token: Contract;
  readonly vault: Contract;
  readonly wrapped: Contract;
}

export async function deployBridge(
  stage: Stage,
  supply: bigint,
  home: SolidityChain = "L1",
  away: SolidityChain = "A",
): Promise<Bridge> {
  const token = await stage.deploy(home, "DemoToken", [alice.address, supply]);
  const vault = await stage.deploy(home, "TokenVault", [token]);
  const wrapped = await stage.deploy(away, "WrappedToken", [vault]);
  await stage.send({ on: home, by: deployer, to: vault, call: "connect", args: [wrapped] });
  return { token, vault, wrapped };
}

/** What the vault holds and what is in circulation away from home: equal, whenever one looks. */
export async function supplies(stage: Stage, { token, vault, wrapped }: Bridge) {
  return {
    locked: await stage.read(token, "balanceOf", [vault.address]),
    minted: await stage.read(wrapped, "totalSupply"),
  };
}
