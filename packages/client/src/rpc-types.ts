/**
 * What the methods of Lockstep's gateways answer, with which a page, a client or a person's own tool can show
 * a transaction across chains (builder/gateway/README.md, "Seeing what happened").
 *
 * Quantities are hexadecimal, as everywhere in Ethereum's JSON-RPC. Chains have Lockstep's numbers: `0x0` is
 * L1. Milliseconds, and indices into lists of the same answer, are JSON numbers. Addresses are in lower case.
 */

/** Bytes, a hash or a quantity in hexadecimal. */
export type Hex = `0x${string}`;

/** A chain in Lockstep's numbering: `0x0` is L1. */
export type ChainNumber = Hex;

/** Milliseconds since 1970. */
export type UnixMilliseconds = number;

// ------------------------------------------------------------------------------------ lockstep_getSettlement

/** Where a transaction stands on L1. */
export interface SettlementPlace {
  /** The L1 transaction in which it took effect: its own, or the batch's for a rollup's transaction. */
  readonly transactionHash: Hex;
  readonly blockNumber: Hex;
  readonly blockHash: Hex;
  /** False: the L1 transaction reverted, and nothing that it did counts. */
  readonly success: boolean;
}

/** The `postBatch` in front of it. */
export interface SettlementBatch {
  readonly transactionHash: Hex;
  readonly gasUsed: Hex;
  /** Of the batch, seconds. */
  readonly timestamp: Hex;
}

/**
 * What became of a visit.
 * - `effective`: what it did stands.
 * - `static`: it answered a static call, which changes nothing.
 * - `failed`: it answered that it fails, and keeps its root.
 * - `undone`: what it did was undone, by L1 or by a rollup, or was never asked for.
 */
export type VisitOutcome = "effective" | "static" | "failed" | "undone";

/** What one rollup did from the action that found it idle to the one that left it so. */
export interface SettledVisit {
  readonly rollup: ChainNumber;
  /**
   * Hash under which the rollup's gateway shows the visit; null where the rollup keeps nothing of it (what
   * was undone, failed or static, and calls to ledgers). Of several transactions in one visit, the first.
   */
  readonly transactionHash: Hex | null;
  /** Index of its execution in the batch. */
  readonly execution: number;
  /** Its number among the batch's visits, by which proofs name it. */
  readonly visit: number;
  readonly rootBefore: Hex;
  readonly rootAfter: Hex;
  /** Whether a proof of a circuit covers it. False: UNPROVEN, L1 took it on trust. */
  readonly proven: boolean;
  /** The same as `outcome === "effective"`. */
  readonly tookEffect: boolean;
  readonly outcome: VisitOutcome;
  /** Who asked for it and with which data: the first action of the visit. */
  readonly trigger: ActionShown;
}

/** Answer of `lockstep_getSettlement(hash)`. Null: not included, unknown, or it touched no rollup. */
export interface Settlement {
  readonly l1: SettlementPlace;
  /** Null if the batch that served it cannot be found on L1. */
  readonly batch: SettlementBatch | null;
  /** Of the L1 transaction that was asked for, or in which what was asked for took effect. */
  readonly visits: readonly SettledVisit[];
  /** Hashes of all L1 transactions that the batch served, in the order of the block. */
  readonly transactions: readonly Hex[];
}

// ------------------------------------------------------------------------------------ lockstep_getExecutions

/** What an action is. SPAN is a mark: it announces that L1 opens frames which it will revert. */
export type StepKind = "CALL" | "RESULT" | "L2TX" | "REVERT" | "REVERT_CONTINUE" | "SPAN";

/** Control passes from one chain to another (docs/spec.md section 1). */
export interface ActionShown {
  readonly from: ChainNumber;
  readonly to: ChainNumber;
  readonly sender: Hex;
  readonly target: Hex;
  readonly value: Hex;
  /** Calldata, return data or revert data; of an L2TX the transaction's bytes. */
  readonly data: Hex;
  readonly failed: boolean;
  readonly isStatic: boolean;
}

