import hre, { network } from "hardhat";
import {
  type Abi,
  type Address,
  createPublicClient,
  createTestClient,
  createWalletClient,
  type Hex,
  http,
  keccak256,
  toHex,
} from "viem";
import { type Account, mnemonicToAccount } from "viem/accounts";
import { hardhat } from "viem/chains";
import { compileContracts } from "../../builder/node/deployment/compile.ts";
import type { Circuits } from "../../builder/node/circuits.ts";
import { groth16ProofSystemAbi, rollupsAbi } from "../../builder/protocol/abi.ts";
import { chainId, type ChainId } from "../../builder/protocol/ids.ts";
import { rootHex } from "../../builder/protocol/execution/encoding.ts";
import { evmKind } from "../../builder/kinds/evm/index.ts";
import { UNPROVEN_KEY } from "../../builder/kinds/unproven.ts";
import { ledgerKind } from "../../builder/kinds/ledger/index.ts";
import { LEDGER } from "../../builder/kinds/ledger/abi.ts";
import { encodeVerificationKey, hashVerificationKey } from "../../builder/proving/keys/verification-key.ts";

const MNEMONIC = "test test test test test test test test test test test junk";

/** The n-th of Hardhat's well-known accounts. */
export function accountAt(index: number) {
  return mnemonicToAccount(MNEMONIC, { addressIndex: index });
}

/** Who posts batches in these tests. */
export const builderAccount = accountAt(9);

/** Names of the circuits' keys with `AcceptingProofSystem`, which does not look at them. */
export const unprovenKeys = {
  ledger1: keccak256(toHex("unproven ledger1")),
  ledger2: keccak256(toHex("unproven ledger2")),
} as const;

let compiled: Promise<unknown> | undefined;

/** An artefact of the project, compiled once per process. */
export async function artefact(name: string): Promise<{ abi: Abi; bytecode: Hex }> {
  compiled ??= compileContracts();
  await compiled;
  const { abi, bytecode } = await hre.artifacts.readArtifact(name);
  return { abi: [...abi], bytecode: `0x${bytecode.slice(2)}` };
}

/** viem clients of a JSON-RPC endpoint. */
export function clientsOf(url: string) {
  const transport = http(url);
  const chain = { ...hardhat, rpcUrls: { default: { http: [url] } } };
  const reader = createPublicClient({ chain, transport, pollingInterval: 50, cacheTime: 0 });
  const node = createTestClient({ chain, transport, mode: "hardhat" });
  const writer = <Who extends Account | Address>(account: Who) =>
    createWalletClient({ chain, transport, account });
  return { url, chain, reader, node, writer };
}

/** A Hardhat node that answers over HTTP, as users' nodes do. */
export async function startL1() {
  const server = await network.createServer({ network: "default" }, "127.0.0.1", 0);
  const { address, port } = await server.listen();
  return { ...clientsOf(`http://${address}:${port}`), close: () => server.close() };
}

export type L1 = Awaited<ReturnType<typeof startL1>>;

/** Deploys a contract of the project. */
export async function deploy(
  l1: Pick<L1, "reader" | "writer">,
  name: string,
  args: readonly unknown[] = [],
  account: Account = accountAt(0),
): Promise<{ address: Address; abi: Abi }> {
  const { abi, bytecode } = await artefact(name);
  const hash = await l1.writer(account).deployContract({ abi, bytecode, args });
  const { contractAddress } = await l1.reader.waitForTransactionReceipt({ hash });
  if (contractAddress === null || contractAddress === undefined) throw new Error(`${name} was not deployed`);
  return { address: contractAddress, abi };
}

/** By which names L1 knows the circuits' keys, once they are registered. */
export function namesOfKeys(circuits: Circuits): Record<string, Hex> {
  const keys: Record<string, Hex> = {};
  for (const [name, { verificationKey }] of circuits) keys[name] = hashVerificationKey(verificationKey);
  return keys;
}

