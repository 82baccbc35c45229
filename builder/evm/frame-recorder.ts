import { type EVM, EVMError, type EVMResult, type Message } from "@ethereumjs/evm";
import { bytesToHex } from "viem";
import type { ChainId } from "../protocol/ids.ts";
import type { CallFrame } from "./call-frame.ts";
import { keepLogs } from "./frame-logs.ts";

/** A frame that has not ended, and what it runs. */
interface OpenFrame {
  readonly frame: CallFrame;
  readonly message: Message;
}

/** Records the frames of one EVM as `callTracer` shows them. */
export class FrameRecorder {
  #roots: CallFrame[] = [];
  #open: OpenFrame[] = [];
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

  /** The innermost frame that has not ended. */
  get innermost(): CallFrame | undefined {
    return this.#open.at(-1)?.frame;
  }

  /** The innermost frame is where a call leaves for another chain. */
  cross(to: ChainId, action: number): void {
    const frame = this.innermost;
    if (frame !== undefined) frame.crossing = { to, action };
  }

  /** @returns what gives the frame that begins next inside the innermost one, once it has begun. */
  next(): () => CallFrame | undefined {
    const siblings = this.innermost?.calls ?? this.#roots;
    const place = siblings.length;
    return () => siblings[place];
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
    (this.innermost?.calls ?? this.#roots).push(frame);
    this.#open.push({ frame, message });
  }

  #leave({ execResult, createdAddress }: EVMResult): void {
    const open = this.#isHidden ? undefined : this.#open.pop();
    if (open === undefined) return;
    const { frame, message } = open;
    frame.gasUsed = execResult.executionGasUsed;
    const error = execResult.exceptionError;
    if (error === undefined || error.error === EVMError.errorMessages.REVERT)
      frame.output = bytesToHex(execResult.returnValue);
    if (error !== undefined) frame.error = error.error;
    else keepLogs(frame, execResult.logs ?? []);
    // What is precompiled has a function for its code.
    if (message.to !== undefined && message.code instanceof Uint8Array && message.code.length === 0)
      frame.noCode = true;
    if (createdAddress !== undefined) frame.to = bytesToHex(createdAddress.bytes);
  }
}

function typeOf(message: Message): CallFrame["type"] {
  if (message.to === undefined) return message.salt === undefined ? "CREATE" : "CREATE2";
  if (message.delegatecall) return "DELEGATECALL";
  return message.isStatic ? "STATICCALL" : "CALL";
}
