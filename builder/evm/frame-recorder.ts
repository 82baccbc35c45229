import { type EVM, EVMError, type EVMResult, type Message } from "@ethereumjs/evm";
import { bytesToHex } from "viem";
import type { ChainId } from "../protocol/ids.ts";
import type { CallFrame } from "./call-frame.ts";

/** Records the frames of one EVM as `callTracer` shows them. */
export class FrameRecorder {
  #roots: CallFrame[] = [];
  #open: CallFrame[] = [];
  #isHidden = false;

  constructor(evm: EVM) {
    evm.events.on("beforeMessage", (message) => this.#enter(message));
    evm.events.on("afterMessage", (result) => this.#leave(result));
  }

  /**
   * The outermost frames, in order. Those of an EVM that is entered again while it is suspended are roots of
   * their own.
   */
  get roots(): readonly CallFrame[] {
    return this.#roots;
  }

  /** Begins anew. */
  reset(): void {
    this.#roots = [];
    this.#open = [];
  }

  /**
   * The next frame is a root, although others are open.
   * @returns what has to be called when it has ended.
   */
  nest(): () => void {
    const outer = this.#open;
    this.#open = [];
    return () => (this.#open = outer);
  }

  /** Frames of `work` are not recorded. */
  async hide<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#isHidden = true;
    try {
      return await work();
    } finally {
      this.#isHidden = false;
    }
  }

  /** The innermost frame is where a call leaves for another chain. */
  cross(to: ChainId, action: number): void {
    const frame = this.#open.at(-1);
    if (frame !== undefined) frame.crossing = { to, action };
  }

  #enter(message: Message): void {
    if (this.#isHidden) return;
    const frame: CallFrame = {
      type: typeOf(message),
      from: bytesToHex(message.caller.bytes),
      ...(message.to === undefined ? {} : { to: bytesToHex(message.codeAddress.bytes) }),
      value: message.delegatecall ? 0n : message.value,
      gas: message.gasLimit,
      gasUsed: 0n,
      input: bytesToHex(message.data),
      output: "0x",
      calls: [],
    };
    (this.#open.at(-1)?.calls ?? this.#roots).push(frame);
    this.#open.push(frame);
  }

  #leave({ execResult, createdAddress }: EVMResult): void {
    const frame = this.#isHidden ? undefined : this.#open.pop();
    if (frame === undefined) return;
    frame.gasUsed = execResult.executionGasUsed;
    const error = execResult.exceptionError;
    if (error === undefined || error.error === EVMError.errorMessages.REVERT)
      frame.output = bytesToHex(execResult.returnValue);
    if (error !== undefined) frame.error = error.error;
    if (createdAddress !== undefined) frame.to = bytesToHex(createdAddress.bytes);
  }
}

function typeOf(message: Message): CallFrame["type"] {
  if (message.to === undefined) return message.salt === undefined ? "CREATE" : "CREATE2";
  if (message.delegatecall) return "DELEGATECALL";
  return message.isStatic ? "STATICCALL" : "CALL";
}
