import type { Logger } from "pino";
import { type DevnetFacts, writeState } from "./file.ts";
import type { L1Recorder } from "./recorder.ts";

/** How long after a change it is written, in milliseconds. */
const DELAY = 300;
/** Writing all of it takes longer the more there is: no more than this part of the time goes into it. */
const SHARE = 1 / 10;

/** What is kept, and where. */
export interface Kept extends Omit<DevnetFacts, "clock"> {
  readonly file: string;
  readonly recorder: L1Recorder;
}

/** Writes what a recorder has whenever it changes, and when it is closed. */
export class StateKeeper implements AsyncDisposable {
  readonly #kept: Kept;
  readonly #log: Logger | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #pause = DELAY;

  /** @throws {DevnetStateError} if it cannot be written now. */
  static async open(kept: Kept, log?: Logger): Promise<StateKeeper> {
    const keeper = new StateKeeper(kept, log);
    await keeper.#write();
    kept.recorder.onChange = () => {
      keeper.#later();
    };
    return keeper;
  }

  private constructor(kept: Kept, log: Logger | undefined) {
    this.#kept = kept;
    this.#log = log;
  }

  #later(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#write().catch((error: unknown) => {
        // The next change tries again, and so does the end.
        this.#log?.error({ err: error }, "the devnet's state was not written");
      });
    }, this.#pause);
  }

  async #write(): Promise<void> {
    await this.#writing;
    const begun = performance.now();
    const { file, recorder, identity, genesis, rollups, deploymentBlock } = this.#kept;
    const facts = { identity, genesis, rollups, deploymentBlock, clock: recorder.clock };
    await writeState(file, facts, recorder.lines);
    this.#pause = Math.max(DELAY, (performance.now() - begun) / SHARE);
  }

  /** @throws {DevnetStateError} if the last changes cannot be written. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#kept.recorder.onChange = () => undefined;
    clearTimeout(this.#timer);
    await this.#write();
  }
}
