import type { EvmLog } from "../../../evm/logs.ts";
import type { Block } from "@ethereumjs/block";
import type { Common } from "@ethereumjs/common";
import { EVMError, type EVMResult, type ExecResult, type Log, Message } from "@ethereumjs/evm";
import { Capability, type TypedTransaction } from "@ethereumjs/tx";
import { createAddressFromString, EthereumJSError } from "@ethereumjs/util";
import { createVM, runTx, type RunTxResult } from "@ethereumjs/vm";
import { type Address, bytesToHex, type Hex, hexToBytes, numberToHex, size } from "viem";
import { TRANSACTION_STATUS } from "../../../../circuits/bus/transaction-fields.ts";
import { InterceptingEvm } from "../../../evm/intercepting-evm.ts";
import type { CallRequest } from "../../../evm/call-request.ts";
import type { CallFrame } from "../../../evm/call-frame.ts";
import { FrameRecorder } from "../../../evm/frame-recorder.ts";
import { handOver, inheritedFrom } from "../../../evm/hand-over.ts";
import type { Journal } from "../../../evm/journal.ts";
import { transactionOf } from "../../../evm/signed-bytes.ts";
import type { StateSource } from "../../../evm/state-source.ts";
import { overrideBlock } from "../../../evm/overrides.ts";
import { runUnsignedCall } from "../../../evm/unsigned-call.ts";
import { decodeRelay, type RelayCall } from "../../../evm/relay-call.ts";
import { type Action, ActionKind, callAction, resultAction, revertAction } from "../../../protocol/action.ts";
import { type ChainId, L1 } from "../../../protocol/ids.ts";
import { InvalidL2TransactionError, UnexpectedDeliveryError } from "../../errors.ts";
import { decodeTransaction } from "../../../proving/bus/transaction.ts";
import type { BatchContext } from "../../kind.ts";
import { applyCheat, countCheat, nextCheat } from "../cheats/apply.ts";
import { isCheat } from "../cheats/envelope.ts";
import { unsignedTransaction, withSender } from "../cheats/impersonation.ts";
import { NO_BLOCKCHAIN, OPERATION_GAS, rollupBlock, rollupCommon } from "./environment.ts";
import { OperationStack } from "./operation-stack.ts";
import { ProxyDirectory } from "./proxy-directory.ts";
import { RollupState } from "./rollup-state.ts";
import type { BlockState } from "../state-types.ts";
import { SYSTEM, SYSTEM_ADDRESS } from "../system.ts";
import { TouchLog } from "./touch-log.ts";

export interface VisitInterpreterOptions {
  readonly rollup: ChainId;
  readonly context: BatchContext;
  /** The rollup's state before the visit. */
  readonly source: StateSource;
  readonly journal: Journal;
  /** The block in which the visit happens. */
  readonly block: BlockState;
  /** The rollup was registered for tests: transactions may be cheats (docs/spec.md section 9). */
  readonly cheats?: boolean | undefined;
}

/**
 * Gas of leaving the rollup and coming back, and for each byte of data that does (docs/spec.md section 7).
 */
const CROSSING_GAS = 5_000n;
const CROSSING_GAS_PER_BYTE = 24n;
/** Gas that a transaction's call can have for the callee on L1, at most. */
export const MAX_CALL_GAS = 8_000_000n;

/** What one incoming action did. */
export interface OperationOutcome {
  readonly success: boolean;
  readonly output: Hex;
  readonly gasUsed: bigint;
  readonly created?: Address;
}

/** What the rollup does next. */
export interface VisitStep {
  readonly action: Action;
  /** The action closes the visit. */
  readonly ended: boolean;
  /** The frame that the action which came in has opened, if it is a CALL or L2TX. */
  readonly entered?: CallFrame | undefined;
  /** The frame in which the action leaves, if it is a CALL. */
  readonly left?: CallFrame | undefined;
}

type Settle = (action: Action) => void;

/** An outgoing action that waits for its answer. */
interface Waiting {
  readonly from: ChainId;
  readonly kind: ActionKind;
  readonly settle: Settle;
  /** Events of operations that came while it waited. */
  readonly logs: Log[];
  /** The call that waits. */
  readonly message?: Message;
}

/**
 * Runs one visit of an EVM rollup (docs/spec.md section 7), action by action: an EVM that is suspended
 * wherever a call leaves the rollup, and goes on with the action that comes back. What it does is a function
 * of the state before, of the batch and of the actions that come in alone.
 */
