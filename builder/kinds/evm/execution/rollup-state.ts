import { JournaledState, type JournaledStateOptions } from "../../../evm/journaled-state.ts";

/** Is told of every frame of the rollup's EVM that reverts, before what it did is undone. */
export interface FrameObserver {
  opened(): void;
  committed(): void;
  /** What is awaited here happens on other chains before the frame is undone. */
  reverting(): Promise<void>;
}

/** A rollup's state during a visit. */
export class RollupState extends JournaledState {
  readonly #observer: FrameObserver;

  constructor(options: JournaledStateOptions, observer: FrameObserver) {
    super(options);
    this.#observer = observer;
  }

  override async checkpoint(): Promise<void> {
    this.#observer.opened();
    await super.checkpoint();
  }

  override async commit(): Promise<void> {
    this.#observer.committed();
    await super.commit();
  }

  override async revert(): Promise<void> {
    await this.#observer.reverting();
    await super.revert();
  }
}
