import { type Address, numberToHex } from "viem";
import type { Resume } from "../../../builder/protocol/execution/walk.ts";
import {
  type Action,
  ActionKind,
  l2txAction,
  revertAction,
  revertContinueAction,
} from "../../../builder/protocol/action.ts";
import { type ChainId, L1 } from "../../../builder/protocol/ids.ts";
import { call, GAS, result } from "../lists.ts";
import type { Pick } from "./pick.ts";

/** How a list of joint transactions is changed; most changes make it one that is no execution. */
export const LIST_CHANGES = [
  "nothing",
  "an action left out",
  "an action twice",
  "two actions exchanged",
  "another rollup",
  "another kind",
  "another direction",
  "a transaction put in",
  "a transaction of another rollup put in",
  "an answer put in",
  "a call from L1 put in",
  "a call to L1 put in",
  "a call to a rollup put in",
  "an undoing put in",
  "an alternative",
  "the end cut off",
] as const;
export type ListChange = (typeof LIST_CHANGES)[number];

/** What a list is made of. */
export interface Yard {
  readonly pick: Pick;
  readonly rollups: readonly ChainId[];
  readonly remote: Address;
  readonly user: Address;
}

export interface RandomList {
  readonly actions: readonly Action[];
  readonly resumes: readonly Resume[];
}

/** Transactions of one rollup that follow each other (docs/spec.md, section 1): 1 to 4 of them. */
export function jointList({ pick, rollups }: Yard): RandomList {
  const rollup = pick.of(rollups);
  const actions = Array.from({ length: 1 + pick.below(4) }).flatMap((_, number): Action[] => [
    l2txAction(rollup, numberToHex(2 * number + 1, { size: 2 })),
    result(rollup, L1, numberToHex(2 * number + 2, { size: 2 }), pick.chance(30)),
  ]);
  return { actions, resumes: [] };
}

/** The list with one change. */
export function changed({ actions, resumes }: RandomList, change: ListChange, yard: Yard): RandomList {
  const { pick, rollups, remote, user } = yard;
  // There is nothing to be changed any more.
  if (actions.length === 0) return { actions, resumes };
  const at = pick.below(actions.length);
  const between = pick.below(actions.length + 1);
  const [own] = actions;
  const rollup = own === undefined || own.to === L1 ? pick.of(rollups) : own.to;
  const other = pick.of(rollups.filter((each) => each !== rollup));
  const one = actions[at];
  const of = (made: readonly Action[]): RandomList => ({ actions: made, resumes });
  const replaced = (made: Action): RandomList => of(actions.with(at, made));
  const putIn = (...made: readonly Action[]): RandomList => of(actions.toSpliced(between, 0, ...made));
  if (one === undefined) return of(actions);
  switch (change) {
    case "nothing":
      return of(actions);
    case "an action left out":
      return of(actions.toSpliced(at, 1));
    case "an action twice":
      return putIn(one);
    case "two actions exchanged": {
      const second = pick.below(actions.length);
      return of(actions.with(at, actions[second] ?? one).with(second, one));
    }
    case "another rollup":
      return replaced(one.to === L1 ? { ...one, from: other } : { ...one, to: other });
    case "another kind":
      return replaced(
        one.kind === ActionKind.L2TX
          ? pick.of([call(L1, rollup, user, remote), result(L1, rollup, one.data)])
          : pick.of([call(rollup, L1, remote, user, { gas: GAS }), l2txAction(rollup, one.data)]),
      );
    case "another direction":
      return replaced({ ...one, from: one.to, to: one.from });
    case "a transaction put in":
      return putIn(l2txAction(rollup, "0xff01"), ...(pick.chance(80) ? [result(rollup, L1, "0xff02")] : []));
    case "a transaction of another rollup put in":
      return putIn(l2txAction(other, "0xff03"), ...(pick.chance(80) ? [result(other, L1, "0xff04")] : []));
    case "an answer put in":
      return putIn(result(rollup, pick.of([L1, other]), "0xff05", pick.chance(50)));
    case "a call from L1 put in":
      return putIn(
        call(L1, pick.of(rollups), user, remote, { isStatic: pick.chance(30) }),
        ...(pick.chance(70) ? [result(rollup, L1, "0xff06")] : []),
      );
    case "a call to L1 put in":
      return putIn(
        call(rollup, L1, remote, user, { gas: GAS }),
        ...(pick.chance(80) ? [result(L1, rollup, "0xff07")] : []),
      );
    case "a call to a rollup put in":
      return putIn(
        call(rollup, other, remote, remote, { gas: GAS }),
        ...(pick.chance(80) ? [result(other, rollup, "0xff08")] : []),
      );
    case "an undoing put in":
      return putIn(revertAction(rollup, pick.below(2)), revertContinueAction(rollup));
    case "an alternative":
      return { actions, resumes: [{ at: pick.below(actions.length), to: between }] };
    case "the end cut off":
      return of(actions.slice(0, at));
  }
}