/** One of several things that L1 did in the same turn, each after it had undone the one before. */
export interface Branch {
  /** The step that comes just before the turn. */
  readonly after: number;
  /** 0 is what L1 did first. */
  readonly number: number;
  readonly count: number;
}

/** A rollup's root before and after a step, as L1 has it. */
export interface RootChange {
  readonly rollup: ChainNumber;
  readonly before: Hex;
  readonly after: Hex;
}

/** A rollup's Ether that `Rollups` holds, before and after a step. */
export interface BalanceChange {
  readonly rollup: ChainNumber;
  /** Null where the L1 node does not have the state before the block any more. */
  readonly before: Hex | null;
  readonly after: Hex | null;
}

/** A step of the execution table. */
export interface ExecutionStep {
  /** Among the steps of its execution. */
  readonly index: number;
  /** Index of the action among those of the execution; of a SPAN, of the call that it stands before. */
  readonly actionIndex: number;
  /** How many calls are open around it. */
  readonly depth: number;
  readonly kind: StepKind;
  /** Of a SPAN, the call that something will be undone back to. */
  readonly action: ActionShown;
  /** Of a SPAN: how many undoings go back to the call. */
  readonly times?: number;
  /** ABI encoding of the action, whose keccak256 is `hash`. Empty for a SPAN. */
  readonly bytes: Hex;
  /** What L1 compares with what it does. */
  readonly hash: Hex;
  /** The step that happened before it on its path; null for the first. A SPAN's is that of its call. */
  readonly parent: number | null;
  /** Of a RESULT the step of the call that it answers; of a REVERT, the call back to which all is undone. */
  readonly answers: number | null;
  /** The first step of an alternative says which of how many it is; null otherwise. */
  readonly branch: Branch | null;
  /** What it did does not count: L1 or a rollup went back behind it. */
  readonly undone: boolean;
  /**
   * What undid it: code on L1 (a frame, or its whole transaction), a frame of a rollup, or the call in which
   * it was made, which failed. Null if it was not undone, or was never done.
   */
  readonly undoneBy: "L1" | "rollup" | "failed call" | null;
  /** The visit of the batch that the action belongs to, for each rollup that has part in it. */
  readonly visits: readonly number[];
  /** Rollups whose root this step changes, back as well as on. */
  readonly roots: readonly RootChange[];
  /** Rollups whose Ether this step changes. */
  readonly balances: readonly BalanceChange[];
}

/**
 * What became of an execution in its block.
 * - `consumed`: it took effect.
 * - `answered`: it answered a call, and had nothing to change: the call was static, or failed.
 * - `failed`, `skipped`: of a rollup's transaction, see `reason`.
 * - `undone`: L1 made the call and undid it, with all that followed.
 * - `unused`: no transaction in the block is known to have made its call.
 */
export type ExecutionState = "consumed" | "answered" | "failed" | "skipped" | "undone" | "unused";

/** What proves a visit. */
export interface VisitShown extends SettledVisit {
  /** Index into `proofs`. */
  readonly proof: number;
  /** Steps of the execution that are actions of the visit. */
  readonly steps: readonly number[];
}

/** One execution of a batch. */
export interface ExecutionShown {
  /** In the batch. */
  readonly index: number;
  readonly trigger: ActionShown;
  readonly state: ExecutionState;
  /** Revert data of a transaction that failed; for one that was skipped, absent. */
  readonly reason?: Hex;
  /** The L1 transaction that made its call; null for a rollup's transaction, or where none did. */
  readonly calledBy: Hex | null;
  /** Hashes of the rollup's transactions in it. */
  readonly transactions: readonly Hex[];
  readonly steps: readonly ExecutionStep[];
  readonly visits: readonly VisitShown[];
}

/** A proof of a batch. */
export interface ProofShown {
  readonly rollup: ChainNumber;
  readonly verificationKey: Hex;
  /** Of the batch. */
  readonly visits: readonly number[];
  /** How many bytes. */
  readonly size: number;
  /** False: UNPROVEN. Nothing but trust is behind what it covers. */
  readonly proven: boolean;
  /** Name of the circuit; null where nothing is proven. */
  readonly circuit: string | null;
}

