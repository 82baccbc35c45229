import { fieldElement, type StateRoot } from "../../../protocol/ids.ts";
import { type Checkpoint, JOURNAL_START, type StateTree } from "../../../state/tree.ts";
import type { Change } from "./changes.ts";
import { ForgottenMomentError } from "../../../state/errors.ts";
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

  /** @param root if it is known. */
  constructor(moments: Moments, change?: Moment["change"], root?: StateRoot) {
    this.#moments = moments;
    this.#root = root;
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
 * The states that branches have been in since the state was last durable. The tree lags behind, and goes to
 * whichever is asked for: most of what is simulated is only looked at and undone, and hashing it would take
 * as long as playing it.
 */
export class Moments {
  readonly #tree: StateTree;
  readonly #layout: StateLayout;
  /** Moments whose changes are in the tree, by height, with the tree's own moment before each. */
  #path: { readonly moment: Moment; readonly start: Checkpoint }[] = [];
  #durable: Moment;
  /** The tree is becoming durable: it has to stay where it is. */
  #isFixed = false;

  constructor(tree: StateTree, layout: StateLayout) {
    this.#tree = tree;
    this.#layout = layout;
    this.#durable = this.restart();
  }

  /** The durable state. */
  get durable(): Moment {
    return this.#durable;
  }

  /**
   * The tree finds out late, when a root is asked for; the code that makes the changes must hear of it at
   * once.
   * @throws {TreeFullError}
   */
  assertRoomFor(now: Moment, changes: readonly Change[]): void {
    // Each change may take a place: as long as all of them would fit, nothing needs to be hashed.
    if (now.changes + changes.length <= this.#tree.room) return;
    const tree = this.treeAt(now);
    tree.assertRoomFor(changes.filter(({ key, entry }) => entry !== undefined && !tree.has(key)).length);
  }

  /** The state that changes lead to. */
  after(from: Moment, changes: readonly Change[]): Moment {
    return new Moment(this, { from, changes });
  }

  /**
   * The tree of a moment, until that of another one is asked for.
   * @throws {ForgottenMomentError}
   */
  treeAt(moment: Moment): StateTree {
    if (this.#isFixed) throw new ForgottenMomentError();
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

  /** Runs `work` with the tree of `moment`, which others cannot move meanwhile. */
  async fixedAt<Result>(moment: Moment, work: (tree: StateTree) => Promise<Result>): Promise<Result> {
    const tree = this.treeAt(moment);
    this.#isFixed = true;
    try {
      return await work(tree);
    } finally {
      this.#isFixed = false;
    }
  }

  /** What the tree holds is durable: whatever was before is left for good. */
  restart(): Moment {
    this.#durable = new Moment(this, undefined, this.#tree.stateRoot());
    this.#path = [{ moment: this.#durable, start: JOURNAL_START }];
    return this.#durable;
  }

  /** A state that the tree does not come back to: it has no root to ask for. */
  lost(): Moment {
    return new Moment(this);
  }

  #valueOf(entry: Change["entry"]) {
    return entry === undefined ? fieldElement(0n) : this.#layout.valueOf(entry);
  }
}
