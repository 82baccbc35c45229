import type { Block } from "@ethereumjs/block";
import type { Common } from "@ethereumjs/common";
import { EVMError, type EVMResult } from "@ethereumjs/evm";
import type { TypedTransaction } from "@ethereumjs/tx";
import { createAddressFromString, EthereumJSError } from "@ethereumjs/util";
import { createVM, runTx } from "@ethereumjs/vm";
import { type Address, bytesToHex, type Hex } from "viem";
import type { CallFrame } from "../evm/call-frame.ts";
import type { RecordedExecution } from "./recording/recorded-execution.ts";
import type { BatchContext, CompletedVisit, RollupMachine } from "../kinds/kind.ts";
import type { LockstepError } from "../protocol/errors.ts";
import { BATCH_CALL_GAS } from "../protocol/call-gas.ts";
import { type ChainId, L1, type StateRoot } from "../protocol/ids.ts";
import { evmBlock, evmBlockchain } from "./block.ts";
import type { NextBlock } from "../l1/head.ts";
import { l1Common } from "../l1/common.ts";
import { SimulatedManager, MissingProxy } from "./simulated-manager.ts";
import { EtherBalances } from "./ether-balances.ts";
import type { RollupEther } from "../l1/head.ts";
import { InterceptingEvm } from "../evm/intercepting-evm.ts";
import type { Fork } from "./fork.ts";
import { Journal } from "../evm/journal.ts";
import { FrameRecorder } from "../evm/frame-recorder.ts";
import { JournaledState } from "../evm/journaled-state.ts";
import type { StateSource } from "../evm/state-source.ts";
import { lowerCase } from "../protocol/address.ts";
import { overrideBlock } from "../evm/overrides.ts";
import { runUnsignedCall } from "../evm/unsigned-call.ts";
import {
  type CallRequest,
  InvalidTransactionError,
  L2TransactionFailedError,
  type L2TransactionOutcome,
  type TransactionOutcome,
} from "./outcome.ts";
import type { ProxyAddresses } from "./proxy-addresses.ts";
import { Registry } from "./registry.ts";
import { CrossedFrames } from "./crossed-frames.ts";
import { type CallResult, CrossChainRouter } from "./cross-chain-router.ts";
import { warningsIn } from "./warnings.ts";
import { SharedExecutionError, Recording } from "./recording/recording.ts";

/** All chains at one head, and the block to come. */
export interface SimulationInput {
  readonly fork: Fork;
  /** L1's state, if it is another one than the fork's by now. */
  readonly source?: StateSource;
  readonly next: NextBlock;
  /** What the rollups know of the batch that is being made. */
  readonly context: BatchContext;
  readonly machines: ReadonlyMap<ChainId, RollupMachine>;
  /** Rollups that stand still, and why: a call to one is refused by name. */
  readonly stopped?: ReadonlyMap<ChainId, LockstepError>;
  /** What L1 holds for the rollups. */
  readonly ether: ReadonlyMap<ChainId, RollupEther>;
  readonly proxies: ProxyAddresses;
}

/** A moment in a simulation. */
export interface Mark {
  undo(): void;
  keep(): void;
}

/** What came of a call on a rollup. */
export interface RollupCallOutcome {
  readonly visit: CompletedVisit;
  /** The frame that it entered; made up where the rollup has no frames. */
  readonly frame: CallFrame | undefined;
  /** Calls that rollups have made to L1 in it, and how many of them failed. */
  readonly l1Calls: number;
  readonly l1Failures: number;
  /** Which frames were entered from which. */
  readonly crossed: CrossedFrames;
}

/** What plays L1's code. */
interface L1Machine {
  readonly evm: InterceptingEvm;
  readonly manager: SimulatedManager;
  readonly frames: FrameRecorder;
}

/**
 * One in-process machine with all chains in it. Transactions are played one after the other, each on what the
 * ones before it left; one that throws leaves nothing behind. `close` undoes everything: the rollups are then
 * as they were.
 */
