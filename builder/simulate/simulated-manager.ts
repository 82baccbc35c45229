import { EVMError, type ExecResult, Message } from "@ethereumjs/evm";
import { createAddressFromString } from "@ethereumjs/util";
import {
  type Address,
  bytesToHex,
  concatHex,
  decodeFunctionData,
  encodeFunctionData,
  type Hex,
  hexToBytes,
  numberToHex,
  toFunctionSelector,
  getAbiItem,
} from "viem";
import { rollupsAbi } from "../protocol/abi.ts";
import type { Action } from "../protocol/action.ts";
import { gasToGive } from "../protocol/call-gas.ts";
import { type ChainId, chainId } from "../protocol/ids.ts";
import { revertDataOnL1 } from "../protocol/remote-error.ts";
import type { InterceptingEvm } from "../evm/intercepting-evm.ts";
import type { FrameRecorder } from "../evm/frame-recorder.ts";
import { handOver, inheritedFrom } from "../evm/hand-over.ts";
import { dataGas, RELAY_GAS, TURN_GAS } from "./gas.ts";
import type { Journal } from "../evm/journal.ts";
import type { JournaledState } from "../evm/journaled-state.ts";
import { decodeRelay } from "../evm/relay-call.ts";
import { lowerCase } from "../protocol/address.ts";
import type { ProxyAddresses } from "./proxy-addresses.ts";
import type { Registry } from "./registry.ts";
import { SimulationRefusedError } from "./refusal.ts";
import type { CallResult, EntryResult, L1Port, RelayedCall, CrossChainRouter } from "./cross-chain-router.ts";

const ROLLUP_OF_SELECTOR = toFunctionSelector(getAbiItem({ abi: rollupsAbi, name: "rollupOf" }));

export interface SimulatedManagerOptions {
  readonly evm: InterceptingEvm;
  /** Of that EVM. */
  readonly frames: FrameRecorder;
  readonly state: JournaledState;
  readonly journal: Journal;
  /** Address of `Rollups`, lower case. */
  readonly manager: Address;
  readonly proxies: ProxyAddresses;
  readonly router: CrossChainRouter;
  readonly registry: Registry;
}

/**
 * A static call is made from a proxy that is not there: `postBatch` creates it, so it is there from the
 * start.
 */
export class MissingProxy extends Error {
  readonly original: Address;
  readonly rollup: ChainId;

  constructor(original: Address, rollup: ChainId) {
    super(`a static call needs the proxy of ${original} on rollup ${rollup}`);
    this.original = original;
    this.rollup = rollup;
  }
}

/** More than creating a proxy takes. */
const CREATION_GAS = 10_000_000n;

/** L1 for one L2 transaction. */
export interface TransactionPort extends L1Port {
  /** Calls to L1 so far, and how many of them failed. */
  readonly calls: number;
  readonly failures: number;
}

/** Gas, logs and created accounts of one frame of the manager's. */
interface ManagerFrame {
  readonly message: Message;
  gasLeft: bigint;
  logs: NonNullable<ExecResult["logs"]>;
}

/** The manager's part between L1's EVM and the router: what `relay` and the calls it makes do on L1. */
export class SimulatedManager {
  readonly #options: SimulatedManagerOptions;
  /** The manager's own code answers `rollupOf` now. */
  #asksManager = false;

  constructor(options: SimulatedManagerOptions) {
    this.#options = options;
  }

