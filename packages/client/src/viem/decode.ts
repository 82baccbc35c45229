import {
  type Abi,
  decodeErrorResult,
  type DecodeErrorResultReturnType,
  decodeEventLog,
  type DecodeEventLogReturnType,
  decodeFunctionData,
  type DecodeFunctionDataReturnType,
  decodeFunctionResult,
  type Hex,
  size,
  slice,
  toFunctionSelector,
} from "viem";
import type { Frame } from "../answers/frame.ts";
import type { EmittedEvent } from "../answers/simulation.ts";
import { crossChainErrorsAbi } from "../protocol/abi.ts";
import { orUndefined } from "../words/or-undefined.ts";

/** An error that a call reverted with: the contract's own, Solidity's, or one of Lockstep's. */
export type DecodedRevert<abi extends Abi = Abi> =
  DecodeErrorResultReturnType<abi> | DecodeErrorResultReturnType<typeof crossChainErrorsAbi>;

/** A frame, with what the ABI at hand says of it. */
export type DecodedFrame<abi extends Abi = Abi> = Omit<Frame, "calls"> & {
  /** Function and arguments; undefined if the ABI does not have it. */
  readonly call: DecodeFunctionDataReturnType<abi> | undefined;
  /** What the function returned, as viem's `readContract` would say it. */
  readonly result: unknown;
  /** The error that it reverted with; undefined if it did not, or the ABI does not have it. */
  readonly revert: DecodedRevert<abi> | undefined;
  readonly calls: readonly DecodedFrame<abi>[];
};

/** An event, with what the ABI at hand says of it. */
export type DecodedEvent<abi extends Abi = Abi> = EmittedEvent & {
  readonly event: DecodeEventLogReturnType<abi> | undefined;
};

/** The frame and all below it, decoded. */
export function decodeFrame<const abi extends Abi>(frame: Frame, abi: abi): DecodedFrame<abi> {
  const { input, output, error, type } = frame;
  const isCall = !type.startsWith("CREATE");
  return {
    ...frame,
    call: isCall ? orUndefined(() => decodeFunctionData({ abi, data: input })) : undefined,
    result: isCall && error === undefined ? resultOf(abi, input, output) : undefined,
    revert: error === undefined ? undefined : decodeRevert(output, abi),
    calls: frame.calls.map((call) => decodeFrame(call, abi)),
  };
}

/** What revert data says, by an ABI and by Lockstep's own errors. */
export function decodeRevert<const abi extends Abi>(data: Hex, abi: abi): DecodedRevert<abi> | undefined {
  return (
    orUndefined(() => decodeErrorResult({ abi, data })) ??
    orUndefined(() => decodeErrorResult({ abi: crossChainErrorsAbi, data }))
  );
}

export function decodeEvent<const abi extends Abi>(emitted: EmittedEvent, abi: abi): DecodedEvent<abi> {
  const [signature, ...indexed] = emitted.topics;
  if (signature === undefined) return { ...emitted, event: undefined };
  const { data } = emitted;
  return {
    ...emitted,
    event: orUndefined(() => decodeEventLog({ abi, data, topics: [signature, ...indexed] })),
  };
}

function resultOf(abi: Abi, input: Hex, data: Hex): unknown {
  if (size(input) < 4) return undefined;
  const selector = slice(input, 0, 4);
  const item = abi.find((each) => each.type === "function" && toFunctionSelector(each) === selector);
  if (item?.type !== "function") return undefined;
  return orUndefined(() => decodeFunctionResult({ abi: [item], functionName: item.name, data }));
}
