import { type Address, type Hex, getAbiItem, toFunctionSelector } from "viem";
import { z } from "zod";
import { decodeRelay, type RelayCall } from "../../evm/relay-call.ts";
import { lowerCase } from "../../protocol/address.ts";
import { rollupsAbi } from "../../protocol/abi.ts";

/** A frame of L1 as the node's `callTracer` gives it; addresses in lower case. */
export interface L1Frame {
  readonly type: string;
  readonly from: Address;
  readonly to?: Address | undefined;
  readonly value?: Hex | undefined;
  readonly input: Hex;
  readonly error?: string | undefined;
  readonly calls: readonly L1Frame[];
  /** All of it as the node said it, but for its calls. */
  readonly raw: Readonly<Record<string, unknown>>;
}

const hex = z.templateLiteral(["0x", z.string()]);
const frameSchema = z.looseObject({
  type: z.string(),
  from: hex,
  to: hex.optional(),
  value: hex.optional(),
  input: hex.default("0x"),
  error: z.string().optional(),
  calls: z.array(z.unknown()).default([]),
});

/**
 * Reads a transaction's trace. Not by a schema of the whole: frames nest more deeply than one may recurse.
 * @returns nothing if it is none.
 */
export function parseL1Trace(trace: unknown): L1Frame | undefined {
  const roots: L1Frame[] = [];
  const waiting: { readonly value: unknown; readonly into: L1Frame[] }[] = [{ value: trace, into: roots }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const parsed = frameSchema.safeParse(next.value);
    if (!parsed.success) return undefined;
    const { calls: inner, ...raw } = parsed.data;
    const { type, from, to, value, input, error } = raw;
    const calls: L1Frame[] = [];
    const callee = to === undefined ? undefined : lowerCase(to);
    next.into.push({ type, from: lowerCase(from), to: callee, value, input, error, calls, raw });
    // Taken from the end, so that the first comes first.
    waiting.push(...inner.map((each) => ({ value: each, into: calls })).toReversed());
  }
  return roots[0];
}

const RUN_TRANSACTION = toFunctionSelector(getAbiItem({ abi: rollupsAbi, name: "runTransaction" }));

/**
 * The call that leaves L1 in this frame, if one does.
 * @param manager address of `Rollups`, lower case.
 */
export function relayOf({ type, to, input }: L1Frame, manager: Address): RelayCall | undefined {
  const isCall = type === "CALL" || type === "STATICCALL";
  return isCall && to === manager ? decodeRelay(input) : undefined;
}

/** Whether `Rollups` plays a transaction that was signed for a rollup in this frame. */
export function isTransactionFrame({ from, to, input }: L1Frame, manager: Address): boolean {
  return from === manager && to === manager && input.startsWith(RUN_TRANSACTION);
}

/**
 * The calls that `Rollups` makes for rollups in this frame and not in frames of L1 code that it calls: frames
 * that it opened in order to undo them belong to it.
 */
export function callsForRollups({ calls }: L1Frame, manager: Address): L1Frame[] {
  return calls.flatMap((frame) => {
    if (frame.from !== manager) return [];
    if (frame.to === manager) return callsForRollups(frame, manager);
    return frame.type === "CALL" || frame.type === "STATICCALL" ? [frame] : [];
  });
}
