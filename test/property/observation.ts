import type { Hex } from "viem";

/** What a transaction did, for its sender. */
export interface Answer {
  readonly success: boolean;
  /** Return data, or revert data. */
  readonly output: Hex;
}

/** An actor or one of its children. */
export interface Contents {
  readonly slots: readonly bigint[];
  readonly balance: bigint;
}

export interface ActorState extends Contents {
  readonly childCount: bigint;
  readonly children: readonly Contents[];
  /** What the actor emitted, in order. */
  readonly logs: readonly { readonly tag: bigint; readonly observed: Hex }[];
  /** Its account in the ledger, wei. */
  readonly deposit: bigint;
}

/** Everything in which one chain and several must not differ once a program has run. */
export interface Observation {
  readonly answers: readonly Answer[];
  readonly actors: readonly ActorState[];
  readonly users: readonly {
    /** Wei received, less what was spent; fees left out. */
    readonly gain: bigint;
    readonly deposit: bigint;
  }[];
  /** Wei that the ledger has gained. */
  readonly ledger: bigint;
}

/** Lines that say where two values differ; none if they are equal. */
export function differences(single: unknown, spread: unknown, path = ""): string[] {
  if (isObject(single) && isObject(spread)) {
    const keys = new Set([...Object.keys(single), ...Object.keys(spread)]);
    return [...keys].flatMap((key) =>
      differences(single[key], spread[key], path === "" ? key : `${path}.${key}`),
    );
  }
  return single === spread ? [] : [`${path}: one chain ${String(single)}, several ${String(spread)}`];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
