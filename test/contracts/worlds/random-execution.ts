import { type Address, type Hex, numberToHex } from "viem";
import { type Action, l2txAction } from "../../../builder/protocol/action.ts";
import type { Execution, Visit } from "../../../builder/protocol/execution.ts";
import { type ChainId, L1, type StateRoot, stateRoot } from "../../../builder/protocol/ids.ts";
import { call, result } from "../lists.ts";
import type { Move, Places, Script } from "./moves.ts";
import type { Pick } from "./pick.ts";

/**
 * What an L1 contract gets that an L2 transaction calls. The model knows no gas, so it must be enough for all
 * that may be made inside of the call, new proxies among it (1,000,000 was not), and so little that the rest
 * of a transaction still has it (3,000,000 was too much).
 */
const CALLEE_GAS = 1_600_000;

/** What random executions are made of. */
export interface GeneratorContext {
  readonly pick: Pick;
  readonly places: Places;
  readonly rollups: readonly ChainId[];
  /** Rollups with a token of their own. */
  readonly natives: ReadonlySet<ChainId>;
  /** Contracts on every rollup. */
  readonly remotes: readonly Address[];
  /** A number that was not given before. */
  readonly fresh: () => number;
  /** Moves that must disturb nothing, for inside an execution; all of them may fail. */
  readonly hostile: () => Move[];
}

/** An execution with what it takes on L1 to happen. */
export interface GeneratedExecution {
  readonly execution: Execution;
  /** What L1 contracts do when they are called in it; some do not do what the list says. */
  readonly scripts: readonly Script[];
  /** Static executions that are asked for inside it. */
  readonly lookUps: readonly Execution[];
  /** Roots after it. */
  readonly roots: ReadonlyMap<ChainId, StateRoot>;
}

const MAX_DEPTH = 3;
const MAX_ACTIONS = 22;

/** What calls a list: an L2 transaction, an L1 contract, or an L1 contract that may not change anything. */
export type Trigger = "transaction" | "call" | "static";

/** Draws a well-formed execution that starts from `roots`. */
export function randomExecution(
  context: GeneratorContext,
  roots: ReadonlyMap<ChainId, StateRoot>,
  trigger: Trigger,
  sender: Address,
): GeneratedExecution {
  return new Writer(context, roots, trigger === "static").write(trigger, sender);
}

/** Writes the list of one execution by acting it out. */
class Writer {
  readonly #context: GeneratorContext;
  readonly #before: ReadonlyMap<ChainId, StateRoot>;
  readonly #roots: Map<ChainId, StateRoot>;
  readonly #isStatic: boolean;
  readonly #actions: Action[] = [];
  readonly #visits: Visit[] = [];
  readonly #open = new Set<ChainId>();
  /** Calls to L1 that wait, so that what they call lives on their gas. */
  #outgoing = 0;
  #isTransaction = false;
  readonly #scripts: Script[] = [];
  readonly #lookUps: Execution[] = [];

  constructor(context: GeneratorContext, roots: ReadonlyMap<ChainId, StateRoot>, isStatic: boolean) {
    this.#context = context;
    this.#before = roots;
    this.#roots = new Map(roots);
    this.#isStatic = isStatic;
  }