/** What a batch took of L1's gas. Parts are null where the node has no `debug_traceTransaction`. */
export interface BatchGas {
  /** Of `postBatch` as a whole, with the transactions of rollups that it plays. */
  readonly post: Hex;
  /** In the proof systems' frames. */
  readonly proofCheck: Hex | null;
  /** What the rest of `postBatch` took to check the batch and to write the table, calldata included. */
  readonly table: Hex | null;
  /** In frames that play rollups' transactions, and by the L1 transactions that the batch served. */
  readonly calls: Hex | null;
}

/** Answer of `lockstep_getExecutions(hash)`. Null: not included, unknown, or no batch had to do with it. */
export interface Executions {
  readonly batch: SettlementBatch & {
    /** keccak256 of its calldata. */
    readonly id: Hex;
    readonly blockNumber: Hex;
    readonly blockHash: Hex;
  };
  /** Of the batch, seconds. */
  readonly timestamp: Hex;
  /** Calldata of `postBatch`. */
  readonly raw: Hex;
  readonly gas: BatchGas;
  readonly executions: readonly ExecutionShown[];
  readonly proofs: readonly ProofShown[];
  /** Hashes of all L1 transactions that the batch served, in the order of the block. */
  readonly transactions: readonly Hex[];
}

// -------------------------------------------------------------------------------------- lockstep_getProgress

/** `lockstep_transactionStatus`, as far as the builder's own word goes. */
export type TransactionState = "queued" | "proving" | "retrying" | "posted" | "failed";

/** A proof that was made for a transaction's batch. */
export interface ProofProgress {
  readonly rollup: ChainNumber;
  readonly circuit: string;
  /** Backend that made it; null where nothing had to be made (UNPROVEN, or proven before). */
  readonly backend: string | null;
  readonly constraints: number | null;
  /** From the job to the proof, queueing included. */
  readonly milliseconds: number;
  readonly witnessMilliseconds: number | null;
  readonly proveMilliseconds: number | null;
  /** How large the proof was, in words. */
  readonly about: string | null;
  /** False: UNPROVEN. */
  readonly proven: boolean;
}

/** Answer of `lockstep_getProgress(hash)`. Null: this builder does not remember it. */
export interface Progress {
  readonly state: TransactionState;
  /** Why it waits, or failed. */
  readonly reason: string | null;
  readonly acceptedAt: UnixMilliseconds | null;
  /** When its latest simulation began; the bars of the other steps follow on it. */
  readonly simulateMilliseconds: number | null;
  readonly witnessMilliseconds: number | null;
  readonly proveMilliseconds: number | null;
  readonly proofs: readonly ProofProgress[];
  readonly postMilliseconds: number | null;
  /** Part of `postMilliseconds`: what it took to check as a stranger would what was posted. */
  readonly checkMilliseconds: number | null;
  readonly includedAt: UnixMilliseconds | null;
  /** How often it was tried again, and for which reasons, the latest last. */
  readonly retries: readonly { readonly at: UnixMilliseconds; readonly reason: string }[];
  /** L1 was told something first, so that it can verify the proofs. */
  readonly prerequisites: readonly { readonly what: string; readonly gas: Hex; readonly transaction: Hex }[];
  /** Of its batch on L1; null before it is included, or if nothing had to be posted. */
  readonly gas: BatchGas | null;
  readonly batch: Hex | null;
}

// ----------------------------------------------------------------------------------- lockstep_simulateAcross

/** A frame as `callTracer` shows it, and the chain on which it ran: answer of `lockstep_traceTransaction`. */
export interface TraceFrame {
  readonly chain: ChainNumber;
  readonly type: string;
  readonly from: Hex;
  readonly to?: Hex;
  readonly value?: Hex;
  readonly gas: Hex;
  readonly gasUsed: Hex;
  readonly input: Hex;
  readonly output?: Hex;
  readonly error?: string;
  readonly revertReason?: string;
  /** In this frame a call left for another chain: its frame is the frame's only child. */
  readonly crossing?: ChainNumber;
  /** Why frames of the other chain are not there. */
  readonly missing?: string;
  /** What is odd about the call, though the EVM has nothing against it. */
  readonly warning?: string;
  readonly calls?: readonly TraceFrame[];
}

