import type { RecordedExecution } from "../../builder/execution/recorded.ts";
import { ActionKind } from "../../builder/protocol/action.ts";
import { MarkKind } from "../../builder/protocol/execution.ts";
import { L1 } from "../../builder/protocol/ids.ts";

/** How often something occurred in the executions of all programs: what the random programs reach. */
export class Coverage {
  readonly counts = new Map<string, number>();

  add(executions: readonly RecordedExecution[]): void {
    for (const { actions, visits, marks } of executions) {
      this.#count("executions", 1);
      this.#count("actions", actions.length);
      this.#count("visits", visits.length);
      this.#count("spans", marks.filter(({ kind }) => kind === MarkKind.SPAN).length);
      this.#count("resumes", marks.filter(({ kind }) => kind === MarkKind.RESUME).length);
      this.#count("reverts", actions.filter(({ kind }) => kind === ActionKind.REVERT).length);
      this.#count("failed results", actions.filter(({ failed }) => failed).length);
      this.#count("static calls", actions.filter(({ isStatic }) => isStatic).length);
      this.#count("value moved", actions.filter(({ value }) => value > 0n).length);
      this.#count("between rollups", actions.filter(({ from, to }) => from !== L1 && to !== L1).length);
      this.#count("executions of over 10 actions", actions.length > 10 ? 1 : 0);
      this.#count("executions of over 30 actions", actions.length > 30 ? 1 : 0);
      const deepest = depthOf(actions);
      this.#count("executions of depth 3 and more", deepest >= 3 ? 1 : 0);
      this.#count("executions of depth 5 and more", deepest >= 5 ? 1 : 0);
    }
  }

  #count(what: string, times: number): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times);
  }
}

/** Calls that cross borders inside each other, if nothing is undone. */
function depthOf(actions: RecordedExecution["actions"]): number {
  let depth = 0;
  let deepest = 0;
  for (const { kind } of actions) {
    if (kind === ActionKind.CALL || kind === ActionKind.L2TX) deepest = Math.max(deepest, ++depth);
    else if (kind === ActionKind.RESULT) depth--;
  }
  return deepest;
}
