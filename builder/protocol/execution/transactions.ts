import { type Hex, keccak256 } from "viem";
import { type Action, ActionKind } from "../action.ts";
import type { Execution } from "../execution.ts";
import type { ChainId } from "../ids.ts";

/** A transaction signed for a rollup, as an execution has it. */
export interface SignedTransaction {
  readonly rollup: ChainId;
  /** keccak256 of what was signed. */
  readonly hash: Hex;
  /** Of several in the execution, whether this one had no effect. */
  readonly failed: boolean;
}

/** The transactions of an execution: none if a call began it, several in a joint one. */
export function transactionsOf({ actions }: Pick<Execution, "actions">): SignedTransaction[] {
  return actions.flatMap((action, at): SignedTransaction[] =>
    isTransaction(action)
      ? [{ rollup: action.to, hash: keccak256(action.data), failed: actions[at + 1]?.failed === true }]
      : [],
  );
}

function isTransaction({ kind }: Action): boolean {
  return kind === ActionKind.L2TX;
}
