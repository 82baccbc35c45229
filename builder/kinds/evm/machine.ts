import { numberToHex } from "viem";
import type { CallRequest } from "../../evm/call-request.ts";
import type { Journal } from "../../evm/journal.ts";
import type { StateSource } from "../../evm/state-source.ts";
import { type Action, ActionKind } from "../../protocol/action.ts";
import { assertCanonical } from "../../protocol/canonical.ts";
import type { LockstepError } from "../../protocol/errors.ts";
import type { ChainId, StateRoot } from "../../protocol/ids.ts";
import type { StatementHeader } from "../../protocol/statement.ts";
import { JournalOpenError, UnexpectedDeliveryError } from "../errors.ts";
import type {
  AccountState,
  BatchContext,
  CompletedVisit,
  Delivery,
  L1Inclusion,
  RollupMachine,
  StateMoment,
} from "../kind.ts";
import type { Chronicle } from "./chronicle/chronicle.ts";
import { isCheat } from "./cheats/envelope.ts";
import { blockOf } from "./execution/environment.ts";
import { VisitInterpreter, type VisitStep } from "./execution/interpreter.ts";
import { receiptOf } from "./execution/receipt-of.ts";
import type { VisitReceipt } from "./receipt.ts";
import { type EvmTransaction, type EvmVisitRecord, recordOf } from "./record.ts";
import type { Moment } from "./store/moments.ts";
import type { StateBranch } from "./store/branch.ts";
import type { EvmStore } from "./store/store.ts";
import type { WitnessNote } from "./store/witness-note.ts";
import { LOCAL_EVM_CHAIN_IDS } from "../../proving/keys/policy.ts";
import type { BlockState, StateWrites, Touched } from "./state-types.ts";

/** A state that visits are played on. */
export type VisitedState = Omit<StateBranch, "applied" | "leaves" | "end">;

/** Why a visit of a proven rollup cannot be included: there is no proof of it, say. */
export type VisitJudge = (
  visit: CompletedVisit<EvmVisitRecord>,
  header: StatementHeader,
) => Promise<LockstepError | undefined>;

/** What visits are refused with on a chain that is not local, by its EVM chain id; nothing if allowed. */
export type ElsewhereError = (l1ChainId: bigint) => LockstepError | undefined;

export interface EvmMachineOptions {
  /** That it plays on, beside the machine that follows L1. */
  readonly branch?: StateBranch | undefined;
  /** Of visits that have ended; by default none is refused. */
  readonly judge?: VisitJudge | undefined;
  readonly elsewhere: ElsewhereError;
  /** The rollup was registered for tests. */
  readonly cheats?: boolean | undefined;
}

/** A visit under way. */
interface OpenVisit {
  readonly before: Moment;
  readonly block: BlockState;
  readonly trigger: Action;
  readonly run: VisitInterpreter;
}

/** One live EVM rollup (docs/spec.md section 7). */
export class EvmMachine implements RollupMachine<EvmVisitRecord> {
  readonly id: ChainId;
  /** The committed state, as this machine sees it. */
  readonly store: VisitedState;
  /** What has taken effect, for people and tools. */
  readonly chronicle: Chronicle;
  readonly provesAbandoned = true;
  readonly #durable: EvmStore;
  readonly #isAside: boolean;
  readonly #judge: VisitJudge | undefined;
  readonly #elsewhere: ElsewhereError;
  readonly #cheats: boolean | undefined;
  readonly #source: StateSource;
  #levels = 0;
  #spare: { readonly run: VisitInterpreter; readonly l1ChainId: bigint } | undefined;
  #visit: OpenVisit | undefined;