/** Registers the circuits' keys with a `Groth16ProofSystem`. */
export async function registerKeys(l1: L1, proofSystem: Address, circuits: Circuits): Promise<void> {
  for (const { verificationKey } of circuits.values()) {
    const hash = await l1.writer(accountAt(0)).writeContract({
      address: proofSystem,
      abi: groth16ProofSystemAbi,
      functionName: "registerKey",
      args: [encodeVerificationKey(verificationKey)],
    });
    await l1.reader.waitForTransactionReceipt({ hash });
  }
}

/** A `Groth16ProofSystem` that has the circuits' keys, as `startLockstep` takes it. */
export async function deployGroth16(l1: L1, circuits: Circuits) {
  const proofSystem = (await deploy(l1, "Groth16ProofSystem")).address;
  await registerKeys(l1, proofSystem, circuits);
  return { proofSystem, keys: namesOfKeys(circuits) };
}

/**
 * A node with `Rollups` and one ledger, whose proofs are taken on trust unless a proof system is given.
 * @param start another node than Hardhat's.
 */
export async function startLockstep(
  proofs?: (l1: L1) => Promise<{ proofSystem: Address; keys: Record<string, Hex> }>,
  start: () => Promise<L1> = startL1,
) {
  const l1 = await start();
  const rollups = (await deploy(l1, "Rollups", [600n])).address;
  const { proofSystem, keys } = (await proofs?.(l1)) ?? {
    proofSystem: (await deploy(l1, "AcceptingProofSystem")).address,
    keys: unprovenKeys,
  };
  const register = async (nativeToken = false): Promise<ChainId> =>
    await registerRollup(
      { l1, rollups },
      {
        proofSystem,
        verificationKeys: Object.values(keys),
        genesisRoot: rootHex(await ledgerKind.genesisRoot()),
        nativeToken,
      },
    );
  const ledger = await register();
  const proxyOf = async (original: Address, rollup: ChainId): Promise<Address> =>
    await l1.reader.readContract({
      address: rollups,
      abi: rollupsAbi,
      functionName: "proxyOf",
      args: [original, rollup],
    });
  const createProxy = async (original: Address, rollup: ChainId): Promise<Address> => {
    const hash = await l1.writer(accountAt(0)).writeContract({
      address: rollups,
      abi: rollupsAbi,
      functionName: "createProxy",
      args: [original, rollup],
    });
    await l1.reader.waitForTransactionReceipt({ hash });
    return await proxyOf(original, rollup);
  };
  const ledgerProxy = await createProxy(LEDGER, ledger);
  return { l1, rollups, ledger, ledgerProxy, keys, register, proxyOf, createProxy };
}

export type Lockstep = Awaited<ReturnType<typeof startLockstep>>;

/** Where rollups are registered. */
interface Registry {
  readonly l1: Pick<L1, "reader" | "writer">;
  readonly rollups: Address;
}

interface Registration {
  readonly proofSystem: Address;
  readonly verificationKeys: readonly Hex[];
  readonly genesisRoot: Hex;
  readonly nativeToken?: boolean;
}

/** Registers a rollup whose proof system can be replaced at once; its owner is the first account. */
export async function registerRollup(
  { l1, rollups }: Registry,
  { nativeToken = false, ...terms }: Registration,
): Promise<ChainId> {
  const owner = accountAt(0);
  const hash = await l1.writer(owner).writeContract({
    address: rollups,
    abi: rollupsAbi,
    functionName: "register",
    args: [{ owner: owner.address, ...terms, nativeToken, verificationDelay: 0 }],
  });
  await l1.reader.waitForTransactionReceipt({ hash });
  const read = { address: rollups, abi: rollupsAbi } as const;
  return chainId(await l1.reader.readContract({ ...read, functionName: "rollupCount" }));
}

/** Registers an EVM rollup, which is unproven. */
export async function registerEvm(registry: Registry, genesisRoot?: Hex): Promise<ChainId> {
  return await registerRollup(registry, {
    proofSystem: (await deploy(registry.l1, "UnprovenProofSystem")).address,
    verificationKeys: [UNPROVEN_KEY],
    genesisRoot: genesisRoot ?? rootHex(await evmKind.genesisRoot()),
  });
}
