import type { Backend } from "../../backend.ts";
import { failureOf } from "../../../simulate/outcome.ts";
import type { ProxyNames } from "../../proxies/proxy-names.ts";
import { simulationAcross } from "../../seeing/simulate-across.ts";
import type { Handler } from "../../service.ts";
import { simulatedTrace } from "../../trace/simulated-trace.ts";
import { simulatedCall } from "./call-methods.ts";
import type { EvmRollupView } from "./view.ts";

/** `lockstep_simulateAcross` of a call on the rollup, as `eth_call` takes it. */
export function simulateAcrossMethod(builder: Backend, view: EvmRollupView, names: ProxyNames): Handler {
  return async ({ params }) => {
    const { request, place } = await simulatedCall(view, params);
    const result = await simulationAcross(builder, async () => {
      const { operations, gasUsed, crossed, success, output } = await view.call(request, place);
      const [frame] = operations;
      if (frame === undefined) throw new TypeError("a call has a frame");
      const played = { chain: view.rollup, frame, crossed, gas: request.gas, gasUsed, names };
      return {
        ...played,
        trace: simulatedTrace(played),
        data: output,
        failure: success
          ? undefined
          : failureOf({ chain: view.rollup, frame, crossed, data: output, failure: frame.error }),
      };
    });
    return { result };
  };
}
