/** Lets one holder in at a time, in the order of asking. */
export class Lock {
  #tail: Promise<unknown> = Promise.resolve();

  /** Runs `work` when all that asked before are done. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#tail.then(work);
    this.#tail = result.catch(() => undefined);
    return await result;
  }
}