  /**
   * How to play a message to the manager that is a genuine `relay`, or `rollupOf`; nothing if its code
   * answers it.
   */
  async intercept(message: Message): Promise<(() => Promise<ExecResult>) | undefined> {
    const data = bytesToHex(message.data);
    if (data.startsWith(ROLLUP_OF_SELECTOR) && !this.#asksManager) return () => this.#rollupOf(message);
    const call = decodeRelay(data);
    if (call === undefined) return undefined;
    const { chain: rollup, ...rest } = call;
    const proxy = await this.#options.proxies.addressOf(call.target, rollup);
    if (bytesToHex(message.caller.bytes) !== proxy) return undefined;
    const { value, isStatic } = message;
    return () => this.#relay({ ...rest, rollup, value, isStatic }, message);
  }

  /**
   * L1 as it is called for an L2 transaction: each callee gets the gas that its call says.
   * @param budget gas that a batch can spend on the transaction's L1 calls in all.
   */
  transactionPort(budget: bigint): TransactionPort {
    let left = budget;
    const port = {
      calls: 0,
      failures: 0,
      call: async (action: Action) => {
        const needed = gasToGive(action.gas) + dataGas(action.data);
        if (needed > left) {
          const reason = `an L1 call made for an L2 transaction may take ${needed} gas, but a batch has no more than ${left} for it`;
          throw new SimulationRefusedError("OUTGOING_CALL_TOO_EXPENSIVE", reason);
        }
        // Where the call leaves it open, as in a view of a rollup by L1, there is no more than this.
        const gasLimit = action.gas === 0 ? left : needed + CREATION_GAS;
        const frame = this.#outermost(gasLimit);
        const result = await this.#call(action, frame);
        left -= gasLimit - frame.gasLeft;
        port.calls++;
        if (result.failed) port.failures++;
        return result;
      },
    };
    return port;
  }

  /** The manager's answer, with what the simulation has changed. */
  async #rollupOf(message: Message): Promise<ExecResult> {
    const frame: ManagerFrame = { message, gasLeft: message.gasLimit, logs: [] };
    const data = bytesToHex(message.data);
    this.#asksManager = true;
    const call = { to: this.#options.manager, value: message.value, data, isStatic: true };
    const answer = await this.#run(frame, call).finally(() => (this.#asksManager = false));
    const executionGasUsed = message.gasLimit - frame.gasLeft;
    if (answer.failed) {
      const exceptionError = new EVMError(EVMError.errorMessages.REVERT);
      return { executionGasUsed, returnValue: hexToBytes(answer.data), exceptionError };
    }
    const { args } = decodeFunctionData({ abi: [getAbiItem({ abi: rollupsAbi, name: "rollupOf" })], data });
    const returned = this.#options.registry.rollupOf(chainId(args[0]), answer.data);
    return { executionGasUsed, returnValue: hexToBytes(returned) };
  }

  async #relay(call: RelayedCall, message: Message): Promise<ExecResult> {
    const frame: ManagerFrame = { message, gasLeft: message.gasLimit, logs: [] };
    spend(frame, RELAY_GAS + dataGas(call.data));
    const port: L1Port = {
      call: async (action) => {
        spend(frame, TURN_GAS + dataGas(action.data));
        return await this.#call(action, frame);
      },
    };
    const left = this.#options.frames.innermost;
    const result = await this.#options.router.relay({ ...call, frame: left }, port);
    const data = result.failed ? revertDataOnL1(result.data) : result.data;
    spend(frame, dataGas(data));
    return {
      executionGasUsed: message.gasLimit - frame.gasLeft,
      returnValue: hexToBytes(data),
      logs: frame.logs,
      ...(result.failed ? { exceptionError: new EVMError(EVMError.errorMessages.REVERT) } : {}),
    };
  }

  /** The manager calls the proxy of the action's sender, which calls the target. */
  async #call(action: Action, frame: ManagerFrame): Promise<EntryResult> {
    if (lowerCase(action.target) === this.#options.manager) {
      const message = `rollup ${action.from} would call Rollups itself`;
      throw new SimulationRefusedError("CALL_TO_MANAGER", message);
    }
    const proxy = await this.#options.proxies.addressOf(action.sender, action.from);
    if ((await this.#options.state.getCodeSize(createAddressFromString(proxy))) === 0) {
      if (frame.message.isStatic || action.isStatic) throw new MissingProxy(action.sender, action.from);
      await this.#createProxy(action.sender, action.from, frame);
    }
    const { gas } = action;
    const needed = gas === 0 ? 0n : gasToGive(gas);
    if (frame.gasLeft < needed) throw insufficientGas(needed, frame.gasLeft);
    const data = concatHex([action.target, numberToHex(gas, { size: 4 }), action.data]);
    const isStatic = frame.message.isStatic || action.isStatic;
    const entered = this.#options.frames.next();
    const result = await this.#run(frame, { to: proxy, value: action.value, data, isStatic });
    return { ...result, frame: entered() };
  }

