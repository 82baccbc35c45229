import { type Address, getAbiItem } from "viem";
import { rollupsAbi } from "../protocol/abi.ts";
import { LockstepError } from "../protocol/errors.ts";
import { type ChainId, stateRoot, type StateRoot } from "../protocol/ids.ts";
import type { L1Client } from "./client.ts";

/** L1 knows no rollup of this id. */
export class UnregisteredRollupError extends LockstepError {
  constructor(rollup: ChainId) {
    super("UNREGISTERED_ROLLUP", `no rollup ${rollup.toString()} is registered on L1`);
  }
}

const ROLLUP_REGISTERED = getAbiItem({ abi: rollupsAbi, name: "RollupRegistered" });

/** The contract that verifies a rollup's proofs now. */
export async function readProofSystem(l1: L1Client, manager: Address, rollup: ChainId): Promise<Address> {
  const call = { address: manager, abi: rollupsAbi, functionName: "rollupOf", args: [rollup] } as const;
  return (await l1.readContract(call)).proofSystem;
}

/**
 * The root with which a rollup was registered.
 * @param firstBlock from which on the registration is looked for.
 */
export async function readGenesisRoot(
  l1: L1Client,
  manager: Address,
  rollup: ChainId,
  firstBlock: bigint,
): Promise<StateRoot> {
  const blocks = { fromBlock: firstBlock, toBlock: await l1.getBlockNumber() };
  const registered = { address: manager, event: ROLLUP_REGISTERED, args: { rollup }, strict: true } as const;
  for await (const [log] of l1.logRanges.read(blocks, (range) => l1.getLogs({ ...registered, ...range })))
    if (log !== undefined) return stateRoot(BigInt(log.args.genesisRoot));
  throw new UnregisteredRollupError(rollup);
}
