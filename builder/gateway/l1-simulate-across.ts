import { L1 } from "../protocol/ids.ts";
import { failureOnL1 } from "../simulate/outcome.ts";
import type { Backend } from "./backend.ts";
import { HistoricalStateError } from "./block-errors.ts";
import type { Answer, RpcRequest } from "./json-rpc.ts";
import { headCall } from "./l1-call.ts";
import type { ProxyNames } from "./proxies/proxy-names.ts";
import { simulationAcross } from "./seeing/simulate-across.ts";
import { simulatedTrace } from "./trace/simulated-trace.ts";

/** `lockstep_simulateAcross` of a call on L1, as `eth_call` takes it. */
export async function simulateL1Across(
  builder: Backend,
  names: ProxyNames,
  request: RpcRequest,
): Promise<Answer> {
  const at = await headCall(builder, request);
  if (at === undefined)
    throw new HistoricalStateError('calls are simulated on the latest block only; ask for "latest"');
  const result = await simulationAcross(builder, async () => {
    const { gas } = at.request;
    const outcome = await builder.call(at.request, at.pending);
    const { trace: frame, crossed, gasUsed, success, data } = outcome;
    if (frame === undefined) throw new TypeError("a call has a frame");
    const played = { chain: L1, frame, crossed, gas, gasUsed, names };
    return {
      ...played,
      trace: simulatedTrace(played),
      data,
      failure: success ? undefined : failureOnL1(outcome),
    };
  });
  return { result };
}
