import type { Address, Hex } from "viem";
import type { Prover } from "../proving/prover.ts";
export type { CircuitInput, CircuitJob, CircuitValue } from "../proving/circuit-job.ts";
import type { Action } from "../protocol/action.ts";
import type { Fees } from "../evm/fees.ts";
import type { CallFrame } from "../evm/call-frame.ts";
import type { CallRequest } from "../evm/call-request.ts";
import type { Journal } from "../evm/journal.ts";
import type { LockstepError } from "../protocol/errors.ts";
import type { ChainId, StateRoot } from "../protocol/ids.ts";
import type { StatementHeader, StatementVisit, VisitStatement } from "../protocol/statement.ts";

/** A proof to be made of a visit. */
export interface ProofJob {
  /**
   * Name of what proves it: a circuit instance, or what stands for one. Names the verification key as well.
   */
  readonly circuit: string;
  /** How large it is, in words. */
  readonly about?: string;
  /**
   * @returns the proof in the encoding of the kind's proof system.
   * @throws `PROOF_MISMATCH`, or what the prover throws.
   */
  prove(prover: Prover, context: ProofContext): Promise<`0x${string}`>;
}

/** For whom a proof is made. */
export interface ProofContext {
  readonly signal: AbortSignal;
  /** Name on L1 of what it is proven by. */
  readonly verificationKey: Hex;
  /**
   * Address of the contract on L1 that will verify it.
   * @throws what reading L1 throws.
   */
  readonly proofSystem: () => Promise<Address>;
}

/**
 * What a rollup's proof system on L1 has to be told, once, before it can verify a proof: a contract's code,
 * say. Any account may tell it.
 */
export interface Prerequisite {
  /** What it is, in words; the same for the same thing. */
  readonly what: string;
  /** Calldata of a view of the proof system, which answers `true` once it was told. */
  readonly isMet: Hex;
  /** @returns calldata of the call to the proof system that tells it. */
  tell(): Promise<Hex>;
}

/** The most that a proof of a kind can be. */
export interface ProofSize {
  readonly bytes: number;
  /** Gas that verifying it takes. */
  readonly gas: bigint;
}

/** A rollup's state at some moment. */
export interface StateMoment {
  /**
   * May be hashed when it is first asked for, which has to be before the rollup's next `persist` or `rewind`.
   */
  readonly root: StateRoot;
}

/**
 * A visit that has ended, with what the kind remembers of it to prove it. Roots and record may be made when
 * they are first asked for, which has to be before the rollup's next `persist` or `rewind`; the visit may
 * have been undone by then.
 */
export interface CompletedVisit<Record = unknown> extends StatementVisit {
  readonly record: Record;
}

/**
 * The machine's answer to an action: the action it does next and, if that made the rollup idle, the visit
 * that ended.
 */
export interface Delivery<Record = unknown> {
  readonly action: Action;
  readonly visit?: CompletedVisit<Record>;
  /**
   * Why a transaction is invalid: its only outcome is that it fails without any effect. A builder does not
   * include it; a follower may have to go on past it.
   */
  readonly refusal?: LockstepError;
  /** The frame that the action which was delivered, a CALL or L2TX, has opened; of kinds that have frames. */
  readonly entered?: CallFrame | undefined;
  /** The frame in which the next action, a CALL, left. */
  readonly left?: CallFrame | undefined;
}

/** How consecutive transactions of a rollup are one visit. */
export interface JointVisits<Record = unknown> {
  /** Transactions in one visit, at most: 1 if no proof can hold several. */
  readonly most: number;
  /**
   * One visit of several, each of one transaction that touches no other chain, each on what the one before it
   * left.
   */
  join(visits: readonly CompletedVisit<Record>[]): CompletedVisit<Record>;
}

/** What a rollup may know of the world: equal for every visit of a batch. */
export interface BatchContext {
  /** EVM chain id of L1. */
  readonly l1ChainId: bigint;
  readonly manager: `0x${string}`;
  /** Batch timestamp in seconds: the rollup's block time. */
  readonly timestamp: bigint;
}

/** Who signed a transaction. */
export interface Signer extends Fees {
  /** Equal for equal signers, on one rollup. */
  readonly sender: string;
  readonly nonce: bigint;
}

/** Where on L1 a visit took effect. */
export interface L1Inclusion {
  /**
   * Hash of the L1 transaction: the caller's, or that of the batch for a transaction signed for the rollup.
   */
  readonly transaction: `0x${string}`;
  readonly blockNumber: bigint;
  readonly blockHash: `0x${string}`;
}

/** What a kind needs to open a rollup of itself. */
export interface OpenOptions {
  readonly id: ChainId;
  /** Folder of the rollup's durable state; without it the state lives in memory. */
  readonly folder?: string;
  /**
   * Called when what an older version left there is removed: the rollup then begins anew, and follows L1 from
   * its genesis.
   */
  readonly onRebuild?: ((folder: string) => void) | undefined;
  /** Leaves that the state's tree takes; fewer than 4^16 in tests only. */
  readonly places?: number;
}

/** An account as wallets ask for it. */
export interface AccountState {
  /** Wei. */
  readonly balance: bigint;
  /** Transactions made so far. */
  readonly nonce: bigint;
}

/**
 * One live rollup. Not safe for concurrent use: the simulation owns it while it runs.
 *
 * The journal nests: `checkpoint` opens a level, `commit` keeps and `revert` undoes what happened since. A
 * level may open while the rollup is idle and close while it is suspended only by `revert`.
 */
