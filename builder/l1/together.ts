interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result | Promise<Result>) => void;
}

/** Items in one group. */
const MOST = 50;
/** Milliseconds after which the next group does not wait for the one before it: the node is far away. */
const PATIENCE = 20;

/**
 * Puts small requests into groups: those that come in one turn of the event loop go together, and so do those
 * that come while others are under way. Alone a request waits for no company, and the busier it is, the less
 * each costs.
 */
export class Together<Item, Result> {
  readonly #send: (items: readonly Item[]) => readonly Promise<Result>[];
  readonly #waiting: Waiting<Item, Result>[] = [];
  #underWay = 0;
  #isAbout = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param send gives one promise for each item, in their order. */
  constructor(send: (items: readonly Item[]) => readonly Promise<Result>[]) {
    this.#send = send;
  }

  async ask(item: Item): Promise<Result> {
    const { promise, resolve } = Promise.withResolvers<Result>();
    this.#waiting.push({ item, resolve });
    if (this.#underWay === 0) this.#goSoon();
    return await promise;
  }

  /** Once all that is there by now was read. */
  #goSoon(): void {
    if (this.#isAbout) return;
    this.#isAbout = true;
    setImmediate(() => {
      this.#isAbout = false;
      if (this.#underWay === 0) this.#go();
    });
  }

  #go(): void {
    clearTimeout(this.#timer);
    if (this.#waiting.length === 0) return;
    const group = this.#waiting.splice(0, MOST);
    const answers = this.#send(group.map(({ item }) => item));
    this.#underWay++;
    this.#timer = setTimeout(() => {
      this.#go();
    }, PATIENCE);
    void Promise.allSettled(answers).then(() => {
      this.#underWay--;
      if (this.#underWay === 0 && this.#waiting.length > 0) this.#goSoon();
    });
    group.forEach(({ resolve }, index) => {
      resolve(answers[index] ?? Promise.reject(new RangeError("an item was not sent")));
    });
  }
}
