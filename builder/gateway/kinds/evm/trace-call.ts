import { z } from "zod";
import { parseParams } from "../../json-rpc.ts";
import type { ProxyNames } from "../../proxies/proxy-names.ts";
import type { TraceFrame } from "../../trace/frame.ts";
import { simulatedTrace } from "../../trace/simulated-trace.ts";
import { traceCallOverridesSchema, traceParamsSchema } from "../../trace/trace.ts";
import { simulatedCall } from "./call-methods.ts";
import type { EvmRollupView } from "./view.ts";

/** The frames of a call on the rollup, and of what it does on other chains. */
export async function traceCall(
  view: EvmRollupView,
  names: ProxyNames,
  params: readonly unknown[],
): Promise<TraceFrame> {
  const [, options] = parseParams(traceParamsSchema, [params[0], params[2]]);
  const [overrides] = parseParams(z.tuple([traceCallOverridesSchema]), [params[2]]);
  const { stateOverrides, blockOverrides } = overrides ?? {};
  const { request, place } = await simulatedCall(view, [
    params[0],
    params[1],
    stateOverrides,
    blockOverrides,
  ]);
  const { operations, gasUsed, crossed } = await view.call(request, place);
  const [frame] = operations;
  if (frame === undefined) throw new TypeError("a call has a frame");
  const { gas } = request;
  const { calls, ...root } = simulatedTrace({ chain: view.rollup, frame, crossed, gas, gasUsed, names });
  const isWhole = options?.tracerConfig?.onlyTopCall !== true && calls !== undefined;
  return isWhole ? { ...root, calls } : root;
}