export interface RollupMachine<Record = unknown> {
  readonly id: ChainId;
  /** Root of the state as journalled so far. */
  stateRoot(): StateRoot;
  /** The state as journalled so far, for those who may not need its root. */
  moment(): StateMoment;
  /** The account of `address` at home on `chain`, as journalled so far; empty if there is none. */
  account(chain: ChainId, address: bigint): AccountState;
  /** True while a visit waits for what answers an outgoing action. */
  readonly suspended: boolean;
  /** Least batch timestamp for which visits of the state, as journalled so far, can be proven; seconds. */
  readonly earliest: bigint;
  /** Whether a visit can be proven that was abandoned while it waited (docs/spec.md section 1, "Visits"). */
  readonly provesAbandoned: boolean;
  /**
   * Hands the machine an action addressed to it and returns what it does next.
   * @param journal of the simulation, or of the replay: what the machine does can be undone there, level by
   * level.
   * @throws {LockstepError} when no proof can exist for the action (`VISIT_TOO_LARGE`, `TIME_GOES_BACK`, …,
   * `INVALID_L2_TRANSACTION` of kinds that cannot prove a refusal); the machine is then as before the visit
   * began.
   */
  deliver(action: Action, context: BatchContext, journal: Journal): Promise<Delivery<Record>>;
  /**
   * Why a visit that has just ended can be followed, but not included: there is no proof of it, say. Nothing
   * if it can. Only those ask who play transactions to include them.
   */
  refusalOf?(visit: CompletedVisit<Record>, context: BatchContext): Promise<LockstepError | undefined>;
  /**
   * A visit has taken effect on L1; what it did becomes part of the rollup's history. Comes before `persist`.
   */
  include(visit: CompletedVisit<Record>, at: L1Inclusion): void;
  /**
   * Begins a visit with an unsigned call, if the kind has such a thing.
   * @param trigger stands for it.
   */
  call?(
    trigger: Action,
    request: CallRequest,
    context: BatchContext,
    journal: Journal,
  ): Promise<Delivery<Record>>;
  checkpoint(): void;
  commit(): void;
  revert(): void;
  /**
   * Makes the current state durable.
   * @throws when a checkpoint is open or a visit is suspended.
   */
  persist(): Promise<void>;
  /**
   * Goes back to an earlier durable state, for L1 reorgs.
   * @throws `UNKNOWN_ROOT` when the root was never persisted.
   */
  rewind(root: StateRoot): Promise<void>;
  close(): Promise<void>;
  /**
   * Puts what is journalled aside, between two visits: the machine is at its durable state, no level open.
   * @returns what puts everything back, without executing or hashing anything. To be called, at most once,
   * when the machine is at the same durable state with no level open; it may as well never be called.
   * @throws when a visit is suspended.
   */
  park(): () => void;
  /**
   * Another machine on the same state, as if it had just been opened: it remembers nothing of what this one
   * did. Only one of the two may be used at a time, and everything that the other one does has to be undone,
   * never persisted.
   */
  fresh(): RollupMachine<Record>;
  /**
   * Another machine, to play on beside this one, which notices nothing of it. It follows no L1: nothing of it
   * becomes durable.
   * @param from the durable state, or what this machine has journalled so far, between two visits.
   * @throws what is returned throws `FORGOTTEN_MOMENT` where it needs a durable state that was left.
   */
  aside(from: "head" | "here"): RollupMachine<Record>;
  /**
   * The same on the state after an earlier block of the rollup, if the kind has blocks. Nothing if that state
   * is not known any more.
   */
  asideAfter?(block: bigint): RollupMachine<Record> | undefined;
}

/** A kind of rollup: how it executes and how it is proven. One folder under `builder/kinds` each. */
export interface RollupKind<Record = unknown> {
  readonly name: string;
  /** Root of the empty state. */
  genesisRoot(): Promise<StateRoot>;
  /**
   * What visits are proven by, smallest first: circuit instances named in `circuits/circuits.json`, if there
   * are any.
   */
  readonly circuits: readonly string[];
  open(options: OpenOptions): Promise<RollupMachine<Record>>;
  /** False: what L1 accepts as a proof proves nothing, and everything that shows the rollup has to say so. */
  readonly isProven: boolean;
  /**
   * For a kind that is not proven, in place of verifying a proof: whether the statement holds, judged by
   * public data alone.
   * @param proof what L1 will take for one.
   * @throws {LockstepError} with a code that says what does not hold.
   */
  check?(header: StatementHeader, visit: CompletedVisit<Record>, proof: `0x${string}`): Promise<void>;
  /** Whether transactions of a rollup that follow each other can be one visit; without it they cannot. */
  readonly joint?: JointVisits<Record>;
  /** Registered for tests: its state can be set by cheats (docs/spec.md section 9). */
  readonly hasCheats?: boolean;
  /** Whether transactions for it can pay for being included. */
  readonly hasFees?: boolean;
  /**
   * Who signed a transaction for a rollup of the kind, and with which nonce: its transactions come in that
   * order. Nothing if it cannot be read.
   */
  signerOf?(data: `0x${string}`, l1ChainId: bigint, rollup: ChainId): Signer | undefined;
  /**
   * How the visit is proven.
   * @throws `VISIT_TOO_LARGE`.
   */
  proofJob(statement: VisitStatement, visit: CompletedVisit<Record>): Promise<ProofJob>;
  /** What L1 has to be told before it can verify a proof of the visit; nothing for most kinds. */
  prerequisites?(statement: VisitStatement, visit: CompletedVisit<Record>): Promise<readonly Prerequisite[]>;
  /** Of one visit; by default that of a Groth16 proof of `Groth16ProofSystem`. */
  readonly proofSize?: ProofSize;
}
