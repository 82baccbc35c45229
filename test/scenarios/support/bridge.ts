import type { Contract, Stage } from "./stage.ts";
import { alice, deployer } from "./world.ts";

/** A token of L1 that alice holds, and its bridge to A. */
export interface Bridge {
  readonly token: Contract;
  readonly vault: Contract;
  readonly wrapped: Contract;
}

export async function deployBridge(stage: Stage, supply: bigint): Promise<Bridge> {
  const token = await stage.deploy("L1", "DemoToken", [alice.address, supply]);
  const vault = await stage.deploy("L1", "TokenVault", [token]);
  const wrapped = await stage.deploy("A", "WrappedToken", [vault]);
  await stage.send({ on: "L1", by: deployer, to: vault, call: "connect", args: [wrapped] });
  return { token, vault, wrapped };
}

/** What the vault holds and what is in circulation on A: equal, whenever one looks. */
export async function supplies(stage: Stage, { token, vault, wrapped }: Bridge) {
  return {
    locked: await stage.read(token, "balanceOf", [vault.address]),
    minted: await stage.read(wrapped, "totalSupply"),
  };
}
