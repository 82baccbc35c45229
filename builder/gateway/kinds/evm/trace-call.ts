import { numberToHex } from "viem";
import { z } from "zod";
import type { CallFrame } from "../../../evm/call-frame.ts";
import type { ChainId } from "../../../protocol/ids.ts";
import { parseParams } from "../../json-rpc.ts";
import { rollupFrame, type TraceFrame, withoutEmptyCalls } from "../../trace/frame.ts";
import { traceParamsSchema } from "../../trace/trace.ts";
import { simulatedCall } from "./call-methods.ts";
import type { EvmRollupView } from "./view.ts";

/** What ran on another chain is known for transactions, from what L1 and the rollups keep of them. */
const ELSEWHERE = "what a call does on other chains is played, but not traced";

const optionsSchema = z
  .looseObject({ stateOverrides: z.unknown().optional(), blockOverrides: z.unknown().optional() })
  .nullish();

/**
 * The frames of a call on the rollup, which the other chains answer as they would answer the transaction:
 * where it leaves the rollup, the frame says where to, and has what came back.
 */
export async function traceCall(view: EvmRollupView, params: readonly unknown[]): Promise<TraceFrame> {
  const [, options] = parseParams(traceParamsSchema, [params[0], params[2]]);
  const [overrides] = parseParams(z.tuple([optionsSchema]), [params[2]]);
  const { stateOverrides, blockOverrides } = overrides ?? {};
  const { request, place } = await simulatedCall(view, [
    params[0],
    params[1],
    stateOverrides,
    blockOverrides,
  ]);
  const { operations, gasUsed } = await view.call(request, place);
  const [frame] = operations;
  if (frame === undefined) throw new TypeError("a call has a frame");
  const root = shown(frame, view.rollup);
  // A transaction pays for more than what its first frame uses.
  const whole = { ...root, gas: numberToHex(request.gas), gasUsed: numberToHex(gasUsed) };
  return withoutEmptyCalls(options?.tracerConfig?.onlyTopCall === true ? { ...whole, calls: [] } : whole);
}

function shown(frame: CallFrame, chain: ChainId): TraceFrame {
  const own = rollupFrame(frame, chain);
  const { crossing } = frame;
  if (crossing !== undefined) return { ...own, crossing: numberToHex(crossing.to), missing: ELSEWHERE };
  return { ...own, calls: frame.calls.map((call) => shown(call, chain)) };
}
