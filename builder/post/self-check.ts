import {
  decodeEventLog,
  type Hex,
  isAddressEqual,
  keccak256,
  parseTransaction,
  toEventSelector,
  zeroHash,
} from "viem";
import type { PlannedVisit } from "../batch/plan.ts";
import { Journal } from "../evm/journal.ts";
import { type Consumption, gather, type LogLocation, type Posting } from "../l1/history.ts";
import {
  type UnreadableVisit,
  type L1Context,
  type PastVisit,
  type PastTransaction,
  replayTransaction,
  transactionsIn,
  visitsOf,
} from "../follower/replay.ts";
import type { RollupKind, RollupMachine } from "../kinds/kind.ts";
import { rollupsAbi } from "../protocol/abi.ts";
import { type Action, ActionKind } from "../protocol/action.ts";
import { codeOf, type ErrorCode, LockstepError } from "../protocol/errors.ts";
import { type ChainId, chainId, L1, stateRoot, type StateRoot } from "../protocol/ids.ts";
import type { ResultCheck, NodeResult } from "./dry-run/dry-run.ts";

/** What the builder found wrong with what it was about to post. */
export interface SelfCheckFault {
  /**
   * `statement`: what is to be proven does not hold. `follower`: a follower of L1 would come to something
   * else.
   */
  readonly check: "statement" | "follower";
  readonly rollup?: ChainId;
  /** Code of what went wrong, then what it means. */
  readonly cause: ErrorCode;
  readonly reason: string;
  /** The visit in question, if there is one. */
  readonly visit?: {
    readonly rootBefore: StateRoot;
    readonly rootAfter: StateRoot;
    readonly actions: readonly Action[];
  };
}

/**
 * What was about to be posted is not what a stranger who checks it would take: a fault of the builder's.
 * Nothing was included.
 */
export class SelfCheckError extends LockstepError {
  readonly fault: SelfCheckFault;
  /** Hash of the transaction that it is about, if that is known. */
  readonly transaction: Hex | undefined;

  constructor(fault: SelfCheckFault, transaction?: Hex, options?: { cause?: unknown }) {
    const { check, rollup, cause, reason } = fault;
    const what = check === "statement" ? "what would be proven does not hold" : "a follower would not follow";
    const where = rollup === undefined ? "" : ` of rollup ${rollup}`;
    super(
      "SELF_CHECK_FAILED",
      `${what}${where} (${cause}): ${reason}. This is a fault of the builder; nothing was included`,
      options,
    );
    this.fault = fault;
    this.transaction = transaction;
  }
}

/**
 * Checks what stands for the proof of a visit without trusting the builder. Proofs that prove something were
 * verified before they came here (`proof/pool`), and L1 verifies them again in the dry run.
 * @throws {SelfCheckError}
 */
export async function checkVisit(
  { rollup, statement, completed }: PlannedVisit,
  kind: RollupKind,
  proof: Hex,
): Promise<void> {
  try {
    await kind.check?.(statement.header, completed, proof);
  } catch (error) {
    const { rootBefore, rootAfter, actions } = completed;
    const visit = { rootBefore, rootAfter, actions };
    throw new SelfCheckError({ check: "statement", rollup, ...causeOf(error), visit }, undefined, {
      cause: error,
    });
  }
}

/** What is about to be included. */
export interface ProposedBlock extends L1Context {
  /** The rollups at L1's head. They are left as they are. */
  readonly machines: ReadonlyMap<ChainId, RollupMachine>;
  /** Calldata of the batch that comes first, if there is one. */
  readonly batch: Hex | undefined;
  /** The raw transactions behind it. */
  readonly transactions: readonly Hex[];
}

/**
 * The machines of a rehearsal, where its steps have brought them. They can be left between two steps, and
 * entered again; they share their state with the rollups', which are elsewhere meanwhile.
 */
export class Rehearsal {
  readonly #machines: RollupMachine[] = [];
  #parked: (() => void)[] = [];

  /** @param machine at L1's head. */
  begin(machine: RollupMachine): RollupMachine {
    const fresh = machine.fresh();
    this.#machines.push(fresh);
    return fresh;
  }

  leave(): void {
    this.#parked = this.#machines.map((machine) => machine.park());
  }

