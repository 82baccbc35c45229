import { type Hex, numberToHex } from "viem";
import { z } from "zod";
import type { Backend } from "../../backend.ts";
import { LockstepError } from "../../../protocol/errors.ts";
import { shownTransaction } from "./shown.ts";
import { hashSchema, parseParams } from "../../json-rpc.ts";
import type { Handler } from "../../service.ts";
import type { ProxyNames } from "../../proxies/proxy-names.ts";
import { withoutEmptyCalls, type TraceFrame } from "../../trace/frame.ts";
import type { CrossChainTrace, TracedVisit } from "../../trace/cross-chain-trace.ts";
import { type KindTrace, traceParamsSchema } from "../../trace/trace.ts";
import { blockNumberSchema, type BlockTag, getBlock } from "./block-tag.ts";
import { GenesisTraceError } from "../../block-errors.ts";
import { UnsupportedRequestError } from "./errors.ts";
import { signedBytes } from "./format.ts";
import { traceCall } from "./trace-call.ts";
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

/** The chain has no such transaction, or it is in no block yet. */
export class TransactionNotFoundError extends LockstepError {
  constructor(hash: Hex, chain = "the rollup") {
    super("TRANSACTION_NOT_FOUND", `transaction not found: ${chain} has no block with ${hash}`);
  }
}

/**
 * @param across everything that a transaction of L1 did on all chains.
 * @param names where proxies belong on the rollup.
 */
export function traceMethods(
  view: EvmRollupView,
  across: (l1Transaction: Hex) => Promise<CrossChainTrace | undefined>,
  names: ProxyNames,
): Readonly<Record<string, Handler>> {
  const framesOf = async (hash: Hex, options: TraceOptions): Promise<TraceFrame> => {
    const root = await traceOf(view, hash, across);
    return withoutEmptyCalls(options.tracerConfig?.onlyTopCall === true ? { ...root, calls: [] } : root);
  };
  const trace =
    (standard: string | undefined): Handler =>
    async ({ params }) => {
      const [given, options] = parseParams(traceParamsSchema, params);
      const [hash] = parseParams(hashParams, [given]);
      return { result: await framesOf(hash, known(options ?? {}, standard)) };
    };
  const traceBlock =
    (schema: z.ZodType<BlockTag>): Handler =>
    async ({ params }) => {
      const [given, options] = parseParams(traceParamsSchema, params);
      const [tag] = parseParams(z.tuple([schema]), [given]);
      const chronicle = await view.read((state) => state.chronicle);
      const block = await getBlock(view, chronicle, tag);
      if (block.number === 0n) throw new GenesisTraceError();
      const wanted = known(options ?? {}, undefined);
      const result: unknown[] = [];
      for (const txHash of block.transactions)
        result.push({ txHash, result: await framesOf(txHash, wanted) });
      return { result };
    };
  return {
    debug_traceTransaction: trace(undefined),
    lockstep_traceTransaction: trace("callTracer"),
    debug_traceBlockByNumber: traceBlock(blockNumberSchema),
    debug_traceBlockByHash: traceBlock(hashSchema.transform((hash) => ({ hash }))),
    debug_traceCall: async ({ params }) => {
      const [, options] = parseParams(traceParamsSchema, [params[0], params[2]]);
      known(options ?? {}, undefined);
      return { result: await traceCall(view, names, params) };
    },
  };
}

type TraceOptions = NonNullable<z.output<typeof traceParamsSchema>[1]>;

/**
 * The options, if they can be served.
 * @param standard tracer, if none is named.
 * @throws {UnsupportedRequestError}
 */
function known(options: TraceOptions, standard: string | undefined): TraceOptions {
  const { tracer = standard, tracerConfig } = options;
  if (tracer === "callTracer" && tracerConfig?.withLog !== true) return options;
  const message = 'rollups are traced by frames only: give { "tracer": "callTracer" }, without logs';
  throw new UnsupportedRequestError("UNSUPPORTED_TRACER", message);
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
  const gas = numberToHex(shownTransaction(raw, view.chainId).gas);
  return { ...frame, gas, gasUsed: numberToHex(transaction.receipt.gasUsed) };
}
