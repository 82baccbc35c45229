import { ForgottenMomentError } from "./errors.ts";
import type { Checkpoint, StateTree } from "./tree.ts";

/**
 * What is played on a tree beside its owner, who notices nothing: at each step what the owner has written is
 * put aside, without hashing. Ends when the tree's durable state becomes another one.
 */
export class TreeBranch {
  readonly #tree: StateTree;
  readonly #generation: number;
  #here: () => void;
  #length: Checkpoint;

  /** @param from the durable state, or what the owner has written so far. */
  constructor(tree: StateTree, from: "head" | "here") {
    this.#tree = tree;
    this.#generation = tree.generation;
    const theirs = tree.park();
    const start = tree.checkpoint();
    theirs();
    this.#here = from === "here" ? theirs : () => undefined;
    this.#length = from === "here" ? tree.checkpoint() : start;
  }

  /**
   * Lets `work` have the tree as the branch left it.
   * @throws {ForgottenMomentError} when the branch has ended.
   */
  at<Result>(work: (tree: StateTree) => Result): Result {
    const tree = this.#tree;
    if (tree.generation !== this.#generation) throw new ForgottenMomentError();
    const theirs = tree.park();
    try {
      this.#here();
      return work(tree);
    } finally {
      this.#length = tree.checkpoint();
      this.#here = tree.park();
      theirs();
    }
  }

  /** The branch's present place, to which {@link revert} can go back. */
  checkpoint(): Checkpoint {
    return this.#length;
  }

  /** Undoes everything since `checkpoint`. */
  revert(checkpoint: Checkpoint): void {
    if (checkpoint >= this.#length) return;
    this.at((tree) => {
      tree.revert(checkpoint);
    });
  }
}
