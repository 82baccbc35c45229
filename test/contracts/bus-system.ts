import { expect } from "chai";
import { encodeFunctionData, getContract, type Hex, hexToBytes, type TransactionReceipt } from "viem";
import { busProofSystemAbi as abi } from "../../builder/protocol/abi.ts";
import { RollupProxies } from "../../builder/proving/bus/proxies.ts";
import { encodeKeySet, type KeySet } from "../../builder/proving/bus/key-set.ts";
import { type BusProofs, encodeBusProofs } from "../../builder/proving/bus/proofs.ts";
import type { Where } from "../proving/bus/bus-prover.ts";
import { connect } from "./setup.ts";

/** What a transaction costs that does nothing, and its calldata by the byte (EIP-2028). */
const BASE_GAS = 21_000n;
const [ZERO_BYTE_GAS, BYTE_GAS] = [4, 16];
/** More than Hardhat's estimates leave for points that are checked by precompiles. */
const REGISTRATION_GAS = 16_000_000n;

/** As `IProofSystem` takes it. */
export interface BusStatement {
  readonly verificationKey: Hex;
  readonly words: readonly bigint[];
  readonly proof: Hex;
}

/** A fresh chain with a `BusProofSystem`, and how to use it. */
export async function createBusSystem({ chainId = 31_337 }: { chainId?: number } = {}) {
  const l1 = await connect({ chainId });
  const address = await l1.create("BusProofSystem", abi, [RollupProxies.read().initCode]);
  const client = { public: l1.publicClient, wallet: l1.walletClient };
  const system = getContract({ abi, address, client });
  const where: Where = { evmChainId: BigInt(chainId), proofSystem: address };

  const included = async (sent: Promise<Hex>): Promise<TransactionReceipt> => {
    const receipt = await l1.publicClient.waitForTransactionReceipt({ hash: await sent });
    expect(receipt.status).to.equal("success");
    return receipt;
  };
  const register = async (set: KeySet): Promise<TransactionReceipt> =>
    await included(system.write.registerKeySet([encodeKeySet(set)], { gas: REGISTRATION_GAS }));
  const verify = async (statements: readonly BusStatement[]): Promise<void> => {
    await system.read.verify([statements]);
  };
  /** With no more gas than this. */
  const verifyWith = async (statements: readonly BusStatement[], gas: bigint): Promise<void> => {
    const data = encodeFunctionData({ abi, functionName: "verify", args: [statements] });
    await l1.publicClient.call({ to: address, data, gas });
  };
  /** Gas of `verify` alone, without the transaction and its calldata. */
  const verificationGas = async (statements: readonly BusStatement[]): Promise<bigint> => {
    const data = encodeFunctionData({ abi, functionName: "verify", args: [statements] });
    const { gasUsed } = await included(l1.walletClient.sendTransaction({ to: address, data }));
    const calldata = hexToBytes(data).reduce((gas, byte) => gas + (byte === 0 ? ZERO_BYTE_GAS : BYTE_GAS), 0);
    return gasUsed - BASE_GAS - BigInt(calldata);
  };
  return {
    system,
    where,
    included,
    register,
    verify,
    verifyWith,
    verificationGas,
    registrationGas: REGISTRATION_GAS,
  };
}

export type BusSystem = Awaited<ReturnType<typeof createBusSystem>>;

export function busStatement(
  verificationKey: Hex,
  words: readonly bigint[],
  proofs: BusProofs | Hex,
): BusStatement {
  return { verificationKey, words, proof: typeof proofs === "string" ? proofs : encodeBusProofs(proofs) };
}
