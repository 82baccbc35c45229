import { z } from "zod";
import { hashSchema, parseParams, type RpcRequest } from "../json-rpc.ts";
import { type TraceFrame, withoutEmptyCalls } from "../trace/frame.ts";
import { readL1Trace, traceAllChains, traceParamsSchema } from "../trace/trace.ts";
import { Upstream } from "../upstream.ts";
import type { SeeingContext } from "./context.ts";
import { find } from "./find.ts";

/**
 * The frames of a transaction of a rollup, asked of L1's gateway.
 * @returns nothing for one that is not a rollup's.
 */
export async function traceAnywhere(
  context: SeeingContext,
  params: readonly unknown[],
): Promise<TraceFrame | undefined> {
  const [hash] = parseParams(z.tuple([hashSchema]), [params[0]]);
  const found = await find(context, hash);
  if (found?.rollup === undefined) return undefined;
  const { builder, kinds } = context;
  const l1 = found.receipt.transactionHash;
  const across = await traceAllChains(builder, kinds, l1, await readL1Trace(new Upstream(builder.l1Rpc), l1));
  // A kind without frames is shown by the batch that carried its transaction.
  const root = across === undefined ? undefined : (across.frameOf(hash) ?? across.root);
  return root === undefined ? undefined : withoutEmptyCalls(root);
}

/** The request, with the tracer that shows frames if none is named. */
export function asCallTrace(request: RpcRequest): RpcRequest {
  const [hash, given] = request.params;
  const parsed = traceParamsSchema.safeParse([hash, given]);
  const options = parsed.success ? parsed.data[1] : undefined;
  if (options?.tracer !== undefined || !parsed.success) return request;
  return { ...request, params: [hash, { ...options, tracer: "callTracer" }] };
}
