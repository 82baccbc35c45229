import type { FrameObserver } from "./rollup-state.ts";

/** One incoming CALL or L2TX that is being played. */
interface Operation {
  /** Gas that its CALL brings for callees on L1; an L2TX's calls take what is left to them. */
  readonly gas: number | undefined;
  /** Numbers of the outgoing calls that were made and not undone, static ones left out. */
  readonly calls: number[];
  /** How many outgoing calls were made, failed and undone ones included. */
  made: number;
  /** How many there were when each open frame began. */
  readonly frames: number[];
}

/**
 * The outermost frames of an operation: a CALL's own level and the frame that it runs, an L2TX's levels for
 * nonce and fee and for delegations. When one of them reverts with calls in it, the operation fails as a
 * whole.
 */
const OUTERMOST = 2;

/**
 * Which outgoing calls each open frame of a rollup's EVM has made: a frame that reverts while its operation
 * goes on has to have them undone on the other chains (docs/spec.md section 1, REVERT).
 */
export class OperationStack implements FrameObserver {
  readonly #operations: Operation[] = [];
  readonly #revert: (number: number) => Promise<void>;
  #isBroken = false;

  /**
   * @param revert sends a REVERT and waits for its answer.
   * @param number of the first call that is undone.
   */
  constructor(revert: (number: number) => Promise<void>) {
    this.#revert = revert;
  }

  /**
   * Operations that are open: one, and one more for each time the rollup was entered again while it waited.
   */
  get depth(): number {
    return this.#operations.length;
  }

  /** Gas that the innermost operation's CALL brings for callees on L1; nothing in an L2TX. */
  get gas(): number | undefined {
    return this.#operations.at(-1)?.gas;
  }

  /** Begins anew. */
  reset(): void {
    this.#operations.length = 0;
    this.#isBroken = false;
  }

  begin(gas: number | undefined): void {
    this.#operations.push({ gas, calls: [], made: 0, frames: [] });
  }

  end(): void {
    this.#operations.pop();
  }

  /** The visit cannot go on: frames that are still open are given up without a word. */
  abandon(): void {
    this.#isBroken = true;
  }

  /** A call leaves the rollup. */
  called(isStatic: boolean): void {
    const operation = this.#operations.at(-1);
    if (operation === undefined) return;
    if (!isStatic) operation.calls.push(operation.made);
    operation.made++;
  }

  /** The latest outgoing call, which was not static, failed. */
  undone(): void {
    this.#operations.at(-1)?.calls.pop();
  }

  opened(): void {
    const operation = this.#operations.at(-1);
    operation?.frames.push(operation.calls.length);
  }

  committed(): void {
    this.#operations.at(-1)?.frames.pop();
  }

  async reverting(): Promise<void> {
    const operation = this.#operations.at(-1);
    const count = operation?.frames.pop();
    if (operation === undefined || count === undefined || this.#isBroken) return;
    const [first] = operation.calls.splice(count);
    if (first !== undefined && operation.frames.length >= OUTERMOST) await this.#revert(first);
  }
}
