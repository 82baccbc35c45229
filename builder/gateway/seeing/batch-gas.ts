import { type Address, getAbiItem, numberToHex, toFunctionSelector } from "viem";
import type { BatchGas } from "lockstep-client/rpc-types";
import { type L1Frame, traceTransaction } from "../../l1/call-tracer.ts";
import type { L1Client } from "../../l1/client.ts";
import { groth16ProofSystemAbi } from "../../protocol/abi.ts";
import { lowerCase } from "../../protocol/address.ts";
import { LockstepError } from "../../protocol/errors.ts";
import { isTransactionFrame } from "../trace/l1-frame.ts";
import { isRefusal } from "./fates.ts";

/** `IProofSystem.verify`, which all proof systems have. */
const VERIFY = toFunctionSelector(getAbiItem({ abi: groth16ProofSystemAbi, name: "verify" }));

/**
 * What a batch took of L1's gas, part by part, as receipts and the node's frames say.
 * @param served L1 transactions that called what the batch holds; the batch's own is passed over.
 */
export async function batchGas(
  l1: L1Client,
  manager: Address,
  posting: `0x${string}`,
  served: readonly `0x${string}`[],
): Promise<BatchGas> {
  const { gasUsed: post } = await l1.getTransactionReceipt({ hash: posting });
  const others = await Promise.all(
    served.filter((hash) => hash !== posting).map((hash) => l1.getTransactionReceipt({ hash })),
  );
  const root = await framesOf(l1, posting);
  if (root === undefined) return { post: numberToHex(post), proofCheck: null, table: null, calls: null };
  const { proofCheck, played } = partsOf(root, lowerCase(manager));
  const calls = others.reduce((sum, { gasUsed }) => sum + gasUsed, played);
  const rest = post - proofCheck - played;
  return {
    post: numberToHex(post),
    proofCheck: numberToHex(proofCheck),
    // Refunds come off the whole, not off its frames.
    table: numberToHex(rest > 0n ? rest : 0n),
    calls: numberToHex(calls),
  };
}

function partsOf(root: L1Frame, manager: Address): { proofCheck: bigint; played: bigint } {
  let proofCheck = 0n;
  let played = 0n;
  const frames = [root];
  for (let frame = frames.pop(); frame !== undefined; frame = frames.pop()) {
    if (frame.from === manager && frame.to !== manager && frame.input.startsWith(VERIFY))
      proofCheck += frame.gasUsed;
    else if (isTransactionFrame(frame, manager)) played += frame.gasUsed;
    else frames.push(...frame.calls);
  }
  return { proofCheck, played };
}

async function framesOf(l1: L1Client, hash: `0x${string}`): Promise<L1Frame | undefined> {
  try {
    return await traceTransaction(l1, hash, true);
  } catch (error) {
    if (error instanceof LockstepError || isRefusal(error)) return undefined;
    throw error;
  }
}
