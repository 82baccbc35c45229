import type { StateRoot } from "../protocol/ids.ts";
import type { StateTree } from "./tree.ts";

/** Texts by name that belong to a state beside its leaves: what keys and values stand for, say. */
export type Notes = ReadonlyMap<string, string>;

/** Notes to be written; `undefined` removes one. */
export type NoteChanges = ReadonlyMap<string, string | undefined>;

/** A state tree with its durable history. */
export interface State {
  /** The live tree; its journal begins at the last persisted state. */
  readonly tree: StateTree;
  /**
   * Makes the tree's present state durable in one atomic write, and lets `rewind` come back to the state
   * before.
   * @param notes that change with it; a rewind changes them back.
   */
  persist(notes?: NoteChanges): Promise<void>;
  /** The notes of the durable state. */
  notes(): Promise<Notes>;
  /**
   * Makes the newest persisted state with this root the present and the durable one; what was not persisted
   * is lost.
   * @throws `UNKNOWN_ROOT` when no such state is in the history.
   */
  rewind(root: StateRoot): Promise<void>;
  close(): Promise<void>;
}
