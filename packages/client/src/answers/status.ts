import { UnexpectedAnswerError } from "../errors/unexpected-answer.ts";
import type { DropReason } from "../errors/transaction-dropped.ts";
import type { Found } from "../found.ts";

/** How far a transaction is on its way. */
export type TransactionStatus =
  /** Neither the builder nor the node knows it. */
  | { readonly state: "unknown" }
  /** It waits, in the builder's queue or (`pending`) in the node's. */
  | { readonly state: "queued" | "proving" | "pending" }
  /** It waits, because of trouble that is not its own. */
  | { readonly state: "retrying"; readonly code: string; readonly reason: string; readonly attempts: number }
  /** It is on L1. */
  | { readonly state: "included" }
  | ({ readonly state: "dropped" } & DropReason);

/**
 * Reads what `lockstep_transactionStatus` answers.
 * @throws {UnexpectedAnswerError}
 */
export function readStatus(found: Found): TransactionStatus {
  if (!found.isThere) return { state: "unknown" };
  const state = found.at("state").text();
  const why = () => ({ code: found.at("code").text(), reason: found.at("reason").text() });
  switch (state) {
    case "queued":
    case "proving":
    case "pending":
      return { state };
    case "retrying":
      return { state, ...why(), attempts: found.at("attempts").whole() };
    case "posted":
    case "mined":
      return { state: "included" };
    case "failed": {
      const data = found.at("data");
      return { state: "dropped", ...why(), data: data.isThere ? data.hex() : undefined };
    }
    default:
      throw new UnexpectedAnswerError("lockstep_transactionStatus", "state", "one that this version knows");
  }
}