  constructor(
    id: ChainId,
    durable: EvmStore,
    chronicle: Chronicle,
    { branch, judge, elsewhere, cheats }: EvmMachineOptions,
  ) {
    this.id = id;
    const store = branch ?? durable;
    this.store = store;
    this.chronicle = chronicle;
    this.#durable = durable;
    this.#isAside = branch !== undefined;
    this.#judge = judge;
    this.#elsewhere = elsewhere;
    this.#cheats = cheats;
    this.#source = {
      account: async (address) => store.account(address) ?? { nonce: 0n, balance: 0n, code: "0x" },
      storage: async (address, slot) => store.slot(address, slot),
    };
  }

  /** Whether visits may be refused that no circuit covers. */
  get isJudged(): boolean {
    return this.#judge !== undefined;
  }

  get suspended(): boolean {
    return this.#visit !== undefined;
  }

  /** Its time never goes back (docs/spec.md section 7). */
  get earliest(): bigint {
    return this.store.block.timestamp;
  }

  stateRoot(): StateRoot {
    return this.store.stateRoot();
  }

  moment(): StateMoment {
    return this.store.now;
  }

  account(chain: ChainId, address: bigint): AccountState {
    const account = chain === this.id ? this.store.account(numberToHex(address, { size: 20 })) : undefined;
    return { balance: account?.balance ?? 0n, nonce: account?.nonce ?? 0n };
  }

  async deliver(action: Action, context: BatchContext, journal: Journal): Promise<Delivery<EvmVisitRecord>> {
    assertCanonical(action);
    if (action.to !== this.id) throw new UnexpectedDeliveryError(`an action for chain ${action.to}`);
    const visit = this.#visit ?? this.#begin(action, context, journal);
    return await this.#follow(visit, journal, visit.run.deliver(action));
  }

  async refusalOf(
    visit: CompletedVisit<EvmVisitRecord>,
    context: BatchContext,
  ): Promise<LockstepError | undefined> {
    // No circuit is asked about what none will ever cover.
    const [trigger] = visit.actions;
    if (this.#cheats === true && trigger?.kind === ActionKind.L2TX && isCheat(trigger.data)) return undefined;
    return await this.#judge?.(visit, { ...context, rollup: this.id, blobs: 0n });
  }

  async call(
    trigger: Action,
    request: CallRequest,
    context: BatchContext,
    journal: Journal,
  ): Promise<Delivery<EvmVisitRecord>> {
    const visit = this.#begin(trigger, context, journal);
    return await this.#follow(visit, journal, visit.run.call(trigger, request));
  }

  include(visit: CompletedVisit<EvmVisitRecord>, at: L1Inclusion): void {
    for (const { receipt, rootAfter } of visit.record.transactions)
      if (hadEffect(receipt)) this.chronicle.append(receipt, at, rootAfter);
  }

  checkpoint(): void {
    this.#levels++;
  }

  commit(): void {
    this.#levels--;
  }

  revert(): void {
    this.#levels--;
  }

  async persist(): Promise<void> {
    this.#assertIdle("persist");
    this.#assertFollows();
    await this.chronicle.persist();
    await this.#durable.persist();
  }

  async rewind(root: StateRoot): Promise<void> {
    this.#assertIdle("rewind");
    this.#assertFollows();
    await this.#durable.rewind(root);
    await this.chronicle.rewind(root);
  }

  async close(): Promise<void> {
    if (this.#isAside) return;
    await this.chronicle.close();
    await this.#durable.close();
  }

  park(): () => void {
    if (this.#visit !== undefined) throw new JournalOpenError("park");
    this.#assertFollows();
    const levels = this.#levels;
    const back = this.#durable.park();
    this.#levels = 0;
    return () => {
      this.#assertIdle("going back");
      back();
      this.#levels = levels;
    };
  }

  fresh(): EvmMachine {
    this.#assertFollows();
    return this.#another();
  }

  aside(from: "head" | "here"): EvmMachine {
    const branch = from === "head" ? this.#durable.branchAtHead() : this.#durable.branchHere();
    return this.#another(branch);
  }

  asideAfter(block: bigint): EvmMachine | undefined {
    const branch = this.#durable.branchAfter(block);
    return branch && this.#another(branch);
  }

  /** The oldest block after which the state is known. */
  get oldest(): bigint {
    return this.#durable.oldest;
  }

  #another(branch?: StateBranch): EvmMachine {
    const options = {
      branch,
      judge: this.#judge,
      elsewhere: this.#elsewhere,
      cheats: this.#cheats,
    };
    return new EvmMachine(this.id, this.#durable, this.chronicle, options);
  }

  #begin(trigger: Action, context: BatchContext, journal: Journal): OpenVisit {
    const { l1ChainId } = context;
    const refusal = LOCAL_EVM_CHAIN_IDS.includes(l1ChainId) ? undefined : this.#elsewhere(l1ChainId);
    if (refusal !== undefined) throw refusal;
    if (trigger.kind !== ActionKind.CALL && trigger.kind !== ActionKind.L2TX)
      throw new UnexpectedDeliveryError(`an action of kind ${trigger.kind} for an idle rollup`);
    const { store } = this;
    const block = blockOf(store.block, context.timestamp);
    const run = this.#interpreter(context, journal, block);
    const visit: OpenVisit = { before: store.now, block, trigger, run };
    this.#visit = visit;
    journal.record(() => (this.#visit = undefined));
    return visit;
  }

  /** The interpreter of the visit before, if it can serve again. */
  #interpreter(context: BatchContext, journal: Journal, block: BlockState): VisitInterpreter {
    const spare = this.#spare;
    if (spare?.l1ChainId === context.l1ChainId) {
      spare.run.reset(journal, block);
      return spare.run;
    }
    const run = new VisitInterpreter({
      rollup: this.id,
      context,
      source: this.#source,
      journal,
      block,
      cheats: this.#cheats,
    });
    this.#spare = { run, l1ChainId: context.l1ChainId };
    return run;
  }

  async #follow(
    visit: OpenVisit,
    journal: Journal,
    step: Promise<VisitStep>,
  ): Promise<Delivery<EvmVisitRecord>> {
    const { action, ended, entered, left } = await step;
    if (!ended) return { action, entered, left };
    this.#visit = undefined;
    const { run, before, block, trigger } = visit;
    const writes: StateWrites = {
      accounts: await run.state.writtenAccounts(),
      slots: run.state.writtenSlots(),
      block,
    };
    const { accounts, slots } = run.touched;
    const note = this.store.noteWitness(run.touched, writes);
    if (!action.failed && !trigger.isStatic) journal.record(this.store.apply(writes));
    const receipt = receiptOf(run, block, trigger);
    const touched = { accounts, slots };
    const completed = visitOf(receipt, { before, after: this.store.now, touched, note });
    const { refusal } = run;
    return { action, entered, visit: completed, ...(refusal !== undefined && { refusal }) };
  }

  #assertFollows(): void {
    if (this.#isAside) throw new Error("a machine aside does not follow L1");
  }

  #assertIdle(operation: string): void {
    if (this.#levels > 0 || this.#visit !== undefined) throw new JournalOpenError(operation);
  }
}

/** Whether the transaction is part of the rollup's past. */
function hadEffect({ actions }: VisitReceipt): boolean {
  return actions.at(-1)?.failed === false;
}

interface VisitEnd {
  readonly before: Moment;
  readonly after: Moment;
  readonly touched: Touched;
  readonly note: WitnessNote;
}

/** The visit. Hashes are computed when they are first read: those of most visits never are. */
function visitOf(
  receipt: VisitReceipt,
  { before, after, touched, note }: VisitEnd,
): CompletedVisit<EvmVisitRecord> {
  const transaction: EvmTransaction = {
    receipt,
    get rootAfter() {
      return after.root;
    },
  };
  return {
    actions: receipt.actions,
    get rootBefore() {
      return before.root;
    },
    get rootAfter() {
      return after.root;
    },
    record: recordOf([transaction], touched, note),
  };
}
