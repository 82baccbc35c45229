import { encodeFunctionData } from "viem";
import { SYSTEM } from "../../../builder/kinds/evm/system.ts";
import { crossChainManagerAbi } from "../../../builder/protocol/abi.ts";
import type { Party, SolidityChain } from "./scenario-chains.ts";
import { bob, type World } from "./world.ts";

/** Any account has what lies at the address of a proxy passed on. */
export async function passOn(world: World, here: SolidityChain, original: Party): Promise<boolean> {
  const args = [original.address, world.idOf(original.chain)] as const;
  const data = encodeFunctionData({ abi: crossChainManagerAbi, functionName: "passOn", args });
  const manager: Party = { chain: here, address: here === "L1" ? world.manager : SYSTEM };
  const { success } = await world.transfer({ on: here, by: bob, to: manager, data });
  return success;
}
