import { type Hex, keccak256 } from "viem";
import { CorruptStateError } from "../../../state/errors.ts";
import type { Notes } from "../../../state/state.ts";
import type { StateTree } from "../../../state/tree.ts";
import type { Entry } from "./entry.ts";
import { FlatState } from "./flat-state.ts";
import { StateHistory } from "./history.ts";
import type { StateLayout } from "./layout.ts";
import type { Leaves } from "./leaves.ts";
import { codeNote, type CodeOf, decodeEntry, encodeEntry, leafNote } from "./notes.ts";
import { decodeReplaced, pastNote, type Replaced } from "./past.ts";

export interface LoadOptions {
  readonly tree: StateTree;
  readonly notes: Notes;
  readonly layout: StateLayout;
  /** Where the notes come from, for messages. */
  readonly where: string;
  /** What is known already to be what its leaf stands for. */
  readonly known?: Leaves;
}

/** Is not noted. */
const NO_CODE: Hex = "0x";

/**
 * The state, and what the blocks before replaced, as their notes say. The state is compared with its leaves;
 * of the past nothing is left to compare with.
 * @throws `CORRUPT_STATE`.
 */
export function loadHistory(options: LoadOptions): StateHistory {
  const { notes, where } = options;
  const codeOf = codesIn(notes, where);
  const flat = loadFlatState(options, codeOf);
  const passed: { block: bigint; replaced: Replaced[] }[] = [];
  // Up to the first that is missing: what is before it is not known.
  for (let block = flat.block.number; block > 0n; block--) {
    const name = pastNote(block);
    const text = notes.get(name);
    if (text === undefined) break;
    try {
      passed.push({ block, replaced: decodeReplaced(text, codeOf) });
    } catch (error) {
      if (error instanceof CorruptStateError) throw error;
      throw new CorruptStateError(where, `${name} cannot be read`, error);
    }
  }
  return new StateHistory(flat, passed.reverse());
}

/**
 * What the tree's leaves stand for, as their notes say; each is hashed and compared with its leaf (about 0.4
 * ms).
 * @throws `CORRUPT_STATE`.
 */
function loadFlatState({ tree, notes, layout, where, known }: LoadOptions, codeOf: CodeOf): FlatState {
  const flat = new FlatState();
  for (let place = 1; place < tree.size; place++) {
    const leaf = tree.leafAt(place);
    if (leaf === undefined || leaf.value === 0n) continue;
    const name = leafNote(leaf.key);
    const text = notes.get(name);
    if (text === undefined) throw new CorruptStateError(where, `${name} is missing`);
    const earlier = known?.entry(leaf.key);
    if (earlier !== undefined && layout.valueOf(earlier) === leaf.value && encodeEntry(earlier) === text) {
      flat.replace(leaf.key, earlier);
      continue;
    }
    let entry: Entry;
    try {
      entry = decodeEntry(text, leaf.key, codeOf);
    } catch (error) {
      if (error instanceof CorruptStateError) throw error;
      throw new CorruptStateError(where, `${name} cannot be read`, error);
    }
    if (layout.keyOf(entry) !== leaf.key || layout.valueOf(entry) !== leaf.value)
      throw new CorruptStateError(where, `${name} is not what its leaf stands for`);
    flat.replace(leaf.key, entry);
  }
  return flat;
}

/** Codes by hash, each hashed when it is first asked for. */
function codesIn(notes: Notes, where: string): CodeOf {
  const known = new Map<Hex, Hex>([[keccak256(NO_CODE), NO_CODE]]);
  return (codeHash) => {
    const hit = known.get(codeHash);
    if (hit !== undefined) return hit;
    const name = codeNote(codeHash);
    const text = notes.get(name);
    if (text === undefined) throw new CorruptStateError(where, `${name} is missing`);
    const code: Hex = `0x${text}`;
    if (keccak256(code) !== codeHash) throw new CorruptStateError(where, `${name} is another code`);
    known.set(codeHash, code);
    return code;
  };
}
