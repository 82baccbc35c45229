import type { StateLayout } from "./layout.ts";
import type { Moment, Moments } from "./moments.ts";
import { joinNotes, type NotedState, proveNoted, type StateWitness } from "./witness.ts";

/** What re-executing a visit needs of the state before it: noted when it ends, proven when asked for. */
export class WitnessNote {
  readonly #moments: Moments;
  readonly #layout: StateLayout;
  readonly #moment: Moment;
  readonly #noted: NotedState;

  /** @param moment the state that was noted. */
  constructor(moments: Moments, layout: StateLayout, moment: Moment, noted: NotedState) {
    this.#moments = moments;
    this.#layout = layout;
    this.#moment = moment;
    this.#noted = noted;
  }

  /** @throws {ForgottenMomentError} when it is too late. */
  prove(): StateWitness {
    return proveNoted(this.#noted, this.#layout, this.#moments.treeAt(this.#moment));
  }

  /** What a visit needs that goes on with what these were noted for, each where the one before it ended. */
  joinedBy(later: readonly WitnessNote[]): WitnessNote {
    const noted = joinNotes([this.#noted, ...later.map((note) => note.#noted)]);
    return new WitnessNote(this.#moments, this.#layout, this.#moment, noted);
  }
}
