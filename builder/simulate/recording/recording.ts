import { concatHex, type Hex, keccak256 } from "viem";
import { rootHex } from "../../protocol/execution/encoding.ts";
import { outlineOf, visitsIn, type RecordedExecution, recordExecution } from "./recorded-execution.ts";
import { Branch, type RecordedAction, type Turn } from "./tree.ts";
import type { StateMoment } from "../../kinds/kind.ts";
import type { JournalFollower } from "../../evm/journal.ts";
import { ActionKind, hashAction } from "../../protocol/action.ts";
import { type ChainId, L1, type StateRoot } from "../../protocol/ids.ts";
import { SimulationRefusedError } from "../refusal.ts";

/** The moments of all rollups at one time. */
export type Roots = ReadonlyMap<ChainId, StateMoment>;

/** One execution, as far as its paths are known. */
export interface RecordedEntry {
  readonly root: Branch;
  /** What L1 finds it by; a transaction is not found. */
  readonly key: Hex | undefined;
  readonly isStatic: boolean;
  /** Each time L1 looked it up: the roots then, and which executions of the same key were consumed. */
  readonly lookups: { readonly roots: Roots; readonly consumed: readonly RecordedEntry[] }[];
  /** Rollups visited on any path. */
  readonly visited: Set<ChainId>;
}

/**
 * An execution was looked up again when the rollups that it had visited were where it started, but another
 * had moved, and then it turned out to visit that one as well.
 */
export class SharedExecutionError extends Error {
  readonly key: Hex;

  constructor(key: Hex) {
    super("a call that was taken for one played before goes on to a rollup that has changed since");
    this.key = key;
  }
}

/** Where L1 stands in the open execution. */
export interface Cursor {
  readonly entry: RecordedEntry;
  readonly turn: Turn;
}

/**
 * Everything that crossed a border. What was recorded stays even if L1 undoes the frame that caused it: the
 * answer influenced L1, so it has to be proven. Where L1 stands, and which executions it has consumed, is
 * undone with L1's frames, as on L1; a call repeated after a revert then finds the path of its first time and
 * may leave it where it goes on otherwise.
 */
