import type { Address, Hex } from "viem";
import { fieldElement, type StateRoot } from "../../../protocol/ids.ts";
import type { NoteChanges, State } from "../../../state/state.ts";
import type { BlockState, CommittedState, EvmAccount, StateWrites, Touched } from "../state-types.ts";
import { changesOf } from "./changes.ts";
import { UndoneOutOfOrderError } from "./errors.ts";
import type { FlatState } from "./flat-state.ts";
import { EMPTY_WORD, type StateLayout } from "./layout.ts";
import { loadFlatState } from "./load.ts";
import { codeNote, encodeEntry, leafNote } from "./notes.ts";
import { proveTouched, type StateWitness } from "./witness.ts";

export interface EvmStoreParts {
  readonly state: State;
  readonly layout: StateLayout;
  readonly flat: FlatState;
  /** Where the state lies, for messages. */
  readonly where: string;
}

/**
 * The committed state of one EVM rollup: the tree that makes its root, and flat maps from which it is read. Opened by
 * `openEvmStore`. Not for concurrent use.
 */
export class EvmStore implements CommittedState {
  readonly #state: State;
  readonly #layout: StateLayout;
  readonly #where: string;
  #flat: FlatState;
  /** Visits applied and not undone since the last durable state, each by a mark of its own. */
  #applied: symbol[] = [];

  constructor({ state, layout, flat, where }: EvmStoreParts) {
    this.#state = state;
    this.#layout = layout;
    this.#flat = flat;
    this.#where = where;
  }

  get block(): BlockState {
    return this.#flat.block;
  }

  stateRoot(): StateRoot {
    return this.#state.tree.stateRoot();
  }

  account(address: Address): EvmAccount | undefined {
    return this.#flat.account(address)?.account;
  }

  slot(address: Address, slot: Hex): Hex {
    return this.#flat.slot(address, slot)?.word ?? EMPTY_WORD;
  }

  /**
   * @throws {UncommittableStateError} with nothing changed. What is returned throws {UndoneOutOfOrderError} when it is
   * called at the wrong time.
   */
  apply(writes: StateWrites): () => void {
    const changes = changesOf(this.#flat, this.#layout, writes);
    const { tree } = this.#state;
    const flat = this.#flat;
    const before = tree.checkpoint();
    tree.upsertMany(changes.map(({ key, entry }) => [key, entry?.value ?? fieldElement(0n)] as const));
    const replaced = changes.map(({ key, entry }) => [key, flat.replace(key, entry)] as const);
    const mark = Symbol();
    this.#applied.push(mark);
    return () => {
      if (this.#applied.at(-1) !== mark) throw new UndoneOutOfOrderError();
      this.#applied.pop();
      tree.revert(before);
      for (const [key, entry] of replaced) flat.replace(key, entry);
    };
  }

  /**
   * What re-executing a visit from the present root needs.
   * @param writes that the visit makes, if it makes any: keys that it writes without having read them are proven too.
   */
  witnessOf(touched: Touched, writes?: StateWrites): StateWitness {
    return proveTouched({ tree: this.#state.tree, flat: this.#flat, layout: this.#layout }, touched, writes);
  }

  /** Makes the present state durable. What was applied so far can only be undone by `rewind` from then on. */
  async persist(): Promise<void> {
    await this.#state.persist(this.#noteChanges());
    this.#applied = [];
  }

  /**
   * Makes the newest durable state with this root the present one; what was applied since is lost.
   * @throws `UNKNOWN_ROOT`, `CORRUPT_STATE`.
   */
  async rewind(root: StateRoot): Promise<void> {
    const { tree } = this.#state;
    await this.#state.rewind(root);
    this.#applied = [];
    const notes = await this.#state.notes();
    const known = this.#flat;
    this.#flat = loadFlatState({ tree, notes, layout: this.#layout, where: this.#where, known });
  }

  async close(): Promise<void> {
    await this.#state.close();
  }

  /** What the leaves stand for that changed since the last durable state. */
  #noteChanges(): NoteChanges {
    const notes = new Map<string, string | undefined>();
    const { tree } = this.#state;
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
