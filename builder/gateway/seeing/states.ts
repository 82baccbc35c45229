import { type Action, ActionKind } from "../../protocol/action.ts";
import type { Execution } from "../../protocol/execution.ts";
import { firstRoots } from "../../protocol/execution/check.ts";
import { type ChainId, L1, type StateRoot } from "../../protocol/ids.ts";
import type { PathTaken } from "./path-taken.ts";

/** Ether that L1 holds for each rollup. */
export type Balances = ReadonlyMap<ChainId, bigint>;

/** Where all rollups are at one place of an execution. */
export interface ChainsState {
  readonly roots: ReadonlyMap<ChainId, StateRoot>;
  readonly balances: Balances;
}

/** Before and after an action. */
export interface StateChange {
  readonly before: ChainsState;
  readonly after: ChainsState;
}

/**
 * The rollups' roots and Ether before and after each action, as they are on the action's own path.
 * @param balances with which L1 comes to the execution.
 */
export function statesOf(execution: Execution, path: PathTaken, balances: Balances): StateChange[] {
  const { actions, visits } = execution;
  const start: ChainsState = { roots: firstRoots(visits), balances };
  const closed = Map.groupBy(
    path.walked.visits.flatMap(({ rollup, places, isAbandoned }, index) => {
      const root = visits[index]?.rootAfter;
      return isAbandoned || root === undefined ? [] : [{ rollup, root, at: places.at(-1) ?? -1 }];
    }),
    ({ at }) => at,
  );
  const changes: StateChange[] = [];
  actions.forEach((action, at) => {
    const { parent, answers } = path.actions[at] ?? {};
    const before = parent === undefined ? start : (changes[parent]?.after ?? start);
    const isBack = action.kind === ActionKind.REVERT || (action.kind === ActionKind.RESULT && action.failed);
    const back = isBack && answers !== undefined ? changes[answers]?.before : undefined;
    const left = back ?? { ...before, balances: moved(before.balances, action) };
    const roots = (closed.get(at) ?? []).map(({ rollup, root }) => [rollup, root] as const);
    const after = roots.length === 0 ? left : { ...left, roots: new Map([...left.roots, ...roots]) };
    changes.push({ before, after });
  });
  return changes;
}

/** Ether leaves the chain that calls and comes to the one that is called; L1's own is not counted. */
function moved(balances: Balances, { from, to, value }: Action): Balances {
  if (value === 0n) return balances;
  const after = new Map(balances);
  if (from !== L1) after.set(from, (after.get(from) ?? 0n) - value);
  if (to !== L1) after.set(to, (after.get(to) ?? 0n) + value);
  return after;
}

/** The rollups' Ether when an execution has taken effect. */
export function balancesAfter(
  execution: Execution,
  path: PathTaken,
  ending: number,
  balances: Balances,
): Balances {
  const end = path.walked.endings[ending]?.at;
  const last = end === undefined ? undefined : statesOf(execution, path, balances)[end];
  return last?.after.balances ?? balances;
}
