import type { Hex } from "viem";
import { LockstepError } from "../../protocol/errors.ts";
import type { SeenOutcome } from "./outcome.ts";

/**
 * The L1 node makes something else of a transaction than the simulation: a fault of the simulation. Nothing
 * was included.
 */
export class DryRunMismatchError extends LockstepError {
  /** Hash of the first transaction that comes out differently; absent if it is the batch itself. */
  readonly transaction: Hex | undefined;
  readonly simulated: SeenOutcome;
  readonly node: SeenOutcome;

  constructor(transaction: Hex | undefined, simulated: SeenOutcome, node: SeenOutcome) {
    super(
      "DRY_RUN_MISMATCH",
      `the simulation and the L1 node disagree about ${transaction ?? "the batch"}: ` +
        `by the simulation it ${describe(simulated)}, on the node it ${describe(node)}. Nothing was included`,
    );
    this.transaction = transaction;
    this.simulated = simulated;
    this.node = node;
  }
}

/** How much of the data is shown, in hexadecimal digits. */
const MAX_LENGTH = 256;

function describe({ success, data, failure }: SeenOutcome): string {
  const shortened =
    data.length <= MAX_LENGTH ? data : `${data.slice(0, MAX_LENGTH)}… (${(data.length - 2) / 2} bytes)`;
  if (success) return `returns ${shortened}`;
  return failure === undefined ? `fails with ${shortened}` : `fails (${failure}) with ${shortened}`;
}
