import type { EvmLog } from "../../builder/evm/logs.ts";
import { type Address, type Hex, keccak256, toHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { CallFrame } from "../../builder/evm/call-frame.ts";
import type { L1Inclusion } from "../../builder/kinds/kind.ts";
import type { VisitReceipt } from "../../builder/kinds/evm/receipt.ts";
import { callAction, l2txAction, resultAction } from "../../builder/protocol/action.ts";
import { chainId, L1, stateRoot } from "../../builder/protocol/ids.ts";

/** Made-up visits of a rollup, for tests of what becomes of them afterwards. */
export const ROLLUP = chainId(7);
export const EVM_CHAIN_ID = 31_337_007n;
export const GENESIS_ROOT = stateRoot(1n);
export const signer = privateKeyToAccount(`0x${"11".repeat(32)}`);
export const contract: Address = `0x${"c0".repeat(20)}`;

/** The n-th block of L1; another history has other hashes. */
export function l1At(block: number, history = "first", transaction = block): L1Inclusion {
  return {
    transaction: keccak256(toHex(`transaction ${transaction} of ${history}`)),
    blockNumber: BigInt(block),
    blockHash: keccak256(toHex(`block ${block} of ${history}`)),
  };
}

export function logOf(address: Address, topics: readonly number[], data: Hex = "0x"): EvmLog {
  return { address, topics: topics.map((topic) => toHex(topic, { size: 32 })), data };
}

export function frameOf(more: Partial<CallFrame> = {}): CallFrame {
  return {
    type: "CALL",
    from: `0x${"aa".repeat(20)}`,
    to: contract,
    value: 0n,
    gas: 100_000n,
    gasUsed: 30_000n,
    input: "0x1234",
    output: "0x",
    calls: [],
    ...more,
  };
}

type More = Partial<Omit<VisitReceipt, "blockNumber" | "timestamp">>;

/** A call from L1, as the rollup's block `number` shows it. */
export function callVisit(number: number, more: More = {}): VisitReceipt {
  const trigger = callAction({
    from: L1,
    to: ROLLUP,
    sender: `0x${"ee".repeat(20)}`,
    target: contract,
    value: 5n,
    isStatic: false,
    data: "0x1234",
  });
  return {
    blockNumber: BigInt(number),
    timestamp: BigInt(1000 + number),
    actions: [trigger, resultAction({ from: ROLLUP, to: L1, failed: false, data: "0x99" })],
    from: `0x${"aa".repeat(20)}`,
    to: contract,
    value: 5n,
    input: "0x1234",
    success: true,
    gasUsed: 30_000n,
    output: "0x99",
    logs: [],
    operations: [frameOf()],
    ...more,
  };
}

/** A transaction that {@link signer} signed for the rollup. */
export async function signedVisit(number: number, nonce: number, more: More = {}): Promise<VisitReceipt> {
  const raw = await signer.signTransaction({
    type: "eip1559",
    chainId: Number(EVM_CHAIN_ID),
    nonce,
    to: contract,
    data: "0x1234",
    gas: 100_000n,
    maxFeePerGas: 3n,
    maxPriorityFeePerGas: 2n,
  });
  return {
    ...callVisit(number),
    actions: [l2txAction(ROLLUP, raw), resultAction({ from: ROLLUP, to: L1, failed: false, data: "0x01" })],
    from: `0x${signer.address.slice(2).toLowerCase()}`,
    value: 0n,
    ...more,
  };
}
