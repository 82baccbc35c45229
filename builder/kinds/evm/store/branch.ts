import type { Address, Hex } from "viem";
import type { StateRoot } from "../../../protocol/ids.ts";
import type { BlockState, CommittedState, EvmAccount, StateWrites, Touched } from "../state-types.ts";
import { changesOf } from "./changes.ts";
import { UndoneOutOfOrderError } from "./errors.ts";
import { FlatOverlay } from "./flat-overlay.ts";
import type { Applied } from "./history.ts";
import { EMPTY_WORD, type StateLayout } from "./layout.ts";
import type { Leaves } from "./leaves.ts";
import type { Moment, Moments } from "./moments.ts";
import { noteTouched, type StateWitness } from "./witness.ts";
import { WitnessNote } from "./witness-note.ts";

export interface BranchBase {
  readonly leaves: Leaves;
  readonly moment: Moment;
}

/**
 * A state that visits are played on. What they write stays in the branch: the state that it begins at, and
 * other branches of it, notice nothing.
 */
export class StateBranch implements CommittedState {
  readonly #moments: Moments;
  readonly #layout: StateLayout;
  readonly #flat: FlatOverlay;
  readonly #applied: Applied[];
  #now: Moment;
  #isOver = false;

  /** @param like the branch that it goes on from, if it does. */
  constructor(moments: Moments, layout: StateLayout, base: BranchBase, like?: StateBranch) {
    this.#moments = moments;
    this.#layout = layout;
    this.#flat = new FlatOverlay(base.leaves, like === undefined ? undefined : like.#flat);
    this.#applied = like === undefined ? [] : [...like.#applied];
    this.#now = like === undefined ? base.moment : like.#now;
  }

  get block(): BlockState {
    return this.#flat.block;
  }

  /** The present state. */
  get now(): Moment {
    return this.#now;
  }

  /** What was applied so far. */
  get applied(): readonly Applied[] {
    return this.#applied;
  }

  get leaves(): Leaves {
    return this.#flat;
  }

  /** @throws {ForgottenMomentError} */
  stateRoot(): StateRoot {
    return this.#now.root;
  }

  account(address: Address): EvmAccount | undefined {
    return this.#flat.account(address)?.account;
  }

  slot(address: Address, slot: Hex): Hex {
    return this.#flat.slot(address, slot)?.word ?? EMPTY_WORD;
  }

  /**
   * @throws {UncommittableStateError} or {TreeFullError} with nothing changed. What is returned throws
   * {UndoneOutOfOrderError} when it is called at the wrong time.
   */
  apply(writes: StateWrites): () => void {
    const [flat, from] = [this.#flat, this.#now];
    const changes = changesOf(flat, this.#layout, writes);
    this.#moments.assertRoomFor(from, changes);
    const replaced = changes.map(({ key, entry }) => [key, flat.replace(key, entry)] as const);
    const after = this.#moments.after(from, changes);
    this.#now = after;
    this.#applied.push({ changes, replaced });
    return () => {
      if (this.#isOver || this.#now !== after) throw new UndoneOutOfOrderError();
      this.#now = from;
      this.#applied.pop();
      for (const [key, entry] of replaced) flat.replace(key, entry);
    };
  }

  /**
   * What re-executing a visit from the present root needs.
   * @param writes that the visit makes, if it makes any: keys that it writes without having read them are
   * proven too.
   */
  noteWitness(touched: Touched, writes?: StateWrites): WitnessNote {
    const noted = noteTouched(this.#flat, touched, writes);
    return new WitnessNote(this.#moments, this.#layout, this.now, noted);
  }

  /** The same, proven at once. */
  witnessOf(touched: Touched, writes?: StateWrites): StateWitness {
    return this.noteWitness(touched, writes).prove();
  }

  /** What it led to has become durable, or is left for good: nothing of it can be undone any more. */
  end(): void {
    this.#isOver = true;
  }
}