  write(trigger: Trigger, sender: Address): GeneratedExecution {
    const { pick, rollups, remotes } = this.#context;
    const rollup = pick.of(rollups);
    const contract = pick.of(remotes);
    if (trigger === "transaction" && pick.chance(25)) return this.#writeTransactions(rollup);
    this.#isTransaction = trigger === "transaction";
    // Few kinds of calldata, so that calls are alike and only roots tell them apart.
    const first =
      trigger === "transaction"
        ? l2txAction(rollup, this.#data())
        : call(L1, rollup, sender, contract, {
            data: numberToHex(pick.below(3), { size: 1 }),
            isStatic: this.#isStatic,
            value: this.#isStatic ? 0n : this.#value(L1, rollup),
          });
    const failed = this.#enter(first, contract, 0);
    return {
      execution: { actions: this.#actions, visits: this.#visits, marks: [] },
      scripts: this.#scripts,
      lookUps: this.#lookUps,
      roots: failed ? this.#before : this.#roots,
    };
  }

  /** Several transactions of a rollup, which cross no other border: all fail, or at least one does not. */
  #writeTransactions(rollup: ChainId): GeneratedExecution {
    const { pick } = this.#context;
    const failed = pick.chance(15);
    const count = 2 + pick.below(3);
    const good = pick.below(count);
    for (let at = 0; at < count; at++) {
      const fails = failed || (at !== good && pick.chance(40));
      this.#actions.push(l2txAction(rollup, this.#data()), result(rollup, L1, this.#data(), fails));
    }
    const rootBefore = this.#rootOf(rollup);
    const rootAfter = failed ? rootBefore : this.#nextRoot(rootBefore);
    this.#roots.set(rollup, rootAfter);
    return {
      execution: { actions: this.#actions, visits: [{ rollup, rootBefore, rootAfter }], marks: [] },
      scripts: [],
      lookUps: [],
      roots: this.#roots,
    };
  }

  /** A rollup is given control by a call, and gives it back. Returns whether the call failed. */
  #enter(action: Action, contract: Address, depth: number): boolean {
    const { pick } = this.#context;
    const rollup = action.to;
    const wakes = !this.#open.has(rollup);
    const rootBefore = this.#rootOf(rollup);
    this.#open.add(rollup);
    this.#actions.push(action);

    const hasLiveCalls = this.#calls(rollup, contract, action.isStatic, depth);
    // A failure that would undo more than a value needs marks, unless it is the outermost.
    const mayFail = depth === 0 || (action.from !== L1 && !hasLiveCalls);
    const failed = mayFail && pick.chance(depth === 0 ? 15 : 30);
    if (wakes) {
      const rootAfter = failed || action.isStatic ? rootBefore : this.#nextRoot(rootBefore);
      this.#visits.push({ rollup, rootBefore, rootAfter });
      this.#roots.set(rollup, rootAfter);
      this.#open.delete(rollup);
    }
    this.#actions.push(result(rollup, action.from, this.#data(), failed));
    return failed;
  }

  /** Calls that `contract` on `here` makes. Returns whether any of them could change something. */
  #calls(here: ChainId, contract: Address, isStatic: boolean, depth: number): boolean {
    const { pick, rollups, remotes } = this.#context;
    let hasLiveCalls = false;
    for (let left = depth < MAX_DEPTH ? pick.below(3) : 0; left > 0; left--) {
      if (this.#actions.length > MAX_ACTIONS) break;
      const to = pick.of([...(this.#isStatic ? [] : [L1, L1]), ...rollups].filter((chain) => chain !== here));
      const asks = isStatic || pick.chance(20);
      const value = asks ? 0n : this.#value(here, to);
      hasLiveCalls ||= !asks;
      if (to === L1) this.#callL1(here, contract, value, asks, depth + 1);
      else {
        const target = pick.of(remotes);
        const extras = { value, isStatic: asks, gas: this.#gas(), data: this.#data() };
        this.#enter(call(here, to, contract, target, extras), target, depth + 1);
      }
    }
    return hasLiveCalls;
  }

  // ----------------------------------------------------------------------------------------------- L1's part

  #callL1(from: ChainId, sender: Address, value: bigint, isStatic: boolean, depth: number): void {
    const { pick, places, rollups, remotes } = this.#context;
    const input = this.#data();
    if (!isStatic && pick.chance(15)) {
      const [original, rollup] = [pick.of(remotes), pick.of(rollups)];
      if (value === 0n || !this.#context.natives.has(rollup)) {
        this.#callProxy({ from, sender, value, input }, original, rollup, depth);
        return;
      }
    }
    const actor = pick.of(places.actors);
    this.#actions.push(call(from, L1, sender, actor, { value, data: input, isStatic, gas: this.#gas() }));
    this.#outgoing++;
    const moves = isStatic ? this.#looks(actor) : this.#acts(actor, depth);
    this.#outgoing--;
    const calls = moves.some((move) => move.kind === "call" && !move.isStatic);
    const fails = !calls && pick.chance(30);
    const answer = this.#data();
    this.#actions.push(result(L1, from, answer, fails));
    this.#scripts.push(
      this.#perhapsLie({ actor, input, moves, fails, writes: !isStatic && pick.chance(50), answer }),
    );
  }

  /**
   * A rollup calls a proxy itself, and what that stands for sees the rollup's contract's proxy as its caller.
   */
  #callProxy(
    { from, sender, value, input }: { from: ChainId; sender: Address; value: bigint; input: Hex },
    original: Address,
    rollup: ChainId,
    depth: number,
  ): void {
    const { places } = this.#context;
    const data = { value, data: input };
    const gas = this.#gas();
    this.#actions.push(call(from, L1, sender, places.proxyOf(original, rollup), { ...data, gas }));
    this.#outgoing++;
    this.#enter(call(L1, rollup, places.proxyOf(sender, from), original, data), original, depth);
    this.#outgoing--;
    const answer = this.#actions.at(-1)?.data ?? "0x";
    this.#actions.push(result(L1, from, answer));
  }

  /** Calls back into rollups, with attempts that are undone and hostile moves in between. */
  #acts(actor: Address, depth: number): Move[] {
    const { pick, rollups, remotes, hostile } = this.#context;
    const moves: Move[] = [];
    for (let left = depth < MAX_DEPTH ? pick.below(3) : 0; left > 0; left--) {
      if (pick.chance(30)) moves.push(...hostile());
      if (pick.chance(30)) moves.push(...this.#looks(actor));
      const [original, rollup] = [pick.of(remotes), pick.of(rollups)];
      const [value, data] = [this.#value(L1, rollup), this.#data()];
      this.#enter(call(L1, rollup, actor, original, { value, data }), original, depth);
      const move: Move = { kind: "call", original, rollup, value, data, isStatic: false, mayFail: false };
      if (pick.chance(25)) moves.push(undone([move]));
      moves.push(move);
    }
    if (pick.chance(30)) moves.push(...hostile());
    return moves;
  }

  /** Static calls to rollups, of which those that wait in the execution must not answer. */
  #looks(actor: Address): Move[] {
    const { pick, rollups, remotes } = this.#context;
    if (!pick.chance(50)) return [];
    const [original, rollup] = [pick.of(remotes), pick.of(rollups)];
    const data = this.#data();
    const rootBefore = this.#rootOf(rollup);
    const asked = call(L1, rollup, actor, original, { data, isStatic: true });
    this.#lookUps.push({
      actions: [asked, result(rollup, L1, this.#data(), pick.chance(30))],
      visits: [{ rollup, rootBefore, rootAfter: rootBefore }],
      marks: [],
    });
    return [{ kind: "call", original, rollup, value: 0n, data, isStatic: true, mayFail: true }];
  }

  /** Now and then, a contract does not do what the list says. */
  #perhapsLie(script: Script): Script {
    const { pick } = this.#context;
    if (!pick.chance(8)) return script;
    switch (pick.below(4)) {
      case 0:
        return { ...script, answer: this.#data() };
      case 1:
        return { ...script, fails: !script.fails };
      case 2:
        return { ...script, moves: script.moves.slice(1) };
      default:
        return { ...script, moves: [...script.moves].reverse() };
    }
  }

  // ------------------------------------------------------------------------------------------------- choices

  /** What a call of a rollup has for L1. */
  #gas(): number {
    return this.#isTransaction && this.#outgoing === 0 ? CALLEE_GAS : 0;
  }

  #rootOf(rollup: ChainId): StateRoot {
    const root = this.#roots.get(rollup);
    if (root === undefined) throw new Error("unknown rollup");
    return root;
  }

  #nextRoot(root: StateRoot): StateRoot {
    // Few roots, so that histories cross and come back to where they were.
    return this.#context.pick.chance(20)
      ? root
      : stateRoot(0xabcdef0000n + BigInt(this.#context.pick.below(6)));
  }

  #value(from: ChainId, to: ChainId): bigint {
    const { pick, natives } = this.#context;
    if (natives.has(from) || natives.has(to) || pick.chance(40)) return 0n;
    // L1 brings more than rollups spend, so that most of them can pay and some cannot.
    return BigInt(pick.below(from === L1 ? 40 : 12));
  }

  /** Calldata or an answer that nothing else has. */
  #data(): Hex {
    return numberToHex(this.#context.fresh(), { size: 4 });
  }
}

/** A frame in which all of it is done and then undone. */
export function undone(moves: readonly Move[]): Move {
  return { kind: "frame", moves: [...moves, { kind: "fail", mayFail: false }], mayFail: true };
}
