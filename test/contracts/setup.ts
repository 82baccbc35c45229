import hre, { network } from "hardhat";
import {
  type Abi,
  type Address,
  createPublicClient,
  createWalletClient,
  custom,
  getContract,
  type Hex,
  parseAbi,
} from "viem";
import { hardhat } from "viem/chains";
import { compileContracts } from "../../builder/node/deployment/compile.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { type ChainId, chainId, type StateRoot, stateRoot } from "../../builder/protocol/ids.ts";

/** Batches of the tests may be this old, seconds. */
export const MAX_BATCH_AGE = 60n;
/** Name of the only key of the tests' rollups, unless a test gives others. */
export const KEY: Hex = `0x${"11".repeat(32)}`;

/** `contracts/test/Actor.sol`. */
export const actorAbi = parseAbi([
  "struct Step { address target; uint256 value; bytes data; bool isStatic; bool mayFail; uint256 gas; }",
  "struct Outcome { bool success; bytes data; }",
  "function program(bytes input, Step[] steps, bool writes, bool fails, bool echoes, bytes answer)",
  "function play(Step[] steps) payable returns (Outcome[] outcomes)",
  "function count() view returns (uint256)",
]);

/** The n-th root of a rollup's life in these tests; any field elements would do. */
export function rootAt(n: number): StateRoot {
  return stateRoot(0xabcdef0000n + BigInt(n));
}

/** A root as `bytes32`. */
export function rootHex(root: bigint): Hex {
  return `0x${root.toString(16).padStart(64, "0")}`;
}

let compiled: Promise<unknown> | undefined;

/** A fresh L1 with the clients to use it. */
export async function connect(options: { chainId?: number; hardfork?: string } = {}) {
  compiled ??= compileContracts();
  await compiled;
  const connection = await network.create(
    Object.keys(options).length === 0 ? {} : { network: "default", override: options },
  );
  // A refusal is final here; viem would ask again.
  const transport = custom(connection.provider, { retryCount: 0 });
  const chain = { ...hardhat, id: options.chainId ?? hardhat.id };
  const publicClient = createPublicClient({ chain, transport, pollingInterval: 10 });
  const [owner, stranger] = await createWalletClient({ chain, transport }).getAddresses();
  if (owner === undefined || stranger === undefined) throw new Error("the test network has no accounts");
  const walletClient = createWalletClient({ account: owner, chain, transport });

  /** Deploys a contract of the project by name. */
  const create = async (name: string, abi: Abi = [], args: readonly unknown[] = []): Promise<Address> => {
    const { bytecode } = await hre.artifacts.readArtifact(name);
    const hash = await walletClient.deployContract({ abi, bytecode: hexOf(bytecode), args });
    const { contractAddress } = await publicClient.waitForTransactionReceipt({ hash });
    if (contractAddress === null || contractAddress === undefined)
      throw new Error(`${name} was not deployed`);
    return contractAddress;
  };
  return {
    connection,
    networkHelpers: connection.networkHelpers,
    publicClient,
    walletClient,
    owner,
    stranger,
    create,
  };
}

/**
 * A fresh chain with `Rollups`, two rollups whose proofs are taken on trust, and two programmable L1
 * contracts.
 */
export async function deploy(options: { chainId?: number } = {}) {
  const l1 = await connect(options);
  const client = { public: l1.publicClient, wallet: l1.walletClient };
  const rollups = getContract({
    abi: rollupsAbi,
    address: await l1.create("Rollups", rollupsAbi, [MAX_BATCH_AGE]),
    client,
  });
  const proofSystem = await l1.create("AcceptingProofSystem");
  const actor = getContract({ abi: actorAbi, address: await l1.create("Actor"), client });
  const other = getContract({ abi: actorAbi, address: await l1.create("Actor"), client });

  const register = async (overrides: Partial<Registration> = {}): Promise<ChainId> => {
    await rollups.write.register([
      {
        owner: l1.owner,
        proofSystem,
        verificationKeys: [KEY],
        genesisRoot: rootHex(rootAt(0)),
        nativeToken: false,
        verificationDelay: 0,
        ...overrides,
      },
    ]);
    return chainId(await rollups.read.rollupCount());
  };
  const a = await register();
  const b = await register();
  return { ...l1, rollups, proofSystem, actor, other, register, a, b };
}

export interface Registration {
  owner: Address;
  proofSystem: Address;
  verificationKeys: readonly Hex[];
  genesisRoot: Hex;
  nativeToken: boolean;
  verificationDelay: number;
}

export type Setup = Awaited<ReturnType<typeof deploy>>;

function hexOf(text: string): Hex {
  if (!text.startsWith("0x")) throw new Error("not hexadecimal");
  return `0x${text.slice(2)}`;
}