  enter(): void {
    for (const back of this.#parked) back();
    this.#parked = [];
  }
}

/** Lets a step of a rehearsal have the rollups' state. */
export type RunStep = <Result>(rehearsal: Rehearsal, step: () => Promise<Result> | Result) => Promise<Result>;

/**
 * Takes the step that a follower will take over the block, with machines that remember nothing, from what the
 * node shows alone: transaction by transaction, so that others get a turn in between.
 * @returns a check that throws {SelfCheckError} if it does not lead to the roots that L1 will say.
 */
export function checkFollower(proposed: ProposedBlock, run: RunStep): ResultCheck {
  return async (result) => {
    const events = readEvents(proposed, result);
    if (proposed.batch !== undefined && result.receipt(0)?.success === true && !events.isPosted)
      throw new SelfCheckError({
        check: "follower",
        cause: "BATCH_NOT_SHOWN",
        reason: "the L1 node shows no event of the batch",
      });
    const history = await gather(events.postings, events.consumptions, async (batch) =>
      events.calldata.get(batch),
    );
    for (const machine of proposed.machines.values())
      await replay(machine, visitsOf(machine.id, history), events.roots.get(machine.id), proposed, run);
  };
}

/**
 * The machine itself stays as it is.
 * @param said where L1 says that it ends, if it moves at all.
 */
async function replay(
  machine: RollupMachine,
  visits: readonly (PastVisit | UnreadableVisit)[],
  said: StateRoot | undefined,
  l1: L1Context,
  run: RunStep,
): Promise<void> {
  if (visits.length === 0 && said === undefined) return;
  const rehearsal = new Rehearsal();
  const { fresh, root, journal } = await run(rehearsal, () => {
    const fresh = rehearsal.begin(machine);
    const journal = new Journal([fresh]);
    journal.checkpoint(L1);
    return { fresh, journal, root: said ?? fresh.stateRoot() };
  });
  try {
    for (const visit of visits)
      for (const transaction of "fault" in visit ? [undefined] : transactionsIn(visit))
        await run(rehearsal, () => step(fresh, visit, transaction, l1, journal));
    await run(rehearsal, () => {
      if (fresh.stateRoot() === root) return;
      throw new SelfCheckError({
        check: "follower",
        rollup: machine.id,
        cause: "FOLLOWED_ROOT_DIFFERS",
        reason: `all of it leads to ${fresh.stateRoot()}, on L1 to ${root}`,
      });
    });
  } finally {
    await run(rehearsal, () => {
      journal.unwind(0);
    });
  }
}

/** @param transaction of the visit, if that can be read. */
async function step(
  fresh: RollupMachine,
  visit: PastVisit | UnreadableVisit,
  transaction: PastTransaction | undefined,
  l1: L1Context,
  journal: Journal,
): Promise<void> {
  try {
    if ("fault" in visit) throw visit.fault;
    if (transaction !== undefined) await replayTransaction(fresh, transaction, l1, journal);
  } catch (error) {
    // Others come next, and a visit that is suspended cannot be left.
    journal.unwind(0);
    throw refusal(fresh.id, error, visit, transaction);
  }
}

function refusal(
  rollup: ChainId,
  error: unknown,
  visit: PastVisit | UnreadableVisit,
  transaction: PastTransaction | undefined,
): SelfCheckError {
  const fault = { check: "follower", rollup, ...causeOf(error) } as const;
  if ("fault" in visit) return new SelfCheckError(fault, undefined, { cause: error });
  const { rootBefore, rootAfter, actions, consumption: said } = visit;
  const [trigger] = transaction?.actions ?? actions;
  // Of several, it may have been any that leads to another root: which one is found out by trying them apart.
  const isOneOf = transaction?.rootAfter !== undefined && transaction.actions.length < actions.length;
  const signed = trigger?.kind === ActionKind.L2TX ? keccak256(trigger.data) : said.transaction;
  const own = isOneOf ? undefined : signed;
  return new SelfCheckError({ ...fault, visit: { rootBefore, rootAfter, actions } }, own, { cause: error });
}

function causeOf(error: unknown): { cause: ErrorCode; reason: string } {
  return {
    cause: codeOf(error),
    reason: error instanceof Error ? error.message : String(error),
  };
}

interface Events {
  /** Whether the batch is among them. */
  isPosted: boolean;
  readonly postings: Posting[];
  readonly consumptions: Consumption[];
  /** Of batches, by their ids. */
  readonly calldata: Map<Hex, Hex>;
  /** Where each rollup that changed ends. */
  readonly roots: Map<ChainId, StateRoot>;
}

const SELECTORS = new Set<Hex | undefined>(
  rollupsAbi.flatMap((item) => (item.type === "event" ? [toEventSelector(item)] : [])),
);

/**
 * What `Rollups` says in the block, in order. Only what it says itself counts: it calls contracts that emit
 * what they like.
 */
function readEvents({ batch, transactions, manager }: ProposedBlock, result: NodeResult): Events {
  const events: Events = {
    isPosted: false,
    postings: [],
    consumptions: [],
    calldata: new Map(),
    roots: new Map(),
  };
  const own = batch === undefined ? undefined : keccak256(batch);
  if (batch !== undefined && own !== undefined) events.calldata.set(own, batch);
  const behind = transactions.map((raw) => ({ hash: keccak256(raw), input: parseTransaction(raw).data }));
  const all = own === undefined ? behind : [{ hash: own, input: batch }, ...behind];
  let logIndex = 0;
  for (const [index, { hash, input }] of all.entries()) {
    const receipt = result.receipt(index);
    if (receipt?.success !== true) continue;
    // Another account may post a batch of its own.
    if (input !== undefined) events.calldata.set(keccak256(input), input);
    for (const { address, topics, data } of receipt.logs) {
      if (!isAddressEqual(address, manager) || !SELECTORS.has(topics[0])) continue;
      const place: LogLocation = {
        blockNumber: 0n,
        blockHash: zeroHash,
        transaction: hash,
        logIndex: logIndex++,
      };
      const { eventName, args } = decodeEventLog({ abi: rollupsAbi, topics, data });
      if (eventName === "BatchPosted") events.isPosted ||= args.batch === own;
      if (eventName === "BatchData") events.calldata.set(args.batch, args.data);
      if (eventName === "RollupVisited")
        events.postings.push({ ...place, rollup: chainId(args.rollup), batch: args.batch });
      if (eventName === "ExecutionConsumed") events.consumptions.push({ ...place, ...args });
      if (eventName === "RootChanged")
        events.roots.set(chainId(args.rollup), stateRoot(BigInt(args.rootAfter)));
    }
  }
  return events;
}
