import { type Action, ActionKind } from "../../../protocol/action.ts";
import { assertCanonical } from "../../../protocol/canonical.ts";
import type { ChainId } from "../../../protocol/ids.ts";
import { StatementRefusedError } from "./errors.ts";

/** A transaction's turns: of an L2TX with its RESULT, or of all of a visit that a CALL began. */
export type Exchanges = readonly [Exchange, ...Exchange[]];

/** An action that comes in, and what the rollup answers with. */
export interface Exchange {
  readonly in: Action;
  readonly out: Action;
}

/**
 * A visit's actions as turns of the rollup, transaction by transaction: they come in and go out in
 * alternation, each in the form of its kind, and the first begins a visit. Each of several transactions comes
 * in and is answered, no more.
 * @throws {StatementRefusedError}
 */
export function transactionsIn(rollup: ChainId, actions: readonly Action[]): Exchanges[] {
  const refuse = (at: number, reason: string, cause?: unknown): never => {
    throw new StatementRefusedError("ACTION_OUT_OF_PLACE", `action ${at} ${reason}`, { cause });
  };
  const exchanges: Exchange[] = [];
  for (const [at, action] of actions.entries()) {
    try {
      assertCanonical(action);
    } catch (error) {
      refuse(at, "is not canonical", error);
    }
    const isIn = at % 2 === 0;
    if ((isIn ? action.to : action.from) !== rollup) refuse(at, "is not this rollup's");
    if (at === 0 && action.kind !== ActionKind.CALL && action.kind !== ActionKind.L2TX)
      refuse(at, "begins no visit");
    const out = actions[at + 1];
    if (!isIn) continue;
    if (out === undefined) return refuse(at, "has no answer");
    exchanges.push({ in: action, out });
  }
  const [first, ...others] = exchanges;
  if (first === undefined) return refuse(0, "is missing");
  if (others.every((exchange) => exchange.in.kind !== ActionKind.L2TX)) return [[first, ...others]];
  return exchanges.map((exchange, at) => {
    if (exchange.in.kind !== ActionKind.L2TX) refuse(2 * at, "is none of several transactions");
    if (exchange.out.kind !== ActionKind.RESULT) refuse(2 * at + 1, "answers none of several transactions");
    return [exchange];
  });
}
