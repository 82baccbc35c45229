/** Lets one holder in at a time, in the order of asking, and before those that can wait. */
export class Lock {
  readonly #waiting: (() => void)[] = [];
  readonly #patient: (() => void)[] = [];
  #isHeld = false;

  /**
   * Runs `work` when all that asked before are done.
   * @param canWait lets those go first that ask later and cannot.
   */
  async run<Result>(work: () => Promise<Result>, canWait = false): Promise<Result> {
    if (this.#isHeld)
      await new Promise<void>((resolve) => (canWait ? this.#patient : this.#waiting).push(resolve));
    this.#isHeld = true;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift() ?? this.#patient.shift();
      if (next === undefined) this.#isHeld = false;
      else next();
    }
  }
}
