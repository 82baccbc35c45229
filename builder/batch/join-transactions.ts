import { type Hex, keccak256 } from "viem";
import type { CompletedVisit, JointVisits } from "../kinds/kind.ts";
import { type Action, ActionKind } from "../protocol/action.ts";
import type { ChainId } from "../protocol/ids.ts";
import type { RecordedExecution } from "../simulate/recording/recorded-execution.ts";

/** Of which transactions one visit may be made. */
export interface Joining {
  /** How a rollup's transactions are one visit; nothing if they are not. */
  readonly jointOf: (rollup: ChainId) => JointVisits | undefined;
  /** Hashes of the transactions of the batch before: none of these is joined with one that is not. */
  readonly before?: ReadonlySet<Hex>;
}

/** A transaction that touches no chain but its rollup. */
interface Alone {
  readonly rollup: ChainId;
  readonly hash: Hex;
  readonly visit: CompletedVisit;
}

/** Executions that become one: several transactions of a rollup, or anything by itself. */
interface Group {
  readonly parts: [RecordedExecution, ...RecordedExecution[]];
  readonly isBefore: boolean;
}

/**
 * Makes one execution, with one visit, of transactions of a rollup that follow each other and touch no other
 * chain (docs/spec.md section 1, "Joint executions"). Those of other rollups may stand between them, if they
 * touch no other chain either: nothing tells in which order they come then. What does touch one ends the row,
 * since L1's contracts can see a rollup's root.
 * @param recorded in the order of a batch.
 */
export function joinTransactions(
  recorded: readonly RecordedExecution[],
  { jointOf, before = new Set() }: Joining,
): RecordedExecution[] {
  const groups: Group[] = [];
  /** The latest group of each rollup in the row. */
  const open = new Map<ChainId, Group>();
  for (const execution of recorded) {
    const alone = aloneIn(execution);
    if (alone === undefined) {
      open.clear();
      groups.push({ parts: [execution], isBefore: false });
      continue;
    }
    const { rollup, hash } = alone;
    const isBefore = before.has(hash);
    const group = open.get(rollup);
    if (group?.isBefore === isBefore && group.parts.length < (jointOf(rollup)?.most ?? 1)) {
      group.parts.push(execution);
      continue;
    }
    const begun: Group = { parts: [execution], isBefore };
    open.set(rollup, begun);
    groups.push(begun);
  }
  return groups.map(({ parts }) => joined(parts, jointOf));
}

function joined(parts: Group["parts"], jointOf: Joining["jointOf"]): RecordedExecution {
  const [first] = parts;
  const all = parts.map(aloneIn).filter((alone) => alone !== undefined);
  const rollup = all[0]?.rollup;
  const joint = rollup === undefined ? undefined : jointOf(rollup);
  if (parts.length === 1 || rollup === undefined || joint === undefined) return first;
  return {
    actions: parts.flatMap(({ actions }) => actions),
    visits: [{ rollup, completed: joint.join(all.map(({ visit }) => visit)) }],
    marks: [],
  };
}

/** The rollup of a transaction that touches no other chain; nothing for any other execution. */
export function touchedAlone({
  actions,
  visits,
}: {
  readonly actions: readonly Action[];
  readonly visits: readonly { readonly rollup: ChainId }[];
}): ChainId | undefined {
  const isAlone = actions[0]?.kind === ActionKind.L2TX && actions.length === 2;
  return isAlone ? visits[0]?.rollup : undefined;
}

function aloneIn(execution: RecordedExecution): Alone | undefined {
  const [trigger] = execution.actions;
  const [visit] = execution.visits;
  if (touchedAlone(execution) === undefined || trigger === undefined || visit === undefined) return undefined;
  return { rollup: visit.rollup, hash: keccak256(trigger.data), visit: visit.completed };
}
