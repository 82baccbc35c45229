import type { Address, Hex } from "viem";
import type { StateRoot } from "../../../protocol/ids.ts";
import type { NoteChanges, State } from "../../../state/state.ts";
import type { StateTree } from "../../../state/tree.ts";
import type { BlockState, CommittedState, EvmAccount, StateWrites, Touched } from "../state-types.ts";
import { type Change, changesOf } from "./changes.ts";
import type { Entry } from "./entry.ts";
import type { FlatState } from "./flat-state.ts";
import { EMPTY_WORD, type StateLayout } from "./layout.ts";
import { loadFlatState } from "./load.ts";
import { type Moment, Moments } from "./moments.ts";
import { codeNote, encodeEntry, leafNote } from "./notes.ts";
import { noteTouched, type StateWitness } from "./witness.ts";

/** One step away from the durable state. */
interface Applied {
  readonly changes: readonly Change[];
  readonly replaced: readonly (readonly [key: bigint, entry: Entry | undefined])[];
}

export interface EvmStoreParts {
  readonly state: State;
  readonly layout: StateLayout;
  readonly flat: FlatState;
  /** Where the state lies, for messages. */
  readonly where: string;
}

/**
 * The committed state of one EVM rollup: the tree that makes its root, and flat maps from which it is read.
 * Opened by `openEvmStore`. Not for concurrent use.
 */
export class EvmStore implements CommittedState {
  readonly #state: State;
  readonly #layout: StateLayout;
  readonly #where: string;
  #flat: FlatState;
  readonly #moments: Moments;
  /** What was applied since the last durable state, and what it replaced. */
  #applied: Applied[] = [];

  constructor({ state, layout, flat, where }: EvmStoreParts) {
    this.#state = state;
    this.#layout = layout;
    this.#flat = flat;
    this.#where = where;
    this.#moments = new Moments(state.tree, layout);
  }

  get block(): BlockState {
    return this.#flat.block;
  }

  /** The present state. */
  get now(): Moment {
    return this.#moments.now;
  }

  stateRoot(): StateRoot {
    return this.now.root;
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
    const changes = changesOf(this.#flat, this.#layout, writes);
    this.#moments.assertRoomFor(changes);
    const flat = this.#flat;
    const replaced = changes.map(({ key, entry }) => [key, flat.replace(key, entry)] as const);
    const after = this.#moments.advance(changes);
    this.#applied.push({ changes, replaced });
    return () => {
      this.#moments.undo(after);
      this.#applied.pop();
      for (const [key, entry] of replaced) flat.replace(key, entry);
    };
  }

  /**
   * Goes back to the last durable state.
   * @returns what goes forward again, without hashing; to be called at the same durable state, with nothing
   * applied to it.
   */
  park(): () => void {
    const [applied, flat, back] = [this.#applied, this.#flat, this.#moments.park()];
    this.#applied = [];
    for (const { replaced } of applied.toReversed())
      for (const [key, entry] of replaced) flat.replace(key, entry);
    return () => {
      back();
      for (const { changes } of applied) for (const { key, entry } of changes) flat.replace(key, entry);
      this.#applied = applied;
    };
  }

  /**
   * What re-executing a visit from the present root needs.
   * @param writes that the visit makes, if it makes any: keys that it writes without having read them are
   * proven too.
   */
  witnessOf(touched: Touched, writes?: StateWrites): StateWitness {
    return this.noteWitness(touched, writes)();
  }

  /**
   * The same, proven when what is returned is called. That throws {ForgottenMomentError} when it is too late.
   */
  noteWitness(touched: Touched, writes?: StateWrites): () => StateWitness {
    const { now } = this;
    const prove = noteTouched(this.#flat, this.#layout, touched, writes);
    return () => prove(this.#moments.treeAt(now));
  }

  /** Makes the present state durable. What was applied so far can only be undone by `rewind` from then on. */
  async persist(): Promise<void> {
    await this.#state.persist(this.#noteChanges(this.#moments.treeAt(this.now)));
    this.#moments.restart();
    this.#applied = [];
  }

  /**
   * Makes the newest durable state with this root the present one; what was applied since is lost.
   * @throws `UNKNOWN_ROOT`, `CORRUPT_STATE`.
   */
  async rewind(root: StateRoot): Promise<void> {
    const { tree } = this.#state;
    await this.#state.rewind(root);
    this.#moments.restart();
    this.#applied = [];
    const notes = await this.#state.notes();
    const known = this.#flat;
    this.#flat = loadFlatState({ tree, notes, layout: this.#layout, where: this.#where, known });
  }

  async close(): Promise<void> {
    await this.#state.close();
  }

  /** What the leaves stand for that changed since the last durable state. */
  #noteChanges(tree: StateTree): NoteChanges {
    const notes = new Map<string, string | undefined>();
    for (const [place, before] of tree.journalledLeaves()) {
      const leaf = tree.leafAt(place);
      if (leaf === undefined || leaf.value === before?.value) continue;
      const entry = this.#flat.entry(leaf.key);
      notes.set(leafNote(leaf.key), entry && encodeEntry(entry));
      if (entry?.type === "account" && entry.account.code !== "0x")
        notes.set(codeNote(entry.codeHash), entry.account.code.slice(2));
    }
    return notes;
  }
}
