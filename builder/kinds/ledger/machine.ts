import { size } from "viem";
import type { CallRequest } from "../../evm/call-request.ts";
import { type Action, ActionKind } from "../../protocol/action.ts";
import { assertCanonical } from "../../protocol/canonical.ts";
import type { ChainId, StateRoot } from "../../protocol/ids.ts";
import type { State } from "../../state/state.ts";
import type { Checkpoint, StateTree } from "../../state/tree.ts";
import { TreeBranch } from "../../state/tree-branch.ts";
import {
  JournalOpenError,
  UnbalancedJournalError,
  UndoneWhileSuspendedError,
  UnexpectedDeliveryError,
  VisitTooLargeError,
} from "../errors.ts";
import type { AccountState, BatchContext, Delivery, RollupMachine, StateMoment } from "../kind.ts";
import { accountKey, unpackAccount } from "./account.ts";
import { authenticate, operationOfUnsigned } from "./authenticate.ts";
import { MAX_CALLDATA_BYTES, MAX_OPERATIONS, MAX_RETURN_DATA_BYTES } from "./limits.ts";
import { operate, operationOfCall, resume, type LedgerOperation } from "./operation.ts";
import type { LedgerStep, LedgerVisitRecord } from "./record.ts";

/** An operation that waits for the result of its outgoing call. */
interface Frame {
  /** The moment before the operation, to which a failed result goes back. */
  readonly start: Checkpoint;
  /** The chain that was called and must answer. */
  readonly callee: ChainId;
  /** The chain that waits for the operation. */
  readonly caller: ChainId;
  /** Number of journal levels open when the call went out: the same number must be open when it returns. */
  readonly levels: number;
}

/** A visit under way. */
interface OpenVisit {
  readonly rootBefore: StateRoot;
  readonly start: Checkpoint;
  readonly steps: LedgerStep[];
  readonly frames: Frame[];
  /** A re-entrant operation was undone: the visit cannot go on. */
  undone: boolean;
}

/** An open level of the journal, and how far the visit had come when it was opened. */
interface Level {
  readonly checkpoint: Checkpoint;
  /** Undefined when the rollup was idle, or when the visit is gone. */
  readonly visit?: { readonly of: OpenVisit; readonly steps: number; readonly frames: number };
}

/** One live ledger (docs/spec.md section 5): decides what each action does and remembers what proves it. */
export class LedgerMachine implements RollupMachine<LedgerVisitRecord> {
  /** The circuit proves whole visits. */
  readonly provesAbandoned = false;
  /** Ledgers have no time of their own. */
  readonly earliest = 0n;
  readonly id: ChainId;
  readonly #state: State;
  /** Where it plays if it is beside the machine that follows L1. */
  readonly #branch: TreeBranch | undefined;
  #levels: Level[] = [];
  #visit: OpenVisit | undefined;

  constructor(id: ChainId, state: State, branch?: TreeBranch) {
    this.id = id;
    this.#state = state;
    this.#branch = branch;
  }

  get suspended(): boolean {
    return this.#visit !== undefined;
  }

  stateRoot(): StateRoot {
    return this.#at((tree) => tree.stateRoot());
  }

  moment(): StateMoment {
    return { root: this.stateRoot() };
  }

  /** Balance and nonce of the account of `address` at home on `chain`, as journalled so far. */
  account(chain: ChainId, address: bigint): AccountState {
    return unpackAccount(this.#at((tree) => tree.get(accountKey(chain, address))));
  }

  async deliver(action: Action, context: BatchContext): Promise<Delivery<LedgerVisitRecord>> {
    try {
      assertCanonical(action);
      if (action.to !== this.id)
        throw new UnexpectedDeliveryError(`an action for chain ${action.to.toString()}`);
      if (this.#visit?.undone === true) throw new UndoneWhileSuspendedError();
      if (action.kind === ActionKind.RESULT) return this.#at((tree) => this.#return(tree, action));
      const operation = await this.#operationOf(action, context);
      return this.#at((tree) => this.#operate(tree, action, operation));
    } catch (error) {
      this.#dropVisit();
      throw error;
    }
  }

  /** @param request of an account whose home is the ledger, to its contract, without value. */
  async call(trigger: Action, { from, data }: CallRequest): Promise<Delivery<LedgerVisitRecord>> {
    if (this.#visit !== undefined) throw new UnexpectedDeliveryError("a call for a suspended rollup");
    try {
      return this.#at((tree) => {
        const operation = operationOfUnsigned(from, data, this.id, (key) => tree.get(key));
        return this.#operate(tree, trigger, operation);
      });
    } catch (error) {
      this.#dropVisit();
      throw error;
    }
  }

  checkpoint(): void {
    const of = this.#visit;
    this.#levels.push({
      checkpoint: (this.#branch ?? this.#state.tree).checkpoint(),
      ...(of && { visit: { of, steps: of.steps.length, frames: of.frames.length } }),
    });
  }

