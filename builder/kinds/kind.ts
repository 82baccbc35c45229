import type { Action } from "../protocol/action.ts";
import type { ChainId, FieldElement, StateRoot } from "../protocol/ids.ts";
import type { StatementHeader, StatementVisit } from "../protocol/statement.ts";

/** Values of a circuit's input signals, by signal name, arrays nested as the circuit declares them. */
export type CircuitInput = { readonly [signal: string]: CircuitValue };
export type CircuitValue = bigint | readonly CircuitValue[];

/** One proof to be made: which circuit instance (a name in `circuits/circuits.json`) and its inputs. */
export interface CircuitJob {
  readonly circuit: string;
  readonly input: CircuitInput;
  /** The circuit's commitment to the statement's words, public input 0. */
  readonly commitment: FieldElement;
}

/** A visit that has ended, with what the kind remembers of it to prove it. */
export interface CompletedVisit<Record = unknown> extends StatementVisit {
  readonly record: Record;
}

/** The machine's answer to an action: the action it does next and, if that made the rollup idle, the visit that ended. */
export interface Delivery<Record = unknown> {
  readonly action: Action;
  readonly visit?: CompletedVisit<Record>;
}

/** What a rollup may know of the world: equal for every visit of a batch. */
export interface BatchContext {
  /** EVM chain id of L1. */
  readonly l1ChainId: bigint;
  readonly rollups: `0x${string}`;
  /** Batch timestamp in seconds: the rollup's block time. */
  readonly timestamp: bigint;
}

/** What a kind needs to open a rollup of itself. */
export interface OpenOptions {
  readonly id: ChainId;
  /** Folder of the rollup's durable state; without it the state lives in memory. */
  readonly folder?: string;
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
 * The journal nests: `checkpoint` opens a level, `commit` keeps and `revert` undoes what happened since. A level may
 * open while the rollup is idle and close while it is suspended only by `revert`.
 */
export interface RollupMachine<Record = unknown> {
  readonly id: ChainId;
  /** Root of the state as journalled so far. */
  stateRoot(): StateRoot;
  /** The account of `address` at home on `chain`, as journalled so far; empty if there is none. */
  account(chain: ChainId, address: bigint): AccountState;
  /** True while a visit waits for the result of an outgoing call. */
  readonly suspended: boolean;
  /**
   * Hands the machine an action addressed to it and returns what it does next.
   * @throws {LockstepError} when no proof can exist for the action (`VISIT_TOO_LARGE`, `INVALID_L2_TRANSACTION`, …);
   * the machine is then as before the visit began.
   */
  deliver(action: Action, context: BatchContext): Promise<Delivery<Record>>;
  checkpoint(): void;
  commit(): void;
  revert(): void;
  /** Makes the current state durable. @throws when a checkpoint is open or a visit is suspended. */
  persist(): Promise<void>;
  /** Goes back to an earlier durable state, for L1 reorgs. @throws `UNKNOWN_ROOT` when the root was never persisted. */
  rewind(root: StateRoot): Promise<void>;
  close(): Promise<void>;
}

/** A kind of rollup: how it executes and how it is proven. One folder under `builder/kinds` each. */
export interface RollupKind<Record = unknown> {
  readonly name: string;
  /** Root of the empty state. */
  genesisRoot(): Promise<StateRoot>;
  /** Circuit instances, smallest first; names in `circuits/circuits.json`. */
  readonly circuits: readonly string[];
  open(options: OpenOptions): Promise<RollupMachine<Record>>;
  /** Inputs of the smallest circuit instance that holds the visit. @throws `VISIT_TOO_LARGE`. */
  circuitJob(header: StatementHeader, visit: CompletedVisit<Record>): Promise<CircuitJob>;
}
