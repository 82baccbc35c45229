import type { Artefacts } from "../circuits/artefacts.ts";
import type { Backend } from "../backends/backend.ts";

/** What a pool tells of its backends. */
export type PoolEvent =
  | { readonly type: "joined" | "left"; readonly backend: string }
  | { readonly type: "retried"; readonly backend: string; readonly circuit: string; readonly reason: string }
  | {
      readonly type: "quarantined";
      readonly backend: string;
      readonly circuit: string;
      readonly reason: string;
    };

/** What becomes of a device on trial. Times are in milliseconds. */
export type TrialEvent =
  | {
      readonly type: "tried";
      readonly backend: string;
      readonly circuit: string;
      readonly milliseconds: number;
      /** What the backend on processors took for the same proof. */
      readonly against: number;
      readonly isFaster: boolean;
    }
  | {
      readonly type: "trialFailed";
      readonly backend: string;
      readonly circuit: string;
      readonly reason: string;
    };

export interface PoolOptions {
  /** The circuits to prove: their verification keys are what results are verified with. */
  readonly circuits: Iterable<Artefacts>;
  /** The pool's from now on. */
  readonly backends: readonly Backend[];
  readonly listener?: ((event: PoolEvent) => void) | undefined;
  /** Jobs that may wait; more are refused. Default 1,000. */
  readonly queueLimit?: number;
  /**
   * Milliseconds that one attempt may take at most, from when its backend has a slot for it. Default two
   * minutes; less once a backend's speed is known.
   */
  readonly timeout?: number;
  /**
   * Milliseconds that a job waits while no backend could make it, since others may join. Default 0: none
   * will.
   */
  readonly joinTimeout?: number;
}
