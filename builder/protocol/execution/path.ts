import type { Action } from "../action.ts";
import type { ChainId } from "../ids.ts";

/** An action among those of a visit. */
export interface Place {
  /** Index of the action in the list. */
  readonly at: number;
  readonly previous: Place | undefined;
  /** The path just before the action. */
  readonly before: Path;
}

/** A visit that has not ended on the path. */
export interface OpenVisit {
  readonly isStatic: boolean;
  /** Its newest action that was not forgotten. */
  readonly last: Place;
  /** Number of the rollup's latest visit before it that had an effect. */
  readonly previous: number | undefined;
}

/** A call that waits for its RESULT. */
export interface Frame {
  readonly parent: Frame | undefined;
  readonly call: Action;
  readonly at: number;
  /** Its RESULT ends the rollup's visit, unless another transaction follows. */
  readonly beginsVisit: boolean;
  /** The path just before the call. */
  readonly before: Path;
  /** Calls that are not static up to this one. */
  readonly liveCalls: number;
  /** It is, or is inside, a static call that L1 made. */
  readonly isLookedUp: boolean;
  /**
   * It is an L2TX, or inside of one and not inside a call to L1: calls to L1 made here say how much gas they
   * get.
   */
  readonly bindsGas: boolean;
}

/** The visits that took effect, newest first. */
export interface Effect {
  readonly visit: number;
  readonly rollup: ChainId;
  readonly previous: Effect | undefined;
}

/**
 * A call that is not static and that undoings can go back to: nothing before it was undone since it was made.
 */
export interface Goal {
  /** Index of the call. */
  readonly at: number;
  /** The one before it. */
  readonly below: Goal | undefined;
}

/**
 * What has happened and was not undone, at one place of an execution. Never changed: going back is taking an
 * older one.
 */
export interface Path {
  readonly frame: Frame | undefined;
  readonly open: ReadonlyMap<ChainId, OpenVisit>;
  readonly effect: Effect | undefined;
  /** Calls that are not static, undone ones included. */
  readonly liveCalls: number;
  /** Index of its newest action. */
  readonly newest: number;
  /** How often something was undone back to a call, by the call's index. */
  readonly undoings: ReadonlyMap<number, number>;
  /** The newest call that something can be undone back to. */
  readonly goal: Goal | undefined;
}

export const EMPTY_PATH: Path = {
  frame: undefined,
  open: new Map(),
  effect: undefined,
  liveCalls: 0,
  newest: -1,
  undoings: new Map(),
  goal: undefined,
};

/** The map with one more entry, or another value. */
export function withEntry<Key, Value>(
  map: ReadonlyMap<Key, Value>,
  key: Key,
  value: Value,
): ReadonlyMap<Key, Value> {
  return new Map(map).set(key, value);
}

/** Indices in the list of a visit's actions, up to `last`. */
export function placesUpTo(last: Place): number[] {
  const places: number[] = [];
  for (let place: Place | undefined = last; place !== undefined; place = place.previous)
    places.push(place.at);
  return places.reverse();
}
