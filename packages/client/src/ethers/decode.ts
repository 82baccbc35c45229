import {
  type ErrorDescription,
  Interface,
  type InterfaceAbi,
  type LogDescription,
  type Result,
  type TransactionDescription,
} from "ethers";
import type { Frame } from "../answers/frame.ts";
import type { EmittedEvent } from "../answers/simulation.ts";
import { crossChainErrorsAbi } from "../protocol/abi.ts";
import { orUndefined } from "../words/or-undefined.ts";

/** A frame, with what the ABI at hand says of it. */
export type DecodedFrame = Omit<Frame, "calls"> & {
  /** Function and arguments; undefined if the ABI does not have it. */
  readonly call: TransactionDescription | undefined;
  /** What the function returned. */
  readonly result: Result | undefined;
  /** The error that it reverted with; undefined if it did not, or the ABI does not have it. */
  readonly revert: ErrorDescription | undefined;
  readonly calls: readonly DecodedFrame[];
};

/** An event, with what the ABI at hand says of it. */
export type DecodedEvent = EmittedEvent & { readonly event: LogDescription | undefined };

const ours = new Interface(crossChainErrorsAbi);

/** Decodes by an ABI, and errors by Lockstep's own besides. */
export class Decoder {
  readonly #abi: Interface;

  constructor(abi: InterfaceAbi) {
    this.#abi = Interface.from(abi);
  }

  frame(frame: Frame): DecodedFrame {
    const { input, output, error, type, value } = frame;
    const call = type.startsWith("CREATE")
      ? undefined
      : orUndefined(() => this.#abi.parseTransaction({ data: input, value }));
    return {
      ...frame,
      call,
      result: call !== undefined && error === undefined ? this.result(input, output) : undefined,
      revert: error === undefined ? undefined : this.revert(output),
      calls: frame.calls.map((each) => this.frame(each)),
    };
  }

  /** What a call returned. */
  result(input: string, data: string): Result | undefined {
    return orUndefined(() => {
      const found = this.#abi.getFunction(input.slice(0, 10));
      return found && this.#abi.decodeFunctionResult(found, data);
    });
  }

  revert(data: string): ErrorDescription | undefined {
    return orUndefined(() => this.#abi.parseError(data)) ?? orUndefined(() => ours.parseError(data));
  }

  event(emitted: EmittedEvent): DecodedEvent {
    return { ...emitted, event: orUndefined(() => this.#abi.parseLog(emitted)) };
  }
}
