import type { StateRoot } from "../protocol/ids.ts";
import { ageOf, clearing, type Database, openInFolder, openInMemory, type Write } from "./database.ts";
import { CorruptStateError, ForeignStateError, StateUnavailableError, UnknownRootError } from "./errors.ts";
import type { Poseidon } from "./poseidon.ts";
import {
  decodeHead,
  decodeLeaf,
  decodeUndo,
  encodeHead,
  encodeLeaf,
  encodeUndo,
  type Head,
  HEAD_KEY,
  LEAF_KEYS,
  leafKey,
  NOTE_KEYS,
  noteKey,
  STATE_FORMAT,
  UNDO_KEYS,
  type Undo,
  undoKey,
} from "./records.ts";
import type { NoteChanges, Notes, State } from "./state.ts";
import { GENESIS_LEAF, JOURNAL_START, StateTree } from "./tree.ts";
import type { Leaf, TreeShape } from "./types.ts";

export interface OpenStateOptions {
  readonly poseidon: Poseidon;
  /** Whose state it is; a folder of another identity is refused. */
  readonly identity: string;
  /** How deep the tree is, which the identity decides. */
  readonly shape: TreeShape;
  /** Durable in this folder; without it in memory, with the same history. */
  readonly folder?: string;
  /** Called when what an older version left in the folder is removed: the state then begins anew. */
  readonly onRebuild?: ((folder: string) => void) | undefined;
  /** Begin anew, whatever is there. */
  readonly rebuild?: boolean;
  /** Leaves that the tree takes; fewer than 4^16 in tests only. */
  readonly places?: number;
  /** How many persisted states back `rewind` reaches; default 1024, far deeper than L1 reorgs. */
  readonly history?: number;
}

/**
 * Opens a state, or makes the genesis state. Hashes the whole tree (about 0.14 ms a leaf).
 * @throws `FOREIGN_STATE`, `CORRUPT_STATE`, `STATE_LOCKED`, `STATE_UNAVAILABLE`, `UNSUPPORTED_FORMAT`.
 */
