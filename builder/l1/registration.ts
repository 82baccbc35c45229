import { type Address, parseEventLogs } from "viem";
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
  const logs = await l1.getLogs({ address: manager, fromBlock: firstBlock, toBlock: "latest" });
  const registrations = parseEventLogs({
    abi: rollupsAbi,
    logs,
    eventName: "RollupRegistered",
    args: { rollup },
  });
  const genesis = registrations[0]?.args.genesisRoot;
  if (genesis === undefined) throw new UnregisteredRollupError(rollup);
  return stateRoot(BigInt(genesis));
}