export class Recording implements JournalFollower {
  readonly #entries: RecordedEntry[] = [];
  /** By key, in the order in which they were begun. */
  readonly #byKey = new Map<Hex, RecordedEntry[]>();
  /** In the order in which L1 consumed them. */
  readonly #consumed = new Set<RecordedEntry>();
  readonly #levels: {
    readonly owner: ChainId;
    readonly cursor: Cursor | undefined;
    readonly consumed: number;
  }[] = [];
  #cursor: Cursor | undefined;
  #triggers = 0;
  /** Keys whose executions are told apart by all rollups' roots, see {@link SharedExecutionError}. */
  readonly #separate = new Set<Hex>();
  /**
   * Takes out again what a transaction that is given up has added to executions of transactions before it.
   */
  readonly #additions: (() => void)[] = [];

  /** Where L1 stands in the open execution; nothing if none is open. */
  get cursor(): Cursor | undefined {
    return this.#cursor;
  }

  /** How often an execution was begun; a repeated one counts again. */
  get triggers(): number {
    return this.#triggers;
  }

  /** Number of executions recorded so far. */
  get count(): number {
    return this.#entries.length;
  }

  /**
   * What the executions from the `first` on are made of, without the roots, which would have to be hashed.
   */
  outlines(first: number): (ReturnType<typeof outlineOf> & {
    readonly visits: readonly { readonly rollup: ChainId }[];
  })[] {
    return this.#entries.slice(first).map(({ root, visited }) => ({
      ...outlineOf(root),
      visits: [...visited].map((rollup) => ({ rollup })),
    }));
  }

  /**
   * Notes that the execution visits a rollup.
   * @throws {SharedExecutionError}
   */
  visit(entry: RecordedEntry, rollup: ChainId): void {
    if (entry.visited.has(rollup)) return;
    const [first, ...others] = entry.lookups;
    if (others.some(({ roots }) => !isSame(first?.roots.get(rollup), roots.get(rollup)))) {
      if (entry.key === undefined) throw new Error("a transaction is looked up once");
      throw new SharedExecutionError(entry.key);
    }
    entry.visited.add(rollup);
    this.#additions.push(() => entry.visited.delete(rollup));
  }

  /** Executions of this key are not shared by look-ups from now on, unless nothing at all has changed. */
  separate(key: Hex): void {
    this.#separate.add(key);
  }

  /**
   * Executions to be posted, in the order in which L1 has to find them.
   * @throws {SimulationRefusedError} `AMBIGUOUS_EXECUTION` if L1 would find another than was played.
   */
  executions(): RecordedExecution[] {
    const groups = [...Map.groupBy(this.#entries, (entry) => entry.key ?? entry).values()].map(inSearchOrder);
    for (const candidates of groups) checkFound(candidates);
    return groups.flat().map(({ root }) => recordExecution(root));
  }

  /**
   * Hashes what {@link executions} has to say of the rollups' states: one state a step, in the order in which
   * they were reached, so that others may have their turn in between.
   */
  *hashing(): Generator<StateRoot, void> {
    for (const { root } of this.#entries)
      for (const { before, completed } of visitsIn(root)) {
        yield before.root;
        if (completed !== undefined) yield completed.rootAfter;
      }
  }

  /**
   * Looks the trigger up as L1 does, or begins a new execution with it.
   * @param recorded the trigger.
   * @param roots of all rollups now.
   */
  begin(recorded: RecordedAction, roots: Roots): RecordedEntry {
    this.#triggers++;
    const { action } = recorded;
    const target = roots.get(action.to);
    const isCall = action.kind === ActionKind.CALL && target !== undefined;
    const key = isCall ? keccak256(concatHex([hashAction(action), rootHex(target.root)])) : undefined;
    const candidates = key === undefined ? [] : (this.#byKey.get(key) ?? []);
    const consumed = candidates.filter((candidate) => this.#consumed.has(candidate));
    const isSeparate = key !== undefined && this.#separate.has(key);
    const found = inSearchOrder(candidates).find(
      (candidate) =>
        !this.#consumed.has(candidate) &&
        startsAt(candidate, roots, isSeparate ? roots.keys() : candidate.visited),
    );
    const entry = found ?? this.#add(recorded, key);
    entry.lookups.push({ roots, consumed });
    this.#additions.push(() => entry.lookups.pop());
    if (!entry.isStatic) this.#consumed.add(entry);
    return entry;
  }

  /** The branch that L1 takes at its turn: a known one, or a new one. */
  take(turn: Turn, recorded: RecordedAction): Branch {
    const known = turn.find(recorded.action);
    if (known !== undefined) return known;
    const branch = turn.add(recorded);
    this.#additions.push(() => turn.remove(branch));
    return branch;
  }

  /** L1 now stands there. */
  moveTo(cursor: Cursor | undefined): void {
    this.#cursor = cursor;
  }

  checkpoint(owner: ChainId): void {
    this.#levels.push({ owner, cursor: this.#cursor, consumed: this.#consumed.size });
  }

  commit(): void {
    this.#levels.pop();
  }

  /** Only L1's own reverts take its cursor back. */
  revert(): void {
    const level = this.#levels.pop();
    if (level?.owner !== L1) return;
    this.#cursor = level.cursor;
    this.#forgetConsumed(level.consumed);
  }

  /**
   * What comes now belongs to one transaction.
   * @returns what forgets all of it; its levels are to be reverted as well.
   */
  attempt(): () => void {
    const additions = this.#additions.length;
    const count = this.#entries.length;
    const cursor = this.#cursor;
    const consumed = this.#consumed.size;
    return () => {
      while (this.#additions.length > additions) this.#additions.pop()?.();
      this.#entries.length = count;
      this.#cursor = cursor;
      this.#forgetConsumed(consumed);
    };
  }

  #add(recorded: RecordedAction, key: Hex | undefined): RecordedEntry {
    const entry: RecordedEntry = {
      root: new Branch(recorded),
      key,
      isStatic: recorded.action.isStatic,
      lookups: [],
      visited: new Set(),
    };
    this.#entries.push(entry);
    if (key === undefined) return entry;
    const candidates = this.#byKey.get(key);
    if (candidates === undefined) this.#byKey.set(key, [entry]);
    else candidates.push(entry);
    this.#additions.push(() => this.#byKey.get(key)?.pop());
    return entry;
  }

  /** Only the first `count` stay consumed. */
  #forgetConsumed(count: number): void {
    if (this.#consumed.size === count) return;
    for (const entry of [...this.#consumed].slice(count)) this.#consumed.delete(entry);
  }
}

/** Those that ask for more come first: what is left to another is then not its. */
function inSearchOrder(candidates: readonly RecordedEntry[]): RecordedEntry[] {
  return candidates.toSorted((a, b) => b.visited.size - a.visited.size);
}

/**
 * L1 takes the first execution of a key that is not consumed and whose rollups are at the roots it starts
 * from.
 */
function checkFound(candidates: readonly RecordedEntry[]): void {
  if (candidates.length < 2) return;
  for (const entry of candidates)
    for (const { roots, consumed } of entry.lookups) {
      const found = candidates.find(
        (candidate) => !consumed.includes(candidate) && startsAt(candidate, roots, candidate.visited),
      );
      if (found === entry) continue;
      const message =
        "two calls that look the same on L1 start from different states; send them in two transactions";
      throw new SimulationRefusedError("AMBIGUOUS_EXECUTION", message);
    }
}

/** Whether rollups are where they were when the execution was first begun. */
function startsAt({ lookups }: RecordedEntry, roots: Roots, rollups: Iterable<ChainId>): boolean {
  const [first] = lookups;
  return [...rollups].every((rollup) => isSame(first?.roots.get(rollup), roots.get(rollup)));
}

function isSame(a: StateMoment | undefined, b: StateMoment | undefined): boolean {
  return a === b || a?.root === b?.root;
}