/** An event that a simulated call emits. */
export interface SimulatedEvent {
  readonly chain: ChainNumber;
  readonly address: Hex;
  readonly topics: readonly Hex[];
  readonly data: Hex;
}

/** An account whose Ether a simulated call changes, fees apart. */
export interface EtherChange {
  readonly chain: ChainNumber;
  /** Of an account of a ledger: the chain that it is at home on, if that is another one. */
  readonly home?: ChainNumber;
  readonly address: Hex;
  readonly before: Hex;
  readonly after: Hex;
}

/** Why a call fails. */
export interface CallError {
  /** A name from docs/errors.md, `TRANSACTION_REVERTED` where code reverted. */
  readonly name: string;
  readonly reason: string;
  /** Revert data. */
  readonly data: Hex | null;
}

/** Answer of `lockstep_simulateAcross(call, block?)`: what a transaction would do, before it is signed. */
export interface SimulationAcross {
  readonly success: boolean;
  /** Return data, or revert data. */
  readonly data: Hex;
  readonly error: CallError | null;
  /** Upper bound of what it uses on its own chain. */
  readonly gas: Hex;
  /** Null where no chain takes the call, whatever it would do. */
  readonly trace: TraceFrame | null;
  /** Of what was not undone: chain by chain, in the order in which they were come to. */
  readonly events: readonly SimulatedEvent[];
  readonly ether: readonly EtherChange[];
  /** In words: what will probably surprise. */
  readonly warnings: readonly string[];
}

// --------------------------------------------------------------------------------------- lockstep_getProxies

/** Stands on `chain` for an account of another chain. */
export interface ProxyShown {
  readonly chain: ChainNumber;
  readonly address: Hex;
  /** False: the address has no code yet, and calls to it do nothing. */
  readonly deployed: boolean;
}

/** Answer of `lockstep_getProxies(address, chain)`. */
export interface Proxies {
  /** The account that the address stands for, if it is a proxy that exists. */
  readonly original: { readonly chain: ChainNumber; readonly address: Hex } | null;
  /**
   * Where the account has proxies, or would have them: one for each other chain that can. Of the original, if
   * the address is a proxy itself.
   */
  readonly proxies: readonly ProxyShown[];
}

// -------------------------------------------------------------------------------------- lockstep_getActivity

/** A transaction that the builder took on. */
export interface ActivityTransaction {
  readonly hash: Hex;
  /** On which it was sent. */
  readonly chain: ChainNumber;
  readonly state: TransactionState;
  /** Why it waits, or failed. */
  readonly reason?: string;
  /** When it came to this state. */
  readonly at: UnixMilliseconds;
  /** When it was accepted. */
  readonly acceptedAt: UnixMilliseconds;
  /** Rollups that it visits, as far as is known yet. */
  readonly rollups: readonly ChainNumber[];
  /** Block of L1 that holds it. */
  readonly blockNumber: Hex | null;
  /** Who signed it, and whom it calls; null where its kind does not say. */
  readonly from: Hex | null;
  readonly to: Hex | null;
}

/** A transaction that will not be included. */
export interface ActivityFailure {
  readonly hash: Hex;
  /** docs/errors.md. */
  readonly code: string;
  readonly reason: string;
  readonly at: UnixMilliseconds;
}

/** What proves, on this machine or behind Redis. */
export interface ProverShown {
  readonly name: string;
  /** Jobs that it works on now. */
  readonly working: number;
  /** Proofs that it made since the builder began. */
  readonly proofs: number;
  /** Of its latest proof; null before the first. */
  readonly milliseconds: number | null;
  /** How often it died, hung, or made a proof that was wrong. */
  readonly faults: number;
}

