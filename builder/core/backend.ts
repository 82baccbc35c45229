import type { Address, Hex } from "viem";
import type { Stop } from "../follower/stopped.ts";
import type { AcceptedTransaction, L1Transaction, TransactionStatus } from "../intake/accepted.ts";
import type { AccountState, RollupKind, RollupMachine } from "../kinds/kind.ts";
import type { L1Client } from "../l1/client.ts";
import type { BackendStatus } from "../proving/backend-status.ts";
import type { ErrorCode } from "../protocol/errors.ts";
import type { ChainId, StateRoot } from "../protocol/ids.ts";
import type { CallRequest, TransactionOutcome } from "../simulate/outcome.ts";
import type { RollupCallOutcome } from "../simulate/simulation.ts";
import type { CallResult } from "../simulate/cross-chain-router.ts";
import type { BuilderListener } from "./events.ts";

/** A rollup that is followed. */
export interface BackendRollup {
  readonly id: ChainId;
  readonly kind: RollupKind;
  /** Name of the verification key on L1 for each of the kind's circuits. */
  readonly verificationKeys: { readonly [circuit: string]: Hex };
}

/**
 * What gateways read: L1, the rollups as its head has them, and what became of transactions. A follower has
 * all of it.
 */
export interface Reader {
  readonly l1: L1Client;
  readonly l1Rpc: string;
  /** EVM chain id. */
  readonly l1ChainId: bigint;
  readonly manager: Address;
  readonly rollups: readonly BackendRollup[];
  /** The account of `address` at home on `chain`, on a rollup, as L1's head has it. */
  account(rollup: ChainId, chain: ChainId, address: Address): Promise<AccountState>;
  /**
   * Reads a rollup as L1's head has it.
   * @throws {UnknownRollupError}, {RollupStoppedError}
   */
  readRollup<Result>(
    rollup: ChainId,
    read: (machine: RollupMachine) => Result | Promise<Result>,
  ): Promise<Result>;
  /** Where the rollup stands, as L1's head has it, or since it was stopped. */
  standing(rollup: ChainId): Promise<{ root: StateRoot; stopped?: Stop }>;
  /** How far a transaction has come; nothing for one that was never taken on. */
  status(hash: Hex): TransactionStatus | undefined;
  /**
   * How far a transaction signed for a rollup has come, on L1 as well: one that failed there may have taken
   * effect since, in a copy of its batch.
   */
  statusOnL1(rollup: ChainId, id: Hex): Promise<TransactionStatus | undefined>;
  /** The L1 transaction in which one signed for a rollup took effect, also before this process began. */
  l1TransactionOf(rollup: ChainId, id: Hex): Promise<Hex | undefined>;
  /**
   * Calls back with everything that happens.
   * @returns a function that ends it.
   */
  listen(listener: BuilderListener): () => void;
}

/** What keeps transactions waiting that nothing is wrong with. */
export interface BackendTrouble {
  /** Stable code, then what it means. */
  readonly code: ErrorCode;
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/**
 * Whether a call is to be known to fit into a batch: asked when gas is estimated, not when something is
 * only read.
 */
export type Purpose = "read" | "include";

/** Everything that gateways stand on: what they read, simulations, and the queue of transactions. */
export interface Backend extends Reader {
  /** How many transactions wait. */
  readonly waiting: number;
  /** What proves; nothing where the prover does not tell. */
  readonly provers: readonly BackendStatus[];
  /** How many calls and estimates are played now. */
  readonly calls: number;
  /** Present while something keeps them waiting. */
  readonly trouble: BackendTrouble | undefined;
  /**
   * Takes a raw transaction of L1. One that touches no rollup is forwarded. One that does is simulated with
   * all that wait before it, and queued.
   * @param forward sends the transaction to L1 as it is.
   * @returns the hash if it was queued, else what `forward` gave.
   * @throws {LockstepError} that says why the transaction cannot be included.
   */
  submit<Forwarded>(raw: Hex, forward: () => Promise<Forwarded>): Promise<Hex | Forwarded>;
  /**
   * Takes a transaction signed for a rollup.
   * @returns its id, keccak256 of its bytes.
   * @throws {LockstepError}
   */
  submitToRollup(rollup: ChainId, data: Hex): Promise<Hex>;
  /**
   * Plays a call on L1 that sees the rollups.
   * @param pending on what the waiting transactions will leave, instead of on the head.
   */
  call(request: CallRequest, pending: boolean, purpose?: Purpose): Promise<TransactionOutcome>;
  /** Calls a contract on a rollup without changing anything. */
  view(call: { rollup: ChainId; sender: Address; target: Address; data: Hex }): Promise<CallResult>;
  /**
   * Plays a call on a rollup as `eth_call` does there; it sees the other chains. Nothing of it stays.
   * @param pending on what the waiting transactions will leave, instead of on the head.
   */
  callRollup(
    rollup: ChainId,
    request: CallRequest,
    pending: boolean,
    purpose?: Purpose,
  ): Promise<RollupCallOutcome>;
  /**
   * Plays a call on the state after an earlier block of a rollup, which it may not leave.
   * @returns nothing if that state is not kept.
   */
  callRollupAfter(
    rollup: ChainId,
    block: bigint,
    request: CallRequest,
  ): Promise<RollupCallOutcome | undefined>;
  /**
   * Plays calls on L1's head, each on what the ones before it left. Nothing of them stays.
   * @throws what the first of them that cannot be played throws.
   */
  callAll(requests: readonly CallRequest[]): Promise<TransactionOutcome[]>;
  /** The same on a rollup. */
  callRollupAll(rollup: ChainId, requests: readonly CallRequest[]): Promise<RollupCallOutcome[]>;
  /** Resolves when nothing is being included, or after some seconds: for snapshots of L1. */
  quiet(): Promise<void>;
  /**
   * Has L1 taken back to a snapshot, after what is being included: all chains are again where they were, and
   * what was posted since does not wait again (`TAKEN_BACK`).
   * @param goBack has the node do it.
   */
  takeBack<Result>(goBack: () => Promise<Result>): Promise<Result>;
  /** A transaction that is not on L1 yet. */
  pending(hash: Hex): AcceptedTransaction | undefined;
  /** L1 transactions of `sender` that wait. */
  pendingOf(sender: Address): AcceptedTransaction[];
  /** Transactions of L1 that wait, oldest first. */
  pendingOnL1(): L1Transaction[];
  /** Transactions signed for a rollup that wait. */
  pendingOfRollup(rollup: ChainId): AcceptedTransaction[];
  /** Resolves when the transaction no longer waits, or after `patience` milliseconds. */
  settled(hash: Hex, patience: number): Promise<void>;
}
