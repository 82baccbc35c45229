import { encodeAbiParameters, keccak256, numberToHex } from "viem";
import type { Branch, ExecutionStep, StepKind } from "lockstep-client/rpc-types";
import { actionAbi, ActionKind } from "../../protocol/action.ts";
import { MarkKind } from "../../protocol/execution.ts";
import { rootHex } from "../../protocol/execution/encoding.ts";
import type { ChainId } from "../../protocol/ids.ts";
import { shownBalance } from "./balances.ts";
import type { Fate } from "./fates.ts";
import { shownAction } from "./settled-visits.ts";
import { type Balances, type StateChange, statesOf } from "./states.ts";

const KINDS: Readonly<Record<ActionKind, StepKind>> = {
  [ActionKind.CALL]: "CALL",
  [ActionKind.RESULT]: "RESULT",
  [ActionKind.L2TX]: "L2TX",
  [ActionKind.REVERT]: "REVERT",
  [ActionKind.REVERT_CONTINUE]: "REVERT_CONTINUE",
};

/**
 * An execution as a cursor goes through it: its actions in the order of the list, and before a call the SPAN
 * that announces undoings back to it.
 * @param firstVisit number of its first visit in the batch.
 * @param balances with which L1 comes to it, if they are known.
 */
export function stepsOf(
  { execution, path, state }: Fate,
  firstVisit: number,
  balances: Balances | undefined,
): ExecutionStep[] {
  const { actions, visits } = execution;
  const spans = new Map(
    execution.marks.filter(({ kind }) => kind === MarkKind.SPAN).map(({ at, to }) => [at, to]),
  );
  const states = statesOf(execution, path, balances ?? new Map());
  const branches = branchesOf(actions.map((_, at) => path.actions[at]?.parent));
  const rollups = [...new Set(visits.map(({ rollup }) => rollup))].toSorted((a, b) => (a < b ? -1 : 1));
  /** The step that each action is. */
  const places: number[] = [];
  const steps: ExecutionStep[] = [];
  actions.forEach((action, at) => {
    const { parent, depth = 0, answers, undoneBy } = path.actions[at] ?? {};
    const isOver = state === "unused" || state === "skipped";
    const common = {
      actionIndex: at,
      depth,
      action: shownAction(action),
      parent: parent === undefined ? null : (places[parent] ?? null),
      undone: undoneBy !== undefined,
      undoneBy: undoneBy === undefined || isOver ? null : undoneBy,
    };
    const times = spans.get(at);
    if (times !== undefined)
      steps.push({
        ...common,
        index: steps.length,
        kind: "SPAN",
        times,
        bytes: "0x",
        hash: "0x",
        answers: null,
        branch: null,
        visits: [],
        roots: [],
        balances: [],
      });
    places.push(steps.length);
    const bytes = encodeAbiParameters([actionAbi], [action]);
    const branch = branches.get(at);
    steps.push({
      ...common,
      index: steps.length,
      kind: KINDS[action.kind],
      bytes,
      hash: keccak256(bytes),
      answers: answers === undefined ? null : (places[answers] ?? null),
      branch: branch === undefined ? null : { ...branch, after: places[branch.after] ?? 0 },
      visits: visitsWith(path.walked.visits, at).map((visit) => firstVisit + visit),
      ...changesOf(states[at], rollups, balances !== undefined),
    });
  });
  return steps;
}

/** The step that each action of an execution is: SPANs stand between them. */
export function stepOf(steps: readonly ExecutionStep[], action: number): number {
  return steps.find(({ actionIndex, kind }) => actionIndex === action && kind !== "SPAN")?.index ?? -1;
}

/** Actions that have the same parent are alternatives, in the order in which L1 took them. */
function branchesOf(parents: readonly (number | undefined)[]): ReadonlyMap<number, Branch> {
  const branches = new Map<number, Branch>();
  const turns = Map.groupBy(parents.keys(), (at) => parents[at]);
  for (const [after, alternatives] of turns) {
    if (after === undefined || alternatives.length < 2) continue;
    alternatives.forEach((at, number) => {
      branches.set(at, { after, number, count: alternatives.length });
    });
  }
  return branches;
}

function visitsWith(visits: readonly { readonly places: readonly number[] }[], at: number): number[] {
  return visits.flatMap(({ places }, index) => (places.includes(at) ? [index] : []));
}

function changesOf(
  change: StateChange | undefined,
  rollups: readonly ChainId[],
  isKnown: boolean,
): Pick<ExecutionStep, "roots" | "balances"> {
  if (change === undefined) return { roots: [], balances: [] };
  const { before, after } = change;
  const roots = rollups.flatMap((rollup) => {
    const [old, next] = [before.roots.get(rollup), after.roots.get(rollup)];
    if (old === undefined || next === undefined || old === next) return [];
    return [{ rollup: numberToHex(rollup), before: rootHex(old), after: rootHex(next) }];
  });
  const balances = rollups.flatMap((rollup) => {
    if ((before.balances.get(rollup) ?? 0n) === (after.balances.get(rollup) ?? 0n)) return [];
    const shown = (side: Balances) => (isKnown ? shownBalance(side, rollup) : null);
    return [
      {
        rollup: numberToHex(rollup),
        before: shown(before.balances),
        after: shown(after.balances),
      },
    ];
  });
  return { roots, balances };
}
