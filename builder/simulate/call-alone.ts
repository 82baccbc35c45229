import type { CallRequest } from "../evm/call-request.ts";
import { Journal } from "../evm/journal.ts";
import type { BatchContext, CompletedVisit, RollupMachine } from "../kinds/kind.ts";
import { l2txAction } from "../protocol/action.ts";
import { L1 } from "../protocol/ids.ts";
import { SimulationRefusedError } from "./refusal.ts";

/**
 * Plays a call on a rollup that is not where the other chains are: it may not leave the rollup.
 * @param machine of its own: what the call does stays in it.
 * @throws {SimulationRefusedError} `HISTORICAL_CROSSING`, `UNSUPPORTED_CALL`, or the machine's own error.
 */
export async function callAlone(
  machine: RollupMachine,
  request: CallRequest,
  context: BatchContext,
): Promise<CompletedVisit> {
  const { id } = machine;
  const journal = new Journal([machine]);
  journal.checkpoint(L1);
  const delivery = await machine.call?.(l2txAction(id, request.data), request, context, journal);
  if (delivery === undefined)
    throw new SimulationRefusedError("UNSUPPORTED_CALL", `rollup ${id} takes no calls without a signature`);
  if (delivery.visit === undefined) {
    const message = `the call leaves rollup ${id}, and of the other chains no earlier state is kept; ask for "latest"`;
    throw new SimulationRefusedError("HISTORICAL_CROSSING", message);
  }
  return delivery.visit;
}
