import { type Hex, numberToHex } from "viem";
import { z } from "zod";
import type { Backend } from "../../backend.ts";
import { LockstepError } from "../../../protocol/errors.ts";
import { decodeTransaction } from "../../../intake/decode.ts";
import { hashSchema, parseParams } from "../../json-rpc.ts";
import type { Handler } from "../../service.ts";
import { withoutEmptyCalls, type TraceFrame } from "../../trace/frame.ts";
import type { CrossChainTrace, TracedVisit } from "../../trace/cross-chain-trace.ts";
import { type KindTrace, traceParamsSchema } from "../../trace/trace.ts";
import { UnsupportedRequestError } from "./errors.ts";
import { signedBytes } from "./format.ts";
import { evmRollupView, type EvmRollupView } from "./view.ts";

/** The visits of EVM rollups are in their chronicles, frame by frame. */
export const evmTrace: KindTrace = {
  visits: async (builder: Backend, rollup, l1Transaction) =>
    await visitsOf(evmRollupView(builder, rollup, 0n), l1Transaction),
};

async function visitsOf(view: Pick<EvmRollupView, "read">, l1Transaction: Hex): Promise<TracedVisit[]> {
  const chronicle = await view.read((state) => state.chronicle);
  const transactions = await chronicle.ofL1Transaction(l1Transaction);
  return await Promise.all(
    transactions.map(async (transaction) => ({
      transaction,
      operations: (await chronicle.framesOf(transaction.hash)) ?? [],
    })),
  );
}

const hashParams = z.tuple([hashSchema]);

/** The rollup has no such transaction, or it is in no block yet. */
export class TransactionNotFoundError extends LockstepError {
  constructor(hash: Hex) {
    super("TRANSACTION_NOT_FOUND", `the rollup has no block with the transaction ${hash}`);
  }
}

/** @param across everything that a transaction of L1 did on all chains. */
export function traceMethods(
  view: EvmRollupView,
  across: (l1Transaction: Hex) => Promise<CrossChainTrace | undefined>,
): Readonly<Record<string, Handler>> {
  const trace: Handler = async ({ params }) => {
    const [given, options] = parseParams(traceParamsSchema, params);
    const [hash] = parseParams(hashParams, [given]);
    const { tracer = "callTracer", tracerConfig } = options ?? {};
    if (tracer !== "callTracer" || tracerConfig?.withLog === true) {
      const message = "rollups are traced by callTracer only, without logs";
      throw new UnsupportedRequestError("UNSUPPORTED_TRACER", message);
    }
    const root = await traceOf(view, hash, across);
    return { result: withoutEmptyCalls(tracerConfig?.onlyTopCall === true ? { ...root, calls: [] } : root) };
  };
  return { debug_traceTransaction: trace, lockstep_traceTransaction: trace };
}

async function traceOf(
  view: EvmRollupView,
  hash: Hex,
  across: (l1Transaction: Hex) => Promise<CrossChainTrace | undefined>,
): Promise<TraceFrame> {
  const chronicle = await view.read((state) => state.chronicle);
  const transaction = await chronicle.transaction(hash);
  if (transaction === undefined) throw new TransactionNotFoundError(hash);
  const frame = (await across(transaction.l1.transaction))?.frameOf(hash);
  if (frame === undefined) throw new TransactionNotFoundError(hash);
  const raw = signedBytes(transaction);
  if (raw === undefined) return frame;
  // A transaction pays for more than what its first frame uses.
  const gas = numberToHex(decodeTransaction(raw, view.chainId).tx.gasLimit);
  return { ...frame, gas, gasUsed: numberToHex(transaction.receipt.gasUsed) };
}