  /**
   * @throws {UnbalancedJournalError} after closing the level, when a visit that began inside it waits: it is
   * dropped.
   */
  commit(): void {
    const level = this.#levels.pop();
    if (level === undefined) throw new UnbalancedJournalError("commit without a checkpoint");
    if (level.visit?.of === this.#visit && level.visit?.frames === this.#visit?.frames.length) return;
    this.#dropVisit();
    throw new UnbalancedJournalError("commit of a level while a call that began inside it is still waiting");
  }

  /**
   * @throws {UndoneWhileSuspendedError} after undoing, when the suspended visit was re-entered since: the
   * visit is lost.
   */
  revert(): void {
    const level = this.#levels.pop();
    if (level === undefined) throw new UnbalancedJournalError("revert without a checkpoint");
    (this.#branch ?? this.#state.tree).revert(level.checkpoint);
    if (level.visit === undefined) {
      this.#visit = undefined;
      return;
    }
    const { of: visit, steps, frames } = level.visit;
    if (visit.steps.length === steps) return;
    visit.steps.length = steps;
    visit.frames.length = frames;
    visit.undone = true;
    throw new UndoneWhileSuspendedError();
  }

  include(): void {
    // A ledger's history is in its accounts alone.
  }

  async persist(): Promise<void> {
    this.#assertIdle("persist");
    this.#assertFollows();
    await this.#state.persist();
  }

  async rewind(root: StateRoot): Promise<void> {
    this.#assertIdle("rewind");
    this.#assertFollows();
    await this.#state.rewind(root);
  }

  async close(): Promise<void> {
    if (this.#branch === undefined) await this.#state.close();
  }

  park(): () => void {
    if (this.#visit !== undefined) throw new JournalOpenError("park");
    this.#assertFollows();
    const levels = this.#levels;
    const back = this.#state.tree.park();
    this.#levels = [];
    return () => {
      this.#assertIdle("going back");
      back();
      this.#levels = levels;
    };
  }

  fresh(): LedgerMachine {
    this.#assertFollows();
    return new LedgerMachine(this.id, this.#state);
  }

  aside(from: "head" | "here"): LedgerMachine {
    return new LedgerMachine(this.id, this.#state, new TreeBranch(this.#state.tree, from));
  }

  #at<Result>(work: (tree: StateTree) => Result): Result {
    return this.#branch === undefined ? work(this.#state.tree) : this.#branch.at(work);
  }

  /** What a CALL or L2TX asks for, its signature checked. Changes nothing. */
  async #operationOf(action: Action, context: BatchContext): Promise<LedgerOperation> {
    if (action.kind === ActionKind.L2TX) {
      if (this.#visit !== undefined) throw new UnexpectedDeliveryError("an L2TX for a suspended rollup");
      return authenticate(action, context, this.id, (key) => this.#at((tree) => tree.get(key)));
    }
    const bytes = size(action.data);
    if (bytes > MAX_CALLDATA_BYTES)
      throw new VisitTooLargeError("bytes of calldata", bytes, MAX_CALLDATA_BYTES);
    return operationOfCall(action, this.id);
  }

  #operate(tree: StateTree, action: Action, operation: LedgerOperation): Delivery<LedgerVisitRecord> {
    const start = tree.checkpoint();
    const visit = (this.#visit ??= {
      rootBefore: tree.stateRoot(),
      start,
      steps: [],
      frames: [],
      undone: false,
    });
    const operations = visit.steps.filter((step) => step.type === "operation").length + 1;
    if (operations > MAX_OPERATIONS)
      throw new VisitTooLargeError("operations in one visit", operations, MAX_OPERATIONS);

    const step = operate(tree, this.id, action, operation);
    visit.steps.push(step);
    if (step.out.kind === ActionKind.CALL)
      visit.frames.push({ start, callee: step.out.to, caller: action.from, levels: this.#levels.length });
    return this.#answer(tree, visit, step);
  }

  /** The result of the innermost outgoing call has come. */
  #return(tree: StateTree, action: Action): Delivery<LedgerVisitRecord> {
    const visit = this.#visit;
    const frame = visit?.frames.pop();
    if (visit === undefined || frame === undefined)
      throw new UnexpectedDeliveryError("a RESULT for an idle rollup");
    if (action.from !== frame.callee)
      throw new UnexpectedDeliveryError(
        `a RESULT from chain ${action.from.toString()}, but chain ${frame.callee.toString()} was called`,
      );
    if (this.#levels.length !== frame.levels)
      throw new UnbalancedJournalError(
        "a call returned while levels opened during it are open, or lost others",
      );
    const bytes = size(action.data);
    if (bytes > MAX_RETURN_DATA_BYTES)
      throw new VisitTooLargeError("bytes returned by an outgoing call", bytes, MAX_RETURN_DATA_BYTES);

    if (action.failed) tree.revert(frame.start);
    const step: LedgerStep = { type: "result", in: action, out: resume(this.id, frame.caller, action) };
    visit.steps.push(step);
    return this.#answer(tree, visit, step);
  }

  /** Ends the visit when no operation waits any more. */
  #answer(tree: StateTree, visit: OpenVisit, step: LedgerStep): Delivery<LedgerVisitRecord> {
    if (visit.frames.length > 0) return { action: step.out };
    this.#visit = undefined;
    const { rootBefore, steps } = visit;
    const actions = steps.flatMap((each) => [each.in, each.out]);
    return {
      action: step.out,
      visit: { rootBefore, rootAfter: tree.stateRoot(), actions, record: { steps } },
    };
  }

  /** As before the visit began. Levels opened during it stay open, with nothing in them. */
  #dropVisit(): void {
    const visit = this.#visit;
    if (visit === undefined) return;
    (this.#branch ?? this.#state.tree).revert(visit.start);
    this.#levels = this.#levels.map((level) =>
      level.visit === undefined ? level : { checkpoint: visit.start },
    );
    this.#visit = undefined;
  }

  #assertFollows(): void {
    if (this.#branch !== undefined) throw new Error("a machine aside does not follow L1");
  }

  #assertIdle(operation: string): void {
    if (this.#levels.length > 0 || this.#visit !== undefined) throw new JournalOpenError(operation);
  }
}
