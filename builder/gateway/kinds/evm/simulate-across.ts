import type { Backend } from "../../backend.ts";
import { EvmMachine } from "../../../kinds/evm/machine.ts";
import { failureOf } from "../../../simulate/outcome.ts";
import type { ProxyNames } from "../../proxies/proxy-names.ts";
import { simulationAcross } from "../../seeing/simulate-across.ts";
import type { Handler } from "../../service.ts";
import { simulatedTrace } from "../../trace/simulated-trace.ts";
import { simulatedCall } from "./call-methods.ts";
import type { EvmRollupView } from "./view.ts";

/** What nothing that is unsigned can tell: what is proven of a transaction is its signature as well. */
const MAY_BE_REFUSED =
  "whether a circuit covers this is known only of a signed transaction, which is refused (NOT_YET_PROVABLE) " +
  "if none does";

/** `lockstep_simulateAcross` of a call on the rollup, as `eth_call` takes it. */
export function simulateAcrossMethod(builder: Backend, view: EvmRollupView, names: ProxyNames): Handler {
  return async ({ params }) => {
    const { request, place } = await simulatedCall(view, params);
    const simulated = await simulationAcross(builder, async () => {
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
    const isJudged = await builder.readRollup(
      view.rollup,
      (machine) => machine instanceof EvmMachine && machine.isJudged,
    );
    const warnings = isJudged ? [...simulated.warnings, MAY_BE_REFUSED] : simulated.warnings;
    return { result: { ...simulated, warnings } };
  };
}
