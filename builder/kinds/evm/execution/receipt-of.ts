import { zeroAddress } from "viem";
import type { Action } from "../../../protocol/action.ts";
import type { VisitInterpreter } from "./interpreter.ts";
import type { VisitReceipt } from "../receipt.ts";
import type { BlockState } from "../state-types.ts";

/** The receipt of a visit that has ended. */
export function receiptOf(run: VisitInterpreter, block: BlockState, trigger: Action): VisitReceipt {
  const outcome = run.outcome;
  if (outcome === undefined) throw new Error("a visit has no receipt before it has ended");
  const { success, gasUsed, output, created } = outcome;
  const [frame] = run.operations;
  return {
    blockNumber: block.number,
    timestamp: block.timestamp,
    actions: [...run.actions],
    from: frame?.from ?? zeroAddress,
    ...(created === undefined ? { to: frame?.to ?? trigger.target } : {}),
    value: frame?.value ?? trigger.value,
    input: frame?.input ?? trigger.data,
    success,
    gasUsed,
    output,
    logs: run.logs,
    ...(created === undefined ? {} : { created }),
    operations: run.operations,
  };
}
