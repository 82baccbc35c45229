/**
 * A question that many ask at once. Each gets an answer to a question that was put after it asked: those who
 * come while one is under way, whose answer may be older than what they have seen, share the next.
 */
export class SharedAnswer<Value> {
  readonly #put: () => Promise<Value>;
  #underWay: Promise<Value> | undefined;
  #next: Promise<Value> | undefined;

  constructor(put: () => Promise<Value>) {
    this.#put = put;
  }

  async ask(): Promise<Value> {
    if (this.#next !== undefined) return await this.#next;
    if (this.#underWay === undefined) return await this.#begin();
    this.#next = this.settled().then(async () => {
      this.#next = undefined;
      return await this.#begin();
    });
    return await this.#next;
  }

  /** Resolves when the one under way is answered, whatever comes of it. */
  async settled(): Promise<void> {
    await this.#underWay?.catch(() => undefined);
  }

  #begin(): Promise<Value> {
    const put = this.#put().finally(() => {
      if (this.#underWay === put) this.#underWay = undefined;
    });
    this.#underWay = put;
    return put;
  }
}