export async function openState(options: OpenStateOptions): Promise<State> {
  const { folder, identity, poseidon, shape, places } = options;
  const where = folder ?? "memory";
  const database = await (folder === undefined ? openInMemory() : openInFolder(folder));
  try {
    const text = await readHead(database, where);
    const expected = { format: STATE_FORMAT, identity };
    const isOutdated = text !== undefined && ageOf(where, text, expected) === "outdated";
    const isLeft = isOutdated || (text !== undefined && options.rebuild === true);
    if (isLeft) options.onRebuild?.(where);
    if (text === undefined || isLeft) {
      const tree = new StateTree(poseidon, shape, [GENESIS_LEAF], places);
      const genesis = { identity, version: 0, size: tree.size, root: tree.stateRoot() };
      const store = new LevelState(database, where, tree, genesis, options.history);
      await store.begin(await clearing(database));
      return store;
    }
    const head = decoded(where, HEAD_KEY, () => decodeHead(text));
    const tree = new StateTree(poseidon, shape, await readLeaves(database, where, head.size), places);
    if (tree.stateRoot() !== head.root)
      throw new CorruptStateError(where, "its leaves do not hash to its root");
    return new LevelState(database, where, tree, head, options.history);
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function readHead(database: Database, where: string): Promise<string | undefined> {
  const text = await database.get(HEAD_KEY);
  if (text === undefined) {
    for await (const [key] of database.entries({ limit: 1 }))
      throw new ForeignStateError(where, `it holds ${key}`);
  }
  return text;
}

async function readLeaves(database: Database, where: string, size: number): Promise<Leaf[]> {
  const leaves: Leaf[] = [];
  for await (const [key, text] of database.entries(LEAF_KEYS)) {
    if (key !== leafKey(leaves.length)) throw new CorruptStateError(where, `${key} is out of place`);
    leaves.push(decoded(where, key, () => decodeLeaf(text)));
  }
  if (leaves.length !== size)
    throw new CorruptStateError(where, `${leaves.length.toString()} leaves instead of ${size.toString()}`);
  return leaves;
}

function decoded<T>(where: string, key: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw new CorruptStateError(where, `${key} cannot be read`, error);
  }
}

/** A state whose leaves and undo records lie in a LevelDB (layout: `records.ts`). */
class LevelState implements State {
  readonly tree: StateTree;
  readonly #database: Database;
  readonly #where: string;
  readonly #history: number;
  #head: Head;
  /** A write failed: what is on disk may differ from what is believed here. */
  #failed = false;

  constructor(database: Database, where: string, tree: StateTree, head: Head, history = 1024) {
    this.tree = tree;
    this.#database = database;
    this.#where = where;
    this.#history = history;
    this.#head = head;
  }

  /**
   * Writes the genesis state in place of whatever there was, in one step.
   * @param before empties the database.
   */
  async begin(before: Write[]): Promise<void> {
    await this.#write([...before, put(leafKey(0), encodeLeaf(GENESIS_LEAF))], this.#head);
  }

  async persist(notes: NoteChanges = new Map()): Promise<void> {
    const before = this.tree.journalledLeaves();
    const root = this.tree.stateRoot();
    if (root === this.#head.root && before.size === 0 && notes.size === 0) return;

    const version = this.#head.version + 1;
    const replaced = new Map<number, Leaf>();
    const writes: Write[] = [];
    for (const [place, leaf] of before) {
      if (leaf !== undefined) replaced.set(place, leaf);
      const now = this.tree.leafAt(place);
      if (now !== undefined) writes.push(put(leafKey(place), encodeLeaf(now)));
    }
    const replacedNotes = await this.#replacedBy(notes);
    for (const name of replacedNotes.keys()) writes.push(putNote(name, notes.get(name)));
    const { root: rootBefore, size } = this.#head;
    const undo: Undo = { root: rootBefore, size, leaves: replaced, notes: replacedNotes };
    writes.push(put(undoKey(version), encodeUndo(undo)));
    if (version > this.#history) writes.push({ type: "del", key: undoKey(version - this.#history) });
    await this.#write(writes, { ...this.#head, version, size: this.tree.size, root });
    this.tree.forgetJournal();
  }

  async notes(): Promise<Notes> {
    const notes = new Map<string, string>();
    for await (const [key, text] of this.#database.entries(NOTE_KEYS))
      notes.set(key.slice(noteKey("").length), text);
    return notes;
  }

  async rewind(root: StateRoot): Promise<void> {
    const target = await this.#findVersion(root);
    this.tree.revert(JOURNAL_START);
    if (target.version === this.#head.version) return;

    // The tree is changed first, so that only a state whose root was recomputed is written.
    this.tree.restore(target.leaves, target.size);
    if (this.tree.stateRoot() !== root) {
      this.#failed = true;
      throw new CorruptStateError(this.#where, "undoing did not lead back to the root it was recorded with");
    }
    const writes: Write[] = [...target.leaves].map(([place, leaf]) => put(leafKey(place), encodeLeaf(leaf)));
    for (const [name, text] of target.notes) writes.push(putNote(name, text));
    for (let place = target.size; place < this.#head.size; place++)
      writes.push({ type: "del", key: leafKey(place) });
    for (let version = target.version + 1; version <= this.#head.version; version++)
      writes.push({ type: "del", key: undoKey(version) });
    await this.#write(writes, { ...this.#head, version: target.version, size: target.size, root });
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  /** What was noted before, of those notes that do change. */
  async #replacedBy(changes: NoteChanges): Promise<NoteChanges> {
    const before = new Map<string, string | undefined>();
    for (const [name, text] of changes) {
      const old = await this.#database.get(noteKey(name));
      if (old !== text) before.set(name, old);
    }
    return before;
  }

  /**
   * The newest persisted state with the root, and the leaves and notes that lead from the durable state to
   * it.
   */
  async #findVersion(
    root: StateRoot,
  ): Promise<{ version: number; size: number; leaves: ReadonlyMap<number, Leaf>; notes: NoteChanges }> {
    this.#assertUsable();
    let { version, size } = this.#head;
    const leaves = new Map<number, Leaf>();
    const notes = new Map<string, string | undefined>();
    if (root === this.#head.root) return { version, size, leaves, notes };
    for await (const [key, text] of this.#database.entries({ ...UNDO_KEYS, reverse: true })) {
      const undo = decoded(this.#where, key, () => decodeUndo(text));
      // An older record overrides a newer one; leaves past an older size are gone.
      for (const [place, leaf] of undo.leaves) leaves.set(place, leaf);
      for (const place of leaves.keys()) if (place >= undo.size) leaves.delete(place);
      for (const [name, text] of undo.notes) notes.set(name, text);
      ({ size } = undo);
      version -= 1;
      if (undo.root === root) return { version, size, leaves, notes };
    }
    throw new UnknownRootError(root);
  }

  /** One atomic, synced write that ends in the given head. */
  async #write(writes: Write[], head: Head): Promise<void> {
    this.#assertUsable();
    try {
      await this.#database.write([...writes, put(HEAD_KEY, encodeHead(head))]);
    } catch (error) {
      this.#failed = true;
      throw new StateUnavailableError(this.#where, "could not be written", error);
    }
    this.#head = head;
  }

  #assertUsable(): void {
    if (this.#failed) throw new StateUnavailableError(this.#where, "failed before and must be reopened");
  }
}

function put(key: string, value: string): Write {
  return { type: "put", key, value };
}

function putNote(name: string, text: string | undefined): Write {
  return text === undefined ? { type: "del", key: noteKey(name) } : put(noteKey(name), text);
}