export class VisitInterpreter {
  readonly state: RollupState;
  /** What the visit read of the state before it. */
  readonly touched: TouchLog;
  readonly #rollup: ChainId;
  readonly #l1ChainId: bigint;
  readonly #cheats: boolean;
  #journal: Journal;
  readonly #common: Common;
  #block: Block;
  /** The block of the visit before a call said what to take it for. */
  #ownBlock: Block;
  #blockState: BlockState;
  readonly #evm: InterceptingEvm;
  readonly #frames: FrameRecorder;
  readonly #proxies: ProxyDirectory;
  readonly #operations: OperationStack;
  #actions: Action[] = [];
  #logs: Log[] = [];
  /** Outgoing calls and REVERTs that wait for an answer, the innermost last. */
  #waiting: Waiting[] = [];
  /** Takes the next action of the rollup, or what went wrong. */
  #delivery: { readonly resolve: Settle; readonly reject: (reason: unknown) => void } | undefined;
  /** The frame in which the latest call left. */
  #left: CallFrame | undefined;
  #first: OperationOutcome | undefined;
  #refusal: InvalidL2TransactionError | undefined;

  constructor({ rollup, context, source, journal, block, cheats = false }: VisitInterpreterOptions) {
    this.#rollup = rollup;
    this.#l1ChainId = context.l1ChainId;
    this.#cheats = cheats;
    this.#journal = journal;
    this.#common = rollupCommon(rollup, context);
    this.#block = rollupBlock(block, this.#common);
    this.#ownBlock = this.#block;
    this.#blockState = block;
    this.touched = new TouchLog(source);
    this.#operations = new OperationStack(async (number) => {
      await this.#emit(revertAction(rollup, number), ActionKind.REVERT_CONTINUE);
    });
    this.state = new RollupState({ chain: rollup, source: this.touched, journal }, this.#operations);
    this.#evm = new InterceptingEvm({
      common: this.#common,
      state: this.state,
      journal,
      blockchain: NO_BLOCKCHAIN,
      manager: SYSTEM,
      intercept: (message) => this.#intercept(message),
    });
    this.#noteAccesses();
    // For what the machine asks the system contract before an operation has a caller.
    this.#evm.enter(this.#block, SYSTEM_ADDRESS);
    this.#frames = new FrameRecorder(this.#evm);
    this.#proxies = new ProxyDirectory(this.#evm, this.state, this.#frames);
  }

  /** Has slots noted that are accessed, whether they are read or not. */
  #noteAccesses(): void {
    const { journal } = this.#evm;
    const warm = journal.addWarmedStorage.bind(journal);
    journal.addWarmedStorage = (address, slot) => {
      this.touched.accessed(bytesToHex(address), bytesToHex(slot));
      warm(address, slot);
    };
  }

  /** Begins another visit, on what the source now says: making an EVM takes longer than most visits. */
  reset(journal: Journal, block: BlockState): void {
    this.#journal = journal;
    this.#enterBlock(block);
    this.touched.reset();
    this.state.reset(journal);
    this.#operations.reset();
    this.#frames.reset();
    this.#evm.reset(journal);
    this.#evm.enter(this.#block, SYSTEM_ADDRESS);
    this.#actions = [];
    this.#logs = [];
    this.#waiting = [];
    this.#delivery = undefined;
    this.#left = undefined;
    this.#first = undefined;
    this.#refusal = undefined;
  }

  /** Visits of one batch share their block, and making it takes as long as a short visit. */
  #enterBlock(block: BlockState): void {
    const { number, timestamp } = this.#blockState;
    if (block.number !== number || block.timestamp !== timestamp) {
      this.#ownBlock = rollupBlock(block, this.#common);
      this.#blockState = block;
    }
    this.#block = this.#ownBlock;
  }

  /** Every action in or out so far, in order; what was undone included. */
  get actions(): readonly Action[] {
    return this.#actions;
  }

  /** Frames of each incoming CALL and L2TX. */
  get operations(): readonly CallFrame[] {
    return this.#frames.roots;
  }

  /** Events of the whole visit, in the order of emission. */
  get logs(): readonly EvmLog[] {
    return this.#logs.map(([address, topics, data]) => ({
      address: bytesToHex(address),
      topics: topics.map((topic) => bytesToHex(topic)),
      data: bytesToHex(data),
    }));
  }

  /** Why the L2TX is invalid, once the visit has ended, if it is: then it failed, and nothing was done. */
  get refusal(): InvalidL2TransactionError | undefined {
    return this.#refusal;
  }

  /** What the first incoming action did, once the visit has ended. */
  get outcome(): OperationOutcome | undefined {
    return this.#first;
  }

  /**
   * Hands over an action and gives what the rollup does next.
   * @throws {UnexpectedDeliveryError}, or what a caller of the journal throws.
   */
  async deliver(action: Action): Promise<VisitStep> {
    return await this.#next(action, () => this.#start(action));
  }

  /**
   * Begins a visit with an unsigned call, as `eth_call` plays it.
   * @param trigger an L2TX that stands for it.
   */
  async call(trigger: Action, request: CallRequest): Promise<VisitStep> {
    if (request.block !== undefined) {
      this.#block = overrideBlock(this.#ownBlock, request.block, this.#common);
      this.#evm.enter(this.#block, SYSTEM_ADDRESS);
    }
    return await this.#next(trigger, () => {
      this.#operate(undefined, async () => {
        const { state } = this;
        // The levels that a transaction has around its frame.
        await state.checkpoint();
        await state.checkpoint();
        const chain = { evm: this.#evm, state, common: this.#common, block: this.#block };
        const { result, gasUsed } = await runUnsignedCall(chain, request);
        await state.commit();
        await state.commit();
        return this.#concludeTransaction(trigger, result, gasUsed);
      });
    });
  }

  async #next(action: Action, start: () => void): Promise<VisitStep> {
    this.#actions.push(action);
    const begins = action.kind === ActionKind.CALL || action.kind === ActionKind.L2TX;
    const operations = this.#frames.roots.length;
    const next = await new Promise<Action>((resolve, reject) => {
      this.#delivery = { resolve, reject };
      start();
    });
    this.#actions.push(next);
    return {
      action: next,
      ended: this.#operations.depth === 0,
      entered: begins ? this.#frames.roots[operations] : undefined,
      left: next.kind === ActionKind.CALL ? this.#left : undefined,
    };
  }

  #start(action: Action): void {
    if (action.kind === ActionKind.CALL) {
      this.#operate(action.gas, () => this.#call(action));
      return;
    }
    if (action.kind === ActionKind.L2TX) {
      this.#operate(undefined, () => this.#transaction(action));
      return;
    }
    const waiting = this.#waiting.pop();
    if (waiting?.kind !== action.kind || waiting.from !== action.from)
      throw new UnexpectedDeliveryError(
        `an action of kind ${action.kind} that rollup ${this.#rollup} does not wait for`,
      );
    waiting.settle(action);
  }

  /**
   * Runs an operation beside the caller, who waits for the rollup's next action only.
   * @param gas that its CALL brings for callees on L1.
   */
  #operate(gas: number | undefined, run: () => Promise<OperationResult>): void {
    const unnest = this.#frames.nest();
    this.#operations.begin(gas);
    run().then(
      ({ result, outcome }) => {
        this.#operations.end();
        unnest();
        if (this.#operations.depth === 0) this.#first = outcome;
        this.#delivery?.resolve(result);
      },
      (error: unknown) => {
        this.#operations.abandon();
        this.#delivery?.reject(error);
      },
    );
  }

  /** Sends an action out and waits for what answers it. */
  #emit(action: Action, answer: ActionKind, logs: Log[] = [], message?: Message): Promise<Action> {
    return new Promise((settle) => {
      this.#waiting.push({
        from: action.to,
        kind: answer,
        settle,
        logs,
        ...(message === undefined ? {} : { message }),
      });
      this.#delivery?.resolve(action);
    });
  }

  // ---------------------------------------------------------------------------------------- incoming actions

  async #call(action: Action): Promise<OperationResult> {
    const { from, sender, target, value, isStatic, data } = action;
    const outer = this.#operations.depth === 1 ? undefined : this.#waiting.at(-1)?.message;
    if (outer === undefined) this.#warmInitial();
    await this.state.checkpoint();
    // Even if the call is static: code that looks at the message's sender sees what is there in every other
    // call.
    const proxy = createAddressFromString(await this.#proxies.ensure(sender, from));
    const to = createAddressFromString(target);
    // As a caller and its callee are.
    for (const { bytes } of [proxy, to]) this.#evm.journal.addWarmedAddress(bytes);
    if (value > 0n) {
      const account = await this.state.getAccount(proxy);
      await this.state.modifyAccountFields(proxy, { balance: (account?.balance ?? 0n) + value });
    }
    const isOfItsOwn = outer === undefined || (isStatic && from === L1);
    const leave = isOfItsOwn ? this.#evm.enter(this.#block, proxy) : undefined;
    const message = new Message({
      caller: proxy,
      to,
      value,
      data: hexToBytes(data),
      gasLimit: OPERATION_GAS,
      depth: 1,
      isStatic,
      ...inheritedFrom(outer),
    });
    const { execResult } = await this.#evm.runCall({ message });
    leave?.();
    const error = execResult.exceptionError;
    // A static call leaves nothing, not even warm accounts: a frame that made it and reverts does not have it
    // undone.
    if (error === undefined && !isStatic) {
      if (outer === undefined) await this.#destroy(message);
      else handOver(this.#journal, outer, message, execResult);
      await this.state.commit();
    } else await this.state.revert();
    this.#keepLogs(execResult);
    const answers = error === undefined || error.error === EVMError.errorMessages.REVERT;
    const output = answers ? bytesToHex(execResult.returnValue) : "0x";
    return {
      result: resultAction({ from: this.#rollup, to: from, failed: error !== undefined, data: output }),
      outcome: { success: error === undefined, output, gasUsed: execResult.executionGasUsed },
    };
  }

  async #transaction(action: Action): Promise<OperationResult> {
    try {
      if (this.#cheats && isCheat(action.data)) return await this.#cheat(action);
      const tx = decodeRollupTransaction(action.data, this.#common);
      const result = await this.#runTransaction(tx, this.state);
      return this.#concludeTransaction(action, result, result.totalGasSpent);
    } catch (error) {
      if (!(error instanceof InvalidL2TransactionError)) throw error;
      this.#refusal = error;
      await this.#noteSigner(action.data);
      return {
        result: resultAction({ from: this.#rollup, to: action.from, failed: true, data: "0x" }),
        outcome: { success: false, output: "0x", gasUsed: 0n },
      };
    }
  }

  /**
   * Has the signer noted of a transaction that is invalid for what does not stand in the state: a proof that
   * it is looks at all conditions.
   */
  async #noteSigner(data: Hex): Promise<void> {
    const decoded = decodeTransaction(hexToBytes(data), this.#common.chainId());
    if (decoded.status !== TRANSACTION_STATUS.valid) return;
    await this.touched.account(numberToHex(decoded.fields.signer, { size: 20 }));
  }

  /** @throws {InvalidL2TransactionError} with nothing done. */
  async #cheat(action: Action): Promise<OperationResult> {
    const { state } = this;
    const chain = { state, chainId: this.#common.chainId(), l1ChainId: this.#l1ChainId };
    const { cheat } = await nextCheat(action.data, chain);
    if (cheat.do === "transact") {
      const sender = createAddressFromString(cheat.sender);
      const tx = unsignedTransaction(cheat, this.#common);
      const result = await this.#runTransaction(tx, withSender(state, sender));
      await countCheat(state);
      return this.#concludeTransaction(action, result, result.totalGasSpent);
    }
    await applyCheat(state, cheat);
    await countCheat(state);
    return {
      result: resultAction({ from: this.#rollup, to: action.from, failed: false, data: "0x01" }),
      outcome: { success: true, output: "0x", gasUsed: 0n },
    };
  }

  /** @throws {InvalidL2TransactionError} with nothing done. */
  async #runTransaction(tx: TypedTransaction, stateManager: RollupState): Promise<RunTxResult> {
    const vm = await createVM({ common: this.#common, stateManager, evm: this.#evm });
    return await runTx(vm, { tx, block: this.#block }).catch((error: unknown) => {
      // What has begun to run was valid.
      if (!(error instanceof EthereumJSError) || this.#frames.roots.length > 0) throw error;
      throw new InvalidL2TransactionError(error.message, { cause: error });
    });
  }

  #concludeTransaction(
    action: Action,
    { execResult, createdAddress }: EVMResult,
    gasUsed: bigint,
  ): OperationResult {
    const error = execResult.exceptionError;
    const success = error === undefined;
    this.#keepLogs(execResult);
    const answers = success || error.error === EVMError.errorMessages.REVERT;
    return {
      result: resultAction({
        from: this.#rollup,
        to: action.from,
        failed: false,
        data: success ? "0x01" : "0x00",
      }),
      outcome: {
        success,
        output: answers ? bytesToHex(execResult.returnValue) : "0x",
        gasUsed,
        ...(createdAddress === undefined ? {} : { created: bytesToHex(createdAddress.bytes) }),
      },
    };
  }

  /** What is warm in every visit; a transaction does it itself. */
  #warmInitial(): void {
    const { journal, precompiles } = this.#evm;
    for (const precompile of precompiles.keys()) journal.addAlwaysWarmAddress(precompile);
    journal.addAlwaysWarmAddress(this.#block.header.coinbase.toString());
  }

  /** Accounts that were created and destroyed in a visit that a call began; a transaction does it itself. */
  async #destroy({ selfdestruct, createdAddresses }: Message): Promise<void> {
    for (const [account] of selfdestruct ?? []) {
      if (createdAddresses?.has(account) !== true) continue;
      await this.state.deleteAccount(createAddressFromString(account));
    }
  }

  /**
   * Keeps an operation's events. Those of one that entered the rollup again come out of the frame in which
   * the rollup waited: so they stand where they were emitted, and go when a frame around it reverts.
   */
  #keepLogs({ logs = [], exceptionError }: ExecResult): void {
    if (exceptionError !== undefined) return;
    const kept = this.#operations.depth === 1 ? this.#logs : (this.#waiting.at(-1)?.logs ?? []);
    const before = kept.length;
    kept.push(...logs);
    this.#journal.record(() => (kept.length = before));
  }

  // ------------------------------------------------------------------------------------------ outgoing calls

  /**
   * How to play a message to the system contract that is a genuine `relay`; nothing if its code has to answer
   * it.
   */
  async #intercept(message: Message): Promise<(() => Promise<ExecResult>) | undefined> {
    const call = decodeRelay(bytesToHex(message.data));
    if (call === undefined || call.chain === this.#rollup) return undefined;
    const proxy = await this.#proxies.addressOf(call.target, call.chain);
    if (bytesToHex(message.caller.bytes) !== proxy) return undefined;
    return () => this.#leave(call, message);
  }

  async #leave({ chain, target, sender, data }: RelayCall, message: Message): Promise<ExecResult> {
    const { value, isStatic, gasLimit } = message;
    const cost = (bytes: Hex): bigint => BigInt(size(bytes)) * CROSSING_GAS_PER_BYTE;
    const before = CROSSING_GAS + cost(data);
    if (gasLimit < before || value >= 1n << 128n) return outOfGas(gasLimit);
    this.#frames.cross(chain, this.#actions.length);
    this.#left = this.#frames.innermost;
    this.#operations.called(isStatic);
    const logs: Log[] = [];
    const gas = this.#operations.gas ?? callGas(gasLimit - before);
    const call = callAction({ from: this.#rollup, to: chain, sender, target, value, isStatic, gas, data });
    const answer = await this.#emit(call, ActionKind.RESULT, logs, message);
    if (answer.failed && !isStatic) this.#operations.undone();
    const spent = before + cost(answer.data);
    if (gasLimit < spent) return outOfGas(gasLimit);
    const result = { executionGasUsed: spent, returnValue: hexToBytes(answer.data), logs };
    if (answer.failed) return { ...result, exceptionError: new EVMError(EVMError.errorMessages.REVERT) };
    if (value > 0n) {
      const account = await this.state.getAccount(SYSTEM_ADDRESS);
      await this.state.modifyAccountFields(SYSTEM_ADDRESS, { balance: (account?.balance ?? 0n) - value });
    }
    return result;
  }
}

interface OperationResult {
  readonly result: Action;
  readonly outcome: OperationOutcome;
}

/**
 * What a transaction's call has for the callee on L1: what is left to it, for that is what was signed for. 0
 * would leave it open.
 */
function callGas(left: bigint): number {
  if (left > MAX_CALL_GAS) return Number(MAX_CALL_GAS);
  return left === 0n ? 1 : Number(left);
}

/**
 * The transaction in an L2TX's data.
 * @throws {InvalidL2TransactionError}
 */
export function decodeRollupTransaction(data: Hex, common: Common): TypedTransaction {
  let tx: TypedTransaction;
  try {
    tx = transactionOf(data, common);
  } catch (cause) {
    throw new InvalidL2TransactionError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
  if (tx.type === 3) throw new InvalidL2TransactionError("rollups take no blobs (transaction type 3)");
  if (!tx.isSigned()) throw new InvalidL2TransactionError("it is not signed");
  if (tx.type === 0 && !tx.supports(Capability.EIP155ReplayProtection))
    throw new InvalidL2TransactionError("its signature is for every chain (EIP-155 is required)");
  // RLP has one form for everything; other bytes that decode to the same are none.
  if (bytesToHex(tx.serialize()) !== data.toLowerCase())
    throw new InvalidL2TransactionError("it is not encoded as it has to be");
  return tx;
}

function outOfGas(gasLimit: bigint): ExecResult {
  return {
    executionGasUsed: gasLimit,
    returnValue: new Uint8Array(),
    exceptionError: new EVMError(EVMError.errorMessages.OUT_OF_GAS),
  };
}
