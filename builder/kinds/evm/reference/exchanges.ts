import { type Action, ActionKind } from "../../../protocol/action.ts";
import { assertCanonical } from "../../../protocol/canonical.ts";
import type { ChainId } from "../../../protocol/ids.ts";
import { StatementRefusedError } from "./errors.ts";

/** An action that comes in, and what the rollup answers with. */
export interface Exchange {
  readonly in: Action;
  readonly out: Action;
}

/**
 * A visit's actions as turns of the rollup: they come in and go out in alternation, each in the form of its
 * kind, and the first begins a visit.
 * @throws {StatementRefusedError}
 */
export function exchangesOf(rollup: ChainId, actions: readonly Action[]): Exchange[] {
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
  if (exchanges.length === 0) refuse(0, "is missing");
  return exchanges;
}