export class Simulation {
  readonly #input: SimulationInput;
  readonly #common: Common;
  readonly #block: Block;
  readonly #recording = new Recording();
  readonly #crossed = new CrossedFrames();
  readonly #journal: Journal;
  readonly #state: JournaledState;
  readonly #ether: EtherBalances;
  readonly #registry: Registry;
  readonly #router: CrossChainRouter;
  #parked: (() => void)[] = [];
  /** The machine of the transaction before. */
  #spare: L1Machine | undefined;

  constructor(input: SimulationInput) {
    this.#input = input;
    this.#common = l1Common(input.context.l1ChainId);
    this.#block = evmBlock(input.next, this.#common);
    this.#journal = new Journal([...input.machines.values(), this.#recording]);
    const { fork, source = fork } = input;
    this.#state = new JournaledState({ chain: L1, source, journal: this.#journal });
    const { machines, context, stopped = new Map<ChainId, LockstepError>() } = input;
    const recording = this.#recording;
    const ether = new EtherBalances(input.ether, this.#journal);
    this.#ether = ether;
    this.#registry = new Registry({ machines, ether });
    this.#router = new CrossChainRouter({
      machines,
      stopped,
      context,
      recording,
      ether,
      journal: this.#journal,
      crossed: this.#crossed,
    });
    this.#journal.checkpoint(L1);
  }

  /** Every execution of every transaction so far, in the order in which they have to be posted. */
  executions(): RecordedExecution[] {
    return this.#recording.executions();
  }

  /** Hashes what {@link executions} needs, a state with each step. */
  hashing(): Generator<StateRoot, void> {
    return this.#recording.hashing();
  }

  /** How many executions there are so far. */
  get count(): number {
    return this.#recording.count;
  }

  /** What the executions from the `first` on are made of. */
  outlines(first: number): ReturnType<Recording["outlines"]> {
    return this.#recording.outlines(first);
  }

  /** Nonce and balance as the transactions so far leave them. */
  async sender(address: Address): Promise<{ nonce: bigint; balance: bigint }> {
    const account = await this.#state.getAccount(createAddressFromString(address));
    return { nonce: account?.nonce ?? 0n, balance: account?.balance ?? 0n };
  }

  /**
   * Plays a signed transaction.
   * @param assertWanted may throw to undo a transaction whose outcome is not wanted.
   * @throws {InvalidTransactionError}, {SimulationRefusedError} or a machine's own error.
   */
  async transaction(
    tx: TypedTransaction,
    assertWanted: (outcome: TransactionOutcome) => void = () => undefined,
  ): Promise<TransactionOutcome> {
    return await this.#runL1Code(assertWanted, async (evm) => {
      const vm = await createVM({ common: this.#common, stateManager: this.#state, evm });
      const result = await runTx(vm, { tx, block: this.#block }).catch((error: unknown) => {
        if (!(error instanceof EthereumJSError)) throw error;
        throw new InvalidTransactionError(error.message, { cause: error });
      });
      return { result, gasUsed: result.totalGasSpent };
    });
  }

  /** Plays a call as `eth_call` does: without nonce and fee, on what the transactions before left. */
  async call(request: CallRequest): Promise<TransactionOutcome> {
    const any = () => undefined;
    const block =
      request.block === undefined ? this.#block : overrideBlock(this.#block, request.block, this.#common);
    return await this.#runL1Code(any, (evm) =>
      runUnsignedCall({ evm, state: this.#state, common: this.#common, block }, request),
    );
  }

  /**
   * Plays a transaction signed for a rollup.
   * @param origin account that will post the batch, which is ORIGIN in the L1 calls made.
   * @throws {L2TransactionFailedError} when the rollup answers that it failed: there would be nothing to
   * post.
   */
  async l2Transaction(
    rollup: ChainId,
    data: Hex,
    origin: Address,
    assertWanted: () => void = () => undefined,
  ): Promise<L2TransactionOutcome> {
    return await this.#attempt(async ({ evm, manager }) => {
      evm.enter(this.#block, createAddressFromString(origin));
      const port = manager.transactionPort(BATCH_CALL_GAS);
      const answer = await this.#router.l2Transaction(rollup, data, port);
      if (answer.failed) throw new L2TransactionFailedError(answer.data);
      assertWanted();
      const { frame } = answer;
      return { data: answer.data, warnings: frame === undefined ? [] : warningsIn(frame, this.#crossed) };
    });
  }

  /**
   * Plays a call on a rollup as `eth_call` does there, and undoes it.
   * @param read looks at what the machine remembers of the visit.
   * @throws {SimulationRefusedError} `UNSUPPORTED_CALL` if the kind of rollup has no such thing.
   */
  async rollupCall(
    rollup: ChainId,
    request: CallRequest,
    origin: Address,
    assertWanted: () => void = () => undefined,
  ): Promise<RollupCallOutcome> {
    return await this.#rollupCall(rollup, request, origin, false, assertWanted);
  }

  async #rollupCall(
    rollup: ChainId,
    request: CallRequest,
    origin: Address,
    isKept: boolean,
    assertWanted: () => void = () => undefined,
  ): Promise<RollupCallOutcome> {
    return await this.#attempt(async ({ evm, manager }) => {
      evm.enter(this.#block, createAddressFromString(origin));
      const port = manager.transactionPort(BATCH_CALL_GAS);
      const { visit, frame } = await this.#router.l2Call(rollup, request, port);
      assertWanted();
      return { visit, frame, l1Calls: port.calls, l1Failures: port.failures, crossed: this.#crossed };
    }, isKept);
  }

  /**
   * Plays calls on a rollup, each on what the ones before it left.
   * @throws what the first of them that cannot be played throws.
   */
  async rollupCalls(
    rollup: ChainId,
    requests: readonly CallRequest[],
    origin: Address,
  ): Promise<RollupCallOutcome[]> {
    const outcomes: RollupCallOutcome[] = [];
    for (const request of requests) outcomes.push(await this.#rollupCall(rollup, request, origin, true));
    return outcomes;
  }

  /**
   * Plays calls on L1, each on what the ones before it left.
   * @throws what the first of them that cannot be played throws.
   */
  async calls(requests: readonly CallRequest[]): Promise<TransactionOutcome[]> {
    const outcomes: TransactionOutcome[] = [];
    for (const request of requests) outcomes.push(await this.call(request));
    return outcomes;
  }

  /** Calls a rollup without changing anything, as an L1 contract's STATICCALL through a proxy would. */
  async view(call: { rollup: ChainId; sender: Address; target: Address; data: Hex }): Promise<CallResult> {
    return await this.#attempt(async ({ manager }) => {
      const port = manager.transactionPort(BATCH_CALL_GAS);
      return await this.#router.relay({ ...call, value: 0n, isStatic: true }, port);
    }, false);
  }

  /** Undoes everything the simulation did. */
  close(): void {
    this.#journal.unwind(0);
  }

  /** What comes now may be undone again, or kept. One mark at a time. */
  mark(): Mark {
    const { depth } = this.#journal;
    const forget = this.#recording.attempt();
    this.#journal.checkpoint(L1);
    return {
      undo: () => {
        this.#journal.unwind(depth);
        forget();
      },
      keep: () => {
        this.#journal.commit();
      },
    };
  }

  /**
   * Another simulation that goes on from here, between two transactions. Neither notices the other, and it
   * needs no visitor's place: its machines are its own.
   */
  aside(): Simulation {
    const input = this.#input;
    const machines = new Map([...input.machines].map(([id, machine]) => [id, machine.aside("here")]));
    const [source, ether] = [this.#state.frozen(), this.#ether.snapshot()];
    return new Simulation({ ...input, machines, source, ether });
  }

  /**
   * Leaves the rollups' machines to others, between two transactions: they are as if nothing had been
   * played.
   */
  leave(): void {
    const machines = [...this.#input.machines.values()];
    this.#parked = machines.map((machine) => machine.park());
  }

  /** Takes them up again, at the same head. */
  enter(): void {
    for (const back of this.#parked) back();
    this.#parked = [];
  }

  /**
   * Runs `play` so that it leaves nothing behind if it throws; again, when it turns out what has to be known
   * before.
   * @param isKept whether it leaves something behind if it succeeds.
   */
  async #attempt<Result>(
    work: (chain: L1Machine) => Promise<Result>,
    isKept = true,
    neededProxies: readonly MissingProxy[] = [],
  ): Promise<Result> {
    const { depth } = this.#journal;
    const forget = this.#recording.attempt();
    this.#journal.checkpoint(L1);
    const undo = (): void => {
      this.#journal.unwind(depth);
      forget();
    };
    try {
      // `postBatch` has created them.
      for (const { original, rollup } of neededProxies)
        await this.#during(({ manager }) => manager.createProxy(original, rollup));
      const result = await this.#during(work);
      if (!isKept) {
        undo();
        return result;
      }
      this.#journal.commit();
      return result;
    } catch (error) {
      undo();
      if (error instanceof SharedExecutionError) {
        this.#recording.separate(error.key);
        return await this.#attempt(work, isKept, neededProxies);
      }
      if (error instanceof MissingProxy) return await this.#attempt(work, isKept, [...neededProxies, error]);
      throw error;
    }
  }

  async #during<Result>(work: (chain: L1Machine) => Promise<Result>): Promise<Result> {
    const chain = this.#chain();
    const result = await work(chain);
    this.#spare = chain;
    return result;
  }

  /** Plays L1 code and gathers what came of it. */
  async #runL1Code(
    assertWanted: (outcome: TransactionOutcome) => void,
    run: (evm: InterceptingEvm) => Promise<{ result: EVMResult; gasUsed: bigint }>,
  ): Promise<TransactionOutcome> {
    return await this.#attempt(async ({ evm, frames }) => {
      const { triggers } = this.#recording;
      const { result, gasUsed } = await run(evm);
      const { exceptionError, returnValue, logs } = result.execResult;
      const success = exceptionError === undefined;
      const answers = success || exceptionError.error === EVMError.errorMessages.REVERT;
      const outcome = {
        success,
        data: answers ? bytesToHex(returnValue) : "0x",
        ...(success ? {} : { failure: exceptionError.error }),
        gasUsed,
        logs: (logs ?? []).map(([address, topics, data]) => ({
          address: bytesToHex(address),
          topics: topics.map((topic) => bytesToHex(topic)),
          data: bytesToHex(data),
        })),
        ...(result.createdAddress === undefined ? {} : { created: bytesToHex(result.createdAddress.bytes) }),
        trace: frames.roots[0],
        crossed: this.#crossed,
        accessed: evm.accessed,
        crossesChains: this.#recording.triggers > triggers,
      };
      assertWanted(outcome);
      return outcome;
    });
  }

  /** An EVM that is as new: warm sets and transient storage belong to one transaction. */
  #chain(): L1Machine {
    const chain = this.#spare ?? this.#makeChain();
    // Nothing is known of one that was left in the middle of something.
    this.#spare = undefined;
    chain.evm.reset(this.#journal);
    chain.frames.reset();
    // For what is played outside a transaction.
    chain.evm.enter(this.#block, createAddressFromString(this.#input.context.manager));
    this.#state.clearCaches();
    return chain;
  }

  #makeChain(): L1Machine {
    const { fork, context, proxies } = this.#input;
    const address = lowerCase(context.manager);
    const journal = this.#journal;
    const evm: InterceptingEvm = new InterceptingEvm({
      common: this.#common,
      state: this.#state,
      journal,
      blockchain: evmBlockchain(fork),
      manager: address,
      intercept: (message) => manager.intercept(message),
    });
    const frames = new FrameRecorder(evm);
    const manager = new SimulatedManager({
      evm,
      frames,
      state: this.#state,
      journal,
      manager: address,
      proxies,
      router: this.#router,
      registry: this.#registry,
    });
    return { evm, manager, frames };
  }
}
