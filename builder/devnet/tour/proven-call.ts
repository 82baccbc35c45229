import type { Address, Hex } from "viem";
import type { DevnetDescription } from "../../node/deployment/description.ts";
import { PROVEN_COUNTER } from "../../node/kinds/index.ts";
import { counterCallerAbi, managerAbi } from "./abi.ts";
import { openDapp } from "./dapp.ts";

export interface ProvenCall {
  /** The L1 transaction that called the counter. */
  readonly hash: Hex;
  /** What the contract on L1 got as the result, inside that transaction. */
  readonly summary: string;
  /** On L1. */
  readonly caller: Address;
  /** On the rollup. */
  readonly counter: Address;
  readonly rollup: bigint;
}

/** Has a contract on L1 call an unchanged Solidity contract on the rollup whose execution is proven. */
export async function makeProvenCall(devnet: DevnetDescription): Promise<ProvenCall> {
  const rollup = devnet.rollups.find(({ kind }) => kind === "proven-evm");
  if (rollup === undefined) throw new RangeError("the devnet has no rollup whose Solidity is proven");
  const dapp = openDapp(devnet, 1);
  const { rollups: address } = devnet.l1;
  const args = [PROVEN_COUNTER, BigInt(rollup.id)] as const;
  await dapp.write({ address, abi: managerAbi, functionName: "createProxy", args });
  const proxy = await dapp.publicClient.readContract({
    address,
    abi: managerAbi,
    functionName: "proxyOf",
    args,
  });
  const caller = await dapp.deploy("CounterCaller", [proxy]);
  const { transactionHash } = await dapp.write({
    address: caller,
    abi: counterCallerAbi,
    functionName: "bump",
  });
  const read = { address: caller, abi: counterCallerAbi, functionName: "lastResult" } as const;
  const result = await dapp.publicClient.readContract(read);
  return {
    hash: transactionHash,
    summary: `Counter.increment() on ${rollup.name} returned ${result.toString()}`,
    caller,
    counter: PROVEN_COUNTER,
    rollup: args[1],
  };
}