  /** Creates a proxy as `postBatch` does, outside any call. */
  async createProxy(original: Address, rollup: ChainId): Promise<void> {
    await this.#createProxy(original, rollup, this.#outermost(CREATION_GAS));
  }

  async #createProxy(original: Address, rollup: ChainId, frame: ManagerFrame): Promise<void> {
    const data = encodeFunctionData({
      abi: rollupsAbi,
      functionName: "createProxy",
      args: [original, rollup],
    });
    const { failed } = await this.#run(frame, {
      to: this.#options.manager,
      value: 0n,
      data,
      isStatic: false,
    });
    if (failed) {
      const message = `Rollups does not create the proxy of ${original} on rollup ${rollup}`;
      throw new SimulationRefusedError("INSUFFICIENT_GAS", message);
    }
  }

  /** A frame of the manager's that nothing is around. */
  #outermost(gasLimit: bigint): ManagerFrame {
    const manager = createAddressFromString(this.#options.manager);
    // Refunds of the posting transaction are not known here; the call must not run out of them.
    const gasRefund = 1n << 64n;
    const message = new Message({
      caller: manager,
      to: manager,
      gasLimit,
      depth: 1,
      gasRefund,
      selfdestruct: new Map(),
      createdAddresses: new Set(),
    });
    return { message, gasLeft: gasLimit, logs: [] };
  }

  async #run(
    frame: ManagerFrame,
    call: { to: Address; value: bigint; data: Hex; isStatic: boolean },
  ): Promise<CallResult> {
    const { message } = frame;
    const nested = new Message({
      caller: createAddressFromString(this.#options.manager),
      to: createAddressFromString(call.to),
      value: call.value,
      data: hexToBytes(call.data),
      // EIP-150: a frame keeps a 64th of its gas.
      gasLimit: frame.gasLeft - frame.gasLeft / 64n,
      depth: message.depth + 1,
      isStatic: call.isStatic,
      ...(message.blobVersionedHashes === undefined
        ? {}
        : { blobVersionedHashes: message.blobVersionedHashes }),
      ...inheritedFrom(message),
    });
    const { execResult } = await this.#options.evm.runCall({ message: nested });
    frame.gasLeft -= execResult.executionGasUsed;
    const error = execResult.exceptionError;
    if (error === undefined) {
      // A rollup's frame that reverts undoes the call, but not this frame.
      const { journal } = this.#options;
      handOver(journal, message, nested, execResult);
      const before = frame.logs.length;
      frame.logs.push(...(execResult.logs ?? []));
      journal.record(() => (frame.logs.length = before));
    }
    const answers = error === undefined || error.error === EVMError.errorMessages.REVERT;
    return { failed: error !== undefined, data: answers ? bytesToHex(execResult.returnValue) : "0x" };
  }
}

/**
 * @throws {SimulationRefusedError} `INSUFFICIENT_GAS`: on L1 the call might just succeed, or fail half way.
 */
function spend(frame: ManagerFrame, gas: bigint): void {
  if (frame.gasLeft < gas) {
    throw insufficientGas(gas, frame.gasLeft);
  }
  frame.gasLeft -= gas;
}

function insufficientGas(needed: bigint, left: bigint): SimulationRefusedError {
  const message = `the cross-chain call may need ${needed} gas, but only ${left} is left; give the transaction more`;
  return new SimulationRefusedError("INSUFFICIENT_GAS", message);
}
