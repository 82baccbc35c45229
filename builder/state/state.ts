import type { StateRoot } from "../protocol/ids.ts";
import type { StateTree } from "./tree.ts";

/** A state tree with its durable history. */
export interface State {
  /** The live tree; its journal begins at the last persisted state. */
  readonly tree: StateTree;
  /** Makes the tree's present state durable in one atomic write, and lets `rewind` come back to the state before. */
  persist(): Promise<void>;
  /**
   * Makes the newest persisted state with this root the present and the durable one; what was not persisted is lost.
   * @throws `UNKNOWN_ROOT` when no such state is in the history.
   */
  rewind(root: StateRoot): Promise<void>;
  close(): Promise<void>;
}
