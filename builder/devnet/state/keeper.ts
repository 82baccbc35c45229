import type { Logger } from "pino";
import { type DevnetFacts, writeState } from "./file.ts";
import { Journal, removeJournal } from "./journal.ts";
import type { L1Recorder } from "./recorder.ts";

/** What is kept, and where. */
export interface Kept extends Omit<DevnetFacts, "clock"> {
  readonly file: string;
  readonly recorder: L1Recorder;
}

/**
 * Keeps what a recorder has: as a whole when it is opened and closed, and each change in a journal, before
 * any caller is told of it.
 */
export class StateKeeper implements AsyncDisposable {
  readonly #kept: Kept;
  readonly #log: Logger | undefined;
  /** Nothing while a write has failed: the next change writes all of it again. */
  #journal: Journal | undefined;
  #keeping: Promise<void> = Promise.resolve();

  /** @throws {DevnetStateError} if it cannot be written now. */
  static async open(kept: Kept, log?: Logger): Promise<StateKeeper> {
    const keeper = new StateKeeper(kept, log);
    await keeper.#writeAll();
    kept.recorder.onChange = () => keeper.#changed();
    return keeper;
  }

  private constructor(kept: Kept, log: Logger | undefined) {
    this.#kept = kept;
    this.#log = log;
  }

  async #changed(): Promise<void> {
    this.#keeping = this.#keeping.then(async () => {
      try {
        await this.#keep();
      } catch (error) {
        // What L1 has done is done. The next change tries again, and so does the end.
        this.#log?.error({ err: error }, "the devnet's state was not written");
      }
    });
    await this.#keeping;
  }

  async #keep(): Promise<void> {
    const { recorder } = this.#kept;
    const journal = this.#journal;
    if (journal === undefined) {
      await this.#writeAll();
      return;
    }
    const change = recorder.takeChange();
    if (change === undefined) return;
    try {
      await journal.append(change);
    } catch {
      // Its last line may not be whole, and nothing may come behind that.
      await this.#leaveJournal();
      await this.#writeAll();
    }
  }

  async #writeAll(): Promise<void> {
    const { file } = this.#kept;
    this.#journal = await Journal.begin(file, await this.#writeState());
  }

  /** @returns its checksum. */
  async #writeState(): Promise<string> {
    const { file, recorder, identity, genesis, rollups, deploymentBlock } = this.#kept;
    recorder.takeChange();
    const facts = { identity, genesis, rollups, deploymentBlock, clock: recorder.clock };
    return await writeState(file, facts, recorder.lines);
  }

  async #leaveJournal(): Promise<void> {
    const journal = this.#journal;
    this.#journal = undefined;
    await journal?.[Symbol.asyncDispose]();
  }

  /** @throws {DevnetStateError} if the last changes cannot be written. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { file, recorder } = this.#kept;
    recorder.onChange = async () => undefined;
    await this.#keeping;
    await this.#leaveJournal();
    await this.#writeState();
    await removeJournal(file);
  }
}
