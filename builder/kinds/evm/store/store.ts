import type { Address, Hex } from "viem";
import type { StateRoot } from "../../../protocol/ids.ts";
import type { NoteChanges, State } from "../../../state/state.ts";
import type { StateTree } from "../../../state/tree.ts";
import type { BlockState, CommittedState, EvmAccount, StateWrites, Touched } from "../state-types.ts";
import { StateBranch } from "./branch.ts";
import { UndoneOutOfOrderError } from "./errors.ts";
import type { StateHistory } from "./history.ts";
import type { StateLayout } from "./layout.ts";
import type { Leaves } from "./leaves.ts";
import { loadHistory } from "./load.ts";
import { type Moment, Moments } from "./moments.ts";
import { codeNote, encodeEntry, leafNote } from "./notes.ts";
import type { StateWitness } from "./witness.ts";
import type { WitnessNote } from "./witness-note.ts";

export interface EvmStoreParts {
  readonly state: State;
  readonly layout: StateLayout;
  readonly history: StateHistory;
  /** Where the state lies, for messages. */
  readonly where: string;
}

/**
 * The committed state of one EVM rollup: the tree that makes its root, and flat maps from which it is read.
 * Opened by `openEvmStore`. Its own branch is what becomes durable; others may be played on beside it.
 */
export class EvmStore implements CommittedState {
  readonly #state: State;
  readonly #layout: StateLayout;
  readonly #where: string;
  readonly #moments: Moments;
  #history: StateHistory;
  #branch: StateBranch;

  constructor({ state, layout, history, where }: EvmStoreParts) {
    this.#state = state;
    this.#layout = layout;
    this.#where = where;
    this.#moments = new Moments(state.tree, layout);
    this.#history = history;
    this.#branch = this.#begin(history.durable);
  }

  get block(): BlockState {
    return this.#branch.block;
  }

  /** The present state. */
  get now(): Moment {
    return this.#branch.now;
  }

  /** The oldest block after which the state is known. */
  get oldest(): bigint {
    return this.#history.oldest;
  }

  stateRoot(): StateRoot {
    return this.#branch.stateRoot();
  }

  account(address: Address): EvmAccount | undefined {
    return this.#branch.account(address);
  }

  slot(address: Address, slot: Hex): Hex {
    return this.#branch.slot(address, slot);
  }

  /** As {@link StateBranch.apply}. */
  apply(writes: StateWrites): () => void {
    return this.#branch.apply(writes);
  }

  /**
   * Goes back to the last durable state.
   * @returns what goes forward again, without hashing; to be called at the same durable state, with nothing
   * applied to it.
   */
  park(): () => void {
    const [branch, { durable }] = [this.#branch, this.#moments];
    this.#branch = this.#begin(this.#history.durable);
    return () => {
      if (this.now !== durable || this.#moments.durable !== durable) throw new UndoneOutOfOrderError();
      this.#branch = branch;
    };
  }

  /** As {@link StateBranch.witnessOf}. */
  witnessOf(touched: Touched, writes?: StateWrites): StateWitness {
    return this.#branch.witnessOf(touched, writes);
  }

  /** As {@link StateBranch.noteWitness}. */
  noteWitness(touched: Touched, writes?: StateWrites): WitnessNote {
    return this.#branch.noteWitness(touched, writes);
  }

  /** A branch that others play on, on the durable state, as it is now. */
  branchAtHead(): StateBranch {
    return this.#begin(this.#history.now());
  }

  /** The same, on what was applied so far. */
  branchHere(): StateBranch {
    const base = { leaves: this.#history.now(), moment: this.#moments.durable };
    return new StateBranch(this.#moments, this.#layout, base, this.#branch);
  }

  /** The same, on the state after an earlier block; nothing if that is not known any more. */
  branchAfter(block: bigint): StateBranch | undefined {
    const leaves = this.#history.at(block);
    return leaves && new StateBranch(this.#moments, this.#layout, { leaves, moment: this.#moments.lost() });
  }

  /** Makes the present state durable. What was applied so far can only be undone by `rewind` from then on. */
  async persist(): Promise<void> {
    const { applied, now } = this.#branch;
    const passing = this.#history.passing(applied);
    await this.#moments.fixedAt(now, async (tree) => {
      const past = this.#history.notesOf(passing);
      await this.#state.persist(new Map([...this.#noteChanges(tree), ...past]));
    });
    this.#moments.restart();
    this.#branch.end();
    this.#history.advance(applied, passing);
    this.#branch = this.#begin(this.#history.durable);
  }

  /**
   * Makes the newest durable state with this root the present one; what was applied since is lost.
   * @throws `UNKNOWN_ROOT`, `CORRUPT_STATE`.
   */
  async rewind(root: StateRoot): Promise<void> {
    const { tree } = this.#state;
    await this.#state.rewind(root);
    this.#moments.restart();
    this.#branch.end();
    const notes = await this.#state.notes();
    const known = this.#history.durable;
    this.#history = loadHistory({ tree, notes, layout: this.#layout, where: this.#where, known });
    this.#branch = this.#begin(this.#history.durable);
  }

  async close(): Promise<void> {
    await this.#state.close();
  }

  #begin(leaves: Leaves): StateBranch {
    return new StateBranch(this.#moments, this.#layout, { leaves, moment: this.#moments.durable });
  }

  /** What the leaves stand for that changed since the last durable state. */
  #noteChanges(tree: StateTree): NoteChanges {
    const notes = new Map<string, string | undefined>();
    for (const [place, before] of tree.journalledLeaves()) {
      const leaf = tree.leafAt(place);
      if (leaf === undefined || leaf.value === before?.value) continue;
      const entry = this.#branch.leaves.entry(leaf.key);
      notes.set(leafNote(leaf.key), entry && encodeEntry(entry));
      if (entry?.type === "account" && entry.account.code !== "0x")
        notes.set(codeNote(entry.codeHash), entry.account.code.slice(2));
    }
    return notes;
  }
}
