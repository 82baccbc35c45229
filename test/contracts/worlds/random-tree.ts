import { type Address, numberToHex } from "viem";
import type { Resume, Walked } from "../../../builder/protocol/execution/walk.ts";
import { type Action, revertAction, revertContinueAction } from "../../../builder/protocol/action.ts";
import type { Execution, Visit } from "../../../builder/protocol/execution.ts";
import { type ChainId, L1 } from "../../../builder/protocol/ids.ts";
import { call, result, resume, span } from "../lists.ts";
import { rootAt } from "../setup.ts";
import type { Pick } from "./pick.ts";

/** Where a tree grows. */
export interface Soil {
  readonly pick: Pick;
  readonly rollups: readonly ChainId[];
  /** Contracts on every rollup. */
  readonly remote: Address;
  /** On L1. */
  readonly user: Address;
}

/** A list with its turns of L1, of which it is not said how often something is undone. */
export interface Tree {
  readonly actions: readonly Action[];
  readonly resumes: readonly Resume[];
}

const MAX_DEPTH = 4;
const MAX_ACTIONS = 40;

/** A call that an operation can go back to. */
interface Goal {
  readonly number: number;
}

/** Draws a tree in which rollups and L1 undo what was done, L1 going on in other ways. */
export function randomTree(soil: Soil): Tree {
  return new Grower(soil).grow();
}

/** Acts out what chains do: what it writes down is an execution by the way in which it comes about. */
class Grower {
  readonly #soil: Soil;
  readonly #actions: Action[] = [];
  readonly #resumes: Resume[] = [];
  #fresh = 0;

  constructor(soil: Soil) {
    this.#soil = soil;
  }

  grow(): Tree {
    const { pick, rollups, user, remote } = this.#soil;
    const rollup = pick.of(rollups);
    this.#actions.push(call(L1, rollup, user, remote));
    this.#operate(rollup, 0);
    this.#actions.push(result(rollup, L1, this.#data()));
    return {
      actions: this.#actions,
      resumes: this.#resumes.toSorted((a, b) => a.at - b.at),
    };
  }

  /** What a rollup does in answer to a call. Returns how many calls that are not static were made for it. */
  #operate(rollup: ChainId, depth: number): number {
    const { pick } = this.#soil;
    const goals: Goal[] = [];
    let number = 0;
    let live = 0;
    const room = () => depth < MAX_DEPTH && this.#actions.length < MAX_ACTIONS;
    for (let left = room() ? pick.below(4) : 0; left > 0 && room(); left--) {
      if (goals.length > 0 && pick.chance(35)) {
        const keep = pick.below(goals.length);
        const goal = goals[keep];
        if (goal === undefined) throw new Error("no goal");
        // What was undone to may be undone to once more, what came after it may not.
        goals.splice(pick.chance(30) ? keep + 1 : keep);
        this.#actions.push(revertAction(rollup, goal.number), revertContinueAction(rollup));
        continue;
      }
      const isStatic = pick.chance(15);
      const made = pick.chance(50)
        ? this.#callL1(rollup, isStatic, depth + 1)
        : this.#callAcross(rollup, isStatic, depth + 1);
      if (!isStatic) {
        live += made;
        goals.push({ number });
      }
      number++;
    }
    return live;
  }

  #callAcross(from: ChainId, isStatic: boolean, depth: number): number {
    const { pick, rollups, remote } = this.#soil;
    const to = pick.of(rollups.filter((rollup) => rollup !== from));
    this.#actions.push(call(from, to, remote, remote, { isStatic, data: this.#data() }));
    const live = isStatic ? 0 : this.#operate(to, depth);
    this.#actions.push(result(to, from, this.#data(), pick.chance(40)));
    return isStatic ? 0 : live + 1;
  }

  /** L1 is called, and does this and that until it answers, most of which it undoes again. */
  #callL1(from: ChainId, isStatic: boolean, depth: number): number {
    const { pick, remote, user } = this.#soil;
    this.#actions.push(call(from, L1, remote, user, { isStatic, data: this.#data() }));
    let live = 0;
    // Alternatives of this turn: all but the last one were undone.
    let turn = this.#actions.length;
    for (let left = isStatic ? 0 : pick.below(3); left > 0 && this.#actions.length < MAX_ACTIONS; left--) {
      this.#callBack(depth);
      this.#resumes.push({ at: turn, to: this.#actions.length });
      turn = this.#actions.length;
    }
    // What L1 did and did not undo comes before its answer, on the same path.
    if (!isStatic && this.#actions.length < MAX_ACTIONS && pick.chance(30)) {
      live += this.#callBack(depth);
      this.#actions.push(result(L1, from, this.#data()));
      return live + 1;
    }
    this.#actions.push(result(L1, from, this.#data(), pick.chance(20)));
    return isStatic ? 0 : live + 1;
  }

  #callBack(depth: number): number {
    const { pick, rollups, remote, user } = this.#soil;
    const rollup = pick.of(rollups);
    this.#actions.push(call(L1, rollup, user, remote, { data: this.#data() }));
    const live = this.#operate(rollup, depth + 1);
    this.#actions.push(result(rollup, L1, this.#data()));
    return live + 1;
  }

  /** No two actions are the same, so that alternatives differ. */
  #data() {
    return numberToHex(++this.#fresh, { size: 2 });
  }
}

/** With the visits that the walk finds, each of which leads to a root of its own unless it must not. */
export function executionOf({ actions, resumes }: Tree, { visits, spans }: Walked): Execution {
  const made: Visit[] = [];
  visits.forEach(({ rollup, previous, keepsRoot }, at) => {
    const rootBefore = previous === undefined ? rootAt(0) : (made[previous]?.rootAfter ?? rootAt(0));
    made.push({ rollup, rootBefore, rootAfter: keepsRoot ? rootBefore : rootAt(at + 1) });
  });
  const marks = [
    ...[...spans].map(([at, times]) => span(at, times)),
    ...resumes.map(({ at, to }) => resume(at, to)),
  ];
  return { actions, visits: made, marks: marks.toSorted((a, b) => a.at - b.at) };
}
