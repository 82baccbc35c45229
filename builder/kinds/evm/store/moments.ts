import { fieldElement, type StateRoot } from "../../../protocol/ids.ts";
import { type Checkpoint, JOURNAL_START, type StateTree } from "../../../state/tree.ts";
import type { Change } from "./changes.ts";
import { ForgottenMomentError, UndoneOutOfOrderError } from "./errors.ts";
import type { StateLayout } from "./layout.ts";

/**
 * A state between two visits. Its root is hashed when it is first read, even if the visits are undone by
 * then.
 */
export class Moment {
  /** What led here, and from where; nothing at the last durable state. */
  readonly change: { readonly from: Moment; readonly changes: readonly Change[] } | undefined;
  /** Number of steps since the last durable state. */
  readonly height: number;
  /** Number of changes since the last durable state. */
  readonly changes: number;
  readonly #moments: Moments;
  #root: StateRoot | undefined;

  constructor(moments: Moments, change?: Moment["change"]) {
    this.#moments = moments;
    this.change = change;
    this.height = change === undefined ? 0 : change.from.height + 1;
    this.changes = change === undefined ? 0 : change.from.changes + change.changes.length;
  }

  /**
   * @throws {ForgottenMomentError} if it is first asked for after the state became durable or was rewound.
   */
  get root(): StateRoot {
    return (this.#root ??= this.#moments.treeAt(this).stateRoot());
  }
}

/**
 * Where a state has been since it was last durable. The tree lags behind: most of what is simulated is only
 * looked at and undone, and hashing it would take as long as playing it.
 */
export class Moments {
  readonly #tree: StateTree;
  readonly #layout: StateLayout;
  /** Moments whose changes are in the tree, by height, with the tree's own moment before each. */
  #path: { readonly moment: Moment; readonly start: Checkpoint }[] = [];
  #now: Moment;

  constructor(tree: StateTree, layout: StateLayout) {
    this.#tree = tree;
    this.#layout = layout;
    this.#now = this.restart();
  }

  get now(): Moment {
    return this.#now;
  }

  /**
   * The tree finds out late, when a root is asked for; the code that makes the changes must hear of it at
   * once.
   * @throws {TreeFullError}
   */
  assertRoomFor(changes: readonly Change[]): void {
    // Each change may take a place: as long as all of them would fit, nothing needs to be hashed.
    if (this.#now.changes + changes.length <= this.#tree.room) return;
    const tree = this.treeAt(this.#now);
    tree.assertRoomFor(changes.filter(({ key, entry }) => entry !== undefined && !tree.has(key)).length);
  }

  /** The state changes. */
  advance(changes: readonly Change[]): Moment {
    this.#now = new Moment(this, { from: this.#now, changes });
    return this.#now;
  }

  /**
   * The step that led to `moment` is undone.
   * @throws {UndoneOutOfOrderError} unless it was the latest.
   */
  undo(moment: Moment): void {
    if (this.#now !== moment || moment.change === undefined) throw new UndoneOutOfOrderError();
    this.#now = moment.change.from;
  }

  /**
   * Goes back to the durable state.
   * @returns what goes forward again; it throws {UndoneOutOfOrderError} from anywhere else.
   */
  park(): () => void {
    const [now, durable] = [this.#now, this.#path[0]?.moment];
    if (durable === undefined) throw new ForgottenMomentError();
    this.#now = durable;
    return () => {
      if (this.#now !== durable) throw new UndoneOutOfOrderError();
      this.#now = now;
    };
  }

  /**
   * The tree of a moment, until that of another one is asked for.
   * @throws {ForgottenMomentError}
   */
  treeAt(moment: Moment): StateTree {
    const ahead: Moment[] = [];
    let common = moment;
    while (this.#path[common.height]?.moment !== common) {
      if (common.change === undefined) throw new ForgottenMomentError();
      ahead.push(common);
      common = common.change.from;
    }
    const left = this.#path[common.height + 1];
    if (left !== undefined) this.#tree.revert(left.start);
    this.#path.length = common.height + 1;
    for (const next of ahead.reverse()) {
      const start = this.#tree.checkpoint();
      const changes = next.change?.changes ?? [];
      this.#tree.upsertMany(changes.map(({ key, entry }) => [key, this.#valueOf(entry)] as const));
      this.#path.push({ moment: next, start });
    }
    return this.#tree;
  }

  /** What the tree holds is durable: whatever was before is left for good. */
  restart(): Moment {
    this.#now = new Moment(this);
    this.#path = [{ moment: this.#now, start: JOURNAL_START }];
    return this.#now;
  }

  #valueOf(entry: Change["entry"]) {
    return entry === undefined ? fieldElement(0n) : this.#layout.valueOf(entry);
  }
}
