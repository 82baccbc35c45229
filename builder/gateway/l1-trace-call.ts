import type { Backend } from "./backend.ts";
import { L1 } from "../protocol/ids.ts";
import type { Answer, RpcRequest } from "./json-rpc.ts";
import { headCall, unlessNodeKnowsBetter } from "./l1-call.ts";
import type { L1Node } from "./l1-node.ts";
import type { ProxyNames } from "./proxies/proxy-names.ts";
import { simulatedTrace } from "./trace/simulated-trace.ts";
import { warningsOf } from "./trace/warnings.ts";
import { traceCallOverridesSchema, traceParamsSchema } from "./trace/trace.ts";

/**
 * `debug_traceCall` on L1: the frames of all chains, if the call crosses or there is something to warn of;
 * else, and for other tracers than `callTracer`, the node's answer.
 */
export async function traceL1Call(
  builder: Pick<Backend, "l1" | "call">,
  node: L1Node,
  names: ProxyNames,
  request: RpcRequest,
): Promise<Answer> {
  const { params } = request;
  const parsed = traceParamsSchema.safeParse([params[0], params[2]]);
  const overrides = traceCallOverridesSchema.safeParse(params[2]);
  const options = parsed.success ? parsed.data[1] : undefined;
  if (options?.tracer !== "callTracer" || options.tracerConfig?.withLog === true || !overrides.success)
    return await node.answer(request);
  const { stateOverrides, blockOverrides } = overrides.data ?? {};
  const at = await headCall(builder, {
    method: request.method,
    params: [params[0], params[1], stateOverrides, blockOverrides],
  });
  const outcome = at && (await unlessNodeKnowsBetter(() => builder.call(at.request, at.pending)));
  if (at === undefined || outcome?.trace === undefined) return await node.answer(request);
  const { crossed, gasUsed, trace: frame } = outcome;
  const shown = simulatedTrace({
    chain: L1,
    frame,
    crossed,
    gas: at.request.gas,
    gasUsed,
    names,
  });
  if (!outcome.crossesChains && warningsOf(shown).length === 0) return await node.answer(request);
  const { calls, ...root } = shown;
  const isWhole = options.tracerConfig?.onlyTopCall !== true && calls !== undefined;
  return { result: isWhole ? { ...root, calls } : root };
}
