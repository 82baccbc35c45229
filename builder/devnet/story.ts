import type { Hex } from "viem";
import type { Builder } from "../builder.ts";
import type { BuilderEvent } from "../events.ts";

type EventOf<Type extends BuilderEvent["type"]> = Extract<BuilderEvent, { type: Type }>;

/** What the builder said of one batch while it made it. */
export interface BatchStory {
  readonly simulated: EventOf<"simulated">;
  readonly proofs: readonly EventOf<"proven">[];
  readonly witnessMilliseconds: number;
  readonly posted: EventOf<"posted">;
}

/** Remembers how each batch came about, by its transactions. The builder makes one at a time. */
export class Storyteller implements Disposable {
  readonly #stories = new Map<Hex, BatchStory>();
  readonly #stop: () => void;
  #simulated: EventOf<"simulated"> | undefined;
  #proofs: EventOf<"proven">[] = [];
  #witness = 0;

  constructor(builder: Builder) {
    this.#stop = builder.listen((event) => {
      this.#take(event);
    });
  }

  /** @param transaction what the builder accepted, or the L1 transaction that posted the batch. */
  storyOf(transaction: Hex): BatchStory | undefined {
    return this.#stories.get(transaction);
  }

  [Symbol.dispose](): void {
    this.#stop();
  }

  #take(event: BuilderEvent): void {
    if (event.type === "simulated") {
      this.#simulated = event;
      this.#proofs = [];
      this.#witness = 0;
    } else if (event.type === "proving") this.#witness += event.witnessMilliseconds;
    else if (event.type === "proven") this.#proofs.push(event);
    else if (event.type === "posted" && this.#simulated !== undefined) {
      const story = {
        simulated: this.#simulated,
        proofs: this.#proofs,
        witnessMilliseconds: this.#witness,
        posted: event,
      };
      for (const hash of event.transactions) this.#stories.set(hash, story);
      if (event.batch !== undefined) this.#stories.set(event.batch, story);
    }
  }
}
