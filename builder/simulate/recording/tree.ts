import type { CompletedVisit, StateMoment } from "../../kinds/kind.ts";
import type { Action } from "../../protocol/action.ts";
import type { ChainId } from "../../protocol/ids.ts";

/** A visit while it is being played; `completed` once it has ended. */
export interface VisitHandle {
  readonly rollup: ChainId;
  readonly before: StateMoment;
  completed?: CompletedVisit;
}

/** An action of the tree, with the visits it belongs to. */
export interface RecordedAction {
  readonly action: Action;
  readonly visits: readonly VisitHandle[];
}

/**
 * A stretch of an execution: what L1 does, what rollups do among themselves, and the action addressed to L1
 * that follows.
 */
export class Branch {
  readonly actions: RecordedAction[];
  /** L1's turn after the last step. */
  readonly next = new Turn();

  constructor(first: RecordedAction) {
    this.actions = [first];
  }
}

/** A turn of L1, and what L1 did when it had it, each time after undoing what it did before. */
export class Turn {
  readonly #branches = new Map<string, Branch>();

  /** In the order in which L1 first took them. */
  get branches(): readonly Branch[] {
    return [...this.#branches.values()];
  }

  find(action: Action): Branch | undefined {
    return this.#branches.get(keyOf(action));
  }

  add(first: RecordedAction): Branch {
    const branch = new Branch(first);
    this.#branches.set(keyOf(first.action), branch);
    return branch;
  }

  remove(branch: Branch): void {
    const [first] = branch.actions;
    if (first !== undefined) this.#branches.delete(keyOf(first.action));
  }
}

/** Equal for equal actions only; cheaper than their hash. */
function keyOf({ kind, from, to, sender, target, value, failed, isStatic, gas, data }: Action): string {
  return [kind, from, to, sender, target, value, failed, isStatic, gas, data].join(":").toLowerCase();
}
