import { type Address, type LocalAccount, numberToHex, parseEventLogs } from "viem";
import { assertKeysAllowed } from "../keys/policy.ts";
import {
  encodeVerificationKey,
  hashVerificationKey,
  type VerificationKey,
} from "../keys/verification-key.ts";
import { groth16ProofSystemAbi, rollupsAbi } from "../protocol/abi.ts";
import { type ChainId, chainId, type StateRoot } from "../protocol/ids.ts";
import { Deployer } from "./deployer.ts";
import { DeploymentError } from "./errors.ts";

/** Seconds by which a batch may be older than its L1 block: room for a proof that comes late. */
const MAX_BATCH_AGE = 3_600n;
/** The ledger's owner: nobody, so that its keys and its proof system stay as they are. */
const NOBODY = "0x0000000000000000000000000000000000000000";

export interface DeployOptions {
  /** RPC address of an L1 node. */
  readonly rpc: string;
  /** Genesis root of the ledger. */
  readonly genesisRoot: StateRoot;
  /** Verification keys of the ledger's circuit instances. */
  readonly verificationKeys: readonly VerificationKey[];
  /** Who pays; by default the first development account. */
  readonly account?: LocalAccount;
}

export interface Deployment {
  readonly evmChainId: bigint;
  readonly proofSystem: Address;
  readonly rollups: Address;
  readonly ledger: ChainId;
  /** First block with `Rollups` in it. */
  readonly deploymentBlock: bigint;
}

/**
 * Puts Lockstep on an L1 and registers one ledger.
 * @throws `DEVELOPMENT_KEY` before anything is sent when the keys may not be used on this chain; `DEPLOYMENT`.
 */
export async function deploy(options: DeployOptions): Promise<Deployment> {
  const deployer = new Deployer(options.rpc, options.account);
  const evmChainId = BigInt(await deployer.client.getChainId());
  assertKeysAllowed(evmChainId, options.verificationKeys);

  const deploymentBlock = (await deployer.client.getBlockNumber()) + 1n;
  const proofSystem = await deployer.create("Groth16ProofSystem.sol");
  const rollups = await deployer.create("Rollups.sol", [MAX_BATCH_AGE]);
  for (const key of options.verificationKeys)
    await deployer.call(proofSystem, {
      abi: groth16ProofSystemAbi,
      functionName: "registerKey",
      args: [encodeVerificationKey(key)],
    });
  const registration = {
    owner: NOBODY,
    proofSystem,
    verificationKeys: options.verificationKeys.map(hashVerificationKey),
    genesisRoot: numberToHex(options.genesisRoot, { size: 32 }),
    nativeToken: false,
  };
  const { logs } = await deployer.call(rollups, {
    abi: rollupsAbi,
    functionName: "register",
    args: [registration],
  });
  const [registered] = parseEventLogs({ abi: rollupsAbi, eventName: "RollupRegistered", logs });
  if (registered === undefined) throw new DeploymentError("register", "no event was emitted");
  return { evmChainId, proofSystem, rollups, ledger: chainId(registered.args.rollup), deploymentBlock };
}