/** Answer of `lockstep_getActivity({ limit })`. */
export interface Activity {
  /** The newest first. */
  readonly transactions: readonly ActivityTransaction[];
  readonly failures: readonly ActivityFailure[];
  readonly provers: readonly ProverShown[];
  /** The latest batch of this builder's; null before the first. */
  readonly lastSettlement: { readonly blockNumber: Hex; readonly at: UnixMilliseconds } | null;
  /** How many transactions wait. */
  readonly waiting: number;
  /** Present while something keeps them waiting that is not their own fault. */
  readonly trouble: {
    readonly code: string;
    readonly reason: string;
    readonly since: UnixMilliseconds;
  } | null;
}

// -------------------------------------------------------------------------------- eth_subscribe("lockstep")

/** What the topic `lockstep` pushes: what the builder does, as it does it. */
export type LockstepEvent = { readonly at: UnixMilliseconds } & (
  | { readonly type: "accepted"; readonly transaction: Hex; readonly rollup?: ChainNumber }
  | {
      readonly type: "simulated";
      readonly transactions: readonly Hex[];
      readonly executions: number;
      readonly visits: number;
      readonly milliseconds: number;
    }
  | { readonly type: "proving"; readonly circuits: readonly string[]; readonly witnessMilliseconds: number }
  | ({ readonly type: "proven" } & ProofProgress)
  | {
      readonly type: "prerequisiteMet";
      readonly rollup: ChainNumber;
      readonly what: string;
      readonly transaction: Hex;
      readonly gas: Hex;
    }
  | { readonly type: "retrying"; readonly transactions: readonly Hex[]; readonly reason: string }
  | {
      readonly type: "posted";
      readonly batch?: Hex;
      readonly batchGas?: Hex;
      readonly transactions: readonly Hex[];
      readonly blockNumber: Hex;
      readonly milliseconds: number;
      readonly checkMilliseconds: number;
    }
  | { readonly type: "warned"; readonly transaction: Hex; readonly warnings: readonly string[] }
  | { readonly type: "mismatch"; readonly transaction?: Hex }
  | { readonly type: "selfCheckFailed"; readonly transaction?: Hex; readonly reason: string }
  | { readonly type: "stopped"; readonly rollup: ChainNumber; readonly message: string }
  | { readonly type: "resumed"; readonly rollup: ChainNumber }
  | { readonly type: "reorganised"; readonly transactions: readonly Hex[] }
  | { readonly type: "failed"; readonly transaction: Hex; readonly code: string; readonly reason: string }
);

/** Every method with its parameters and its answer, as viem's `EIP1474Methods` are written. */
export type LockstepRpcSchema = [
  { Method: "lockstep_getSettlement"; Parameters: [hash: Hex]; ReturnType: Settlement | null },
  { Method: "lockstep_traceTransaction"; Parameters: [hash: Hex]; ReturnType: TraceFrame | null },
  { Method: "lockstep_getExecutions"; Parameters: [hash: Hex]; ReturnType: Executions | null },
  { Method: "lockstep_getProgress"; Parameters: [hash: Hex]; ReturnType: Progress | null },
  {
    Method: "lockstep_simulateAcross";
    Parameters: [call: SimulatedCall] | [call: SimulatedCall, block: Hex | "latest" | "pending"];
    ReturnType: SimulationAcross;
  },
  { Method: "lockstep_getProxies"; Parameters: [address: Hex, chain: ChainNumber]; ReturnType: Proxies },
  { Method: "lockstep_getActivity"; Parameters: [] | [{ limit?: number }]; ReturnType: Activity },
];

/** A call as `eth_call` takes it. */
export interface SimulatedCall {
  readonly from?: Hex;
  readonly to?: Hex;
  readonly gas?: Hex;
  readonly gasPrice?: Hex;
  readonly maxFeePerGas?: Hex;
  readonly maxPriorityFeePerGas?: Hex;
  readonly value?: Hex;
  readonly nonce?: Hex;
  readonly data?: Hex;
}
