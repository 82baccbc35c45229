import { type Hex, isAddress, isHex } from "viem";
import { z } from "zod";
import type { CallFrame, FrameType } from "../evm/call-frame.ts";
import { lowerCase } from "../protocol/address.ts";
import { type L1Client, L1RpcError } from "./client.ts";

/**
 * A frame of L1 as a node's `callTracer` tells it; SELFDESTRUCT has one there. Addresses are in lower case.
 */
export interface L1Frame extends CallFrame<FrameType | "SELFDESTRUCT"> {
  readonly calls: L1Frame[];
  /** All of it as the node said it, but for its calls. */
  readonly raw: Readonly<Record<string, unknown>>;
}

const bytes = z.custom<Hex>((value) => isHex(value), "not hexadecimal");
const quantity = bytes.refine((value) => value !== "0x", "no number").transform(BigInt);
const address = z
  .custom<Hex>((value) => typeof value === "string" && isAddress(value, { strict: false }), "not an address")
  .transform(lowerCase);

// Nodes leave out what says nothing.
const frameSchema = z.looseObject({
  type: z.enum(["CALL", "STATICCALL", "DELEGATECALL", "CALLCODE", "CREATE", "CREATE2", "SELFDESTRUCT"]),
  from: address,
  to: address.optional(),
  value: quantity.default(0n),
  gas: quantity.default(0n),
  gasUsed: quantity.default(0n),
  input: bytes.default("0x"),
  output: bytes.default("0x"),
  error: z.string().optional(),
  calls: z.array(z.unknown()).default([]),
});

/**
 * Reads what a node's `callTracer` answered. Not by a schema of the whole: frames nest more deeply than one
 * may recurse.
 * @returns nothing if it is no tree of frames.
 */
export function parseCallTrace(answer: unknown): L1Frame | undefined {
  const roots: L1Frame[] = [];
  const waiting: { readonly value: unknown; readonly into: L1Frame[] }[] = [{ value: answer, into: roots }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const parsed = frameSchema.safeParse(next.value);
    if (!parsed.success) return undefined;
    const { type, from, to, value, gas, gasUsed, input, output, error, calls: inner } = parsed.data;
    const calls: L1Frame[] = [];
    next.into.push({
      type,
      from,
      ...(to === undefined ? {} : { to }),
      value,
      gas,
      gasUsed,
      input,
      output,
      ...(error === undefined ? {} : { error }),
      calls,
      raw: withoutCalls(next.value),
    });
    // Taken from the end, so that the first comes first.
    waiting.push(...inner.map((each) => ({ value: each, into: calls })).toReversed());
  }
  return roots[0];
}

/**
 * The frames of a transaction in a block.
 * @param deep false: the outermost alone.
 * @throws {L1RpcError} when the node tells none, and what the client throws.
 */
export async function traceTransaction(l1: L1Client, hash: Hex, deep: boolean): Promise<L1Frame> {
  const options = { tracer: "callTracer", tracerConfig: { onlyTopCall: !deep } };
  return await askForTrace(l1, "debug_traceTransaction", [hash, options]);
}

/**
 * Asks a node for frames.
 * @param params with `callTracer` as the tracer.
 * @throws {L1RpcError} when the node tells none, and what the client throws.
 */
export async function askForTrace(l1: L1Client, method: string, params: unknown[]): Promise<L1Frame> {
  const answer = await l1.request<{ Parameters: unknown[]; ReturnType: unknown }>({ method, params });
  return frameOf(answer, method);
}

/**
 * The frames that a node answered.
 * @throws {L1RpcError} when there are none.
 */
export function frameOf(answer: unknown, method: string): L1Frame {
  const frame = parseCallTrace(answer);
  if (frame === undefined) throw new L1RpcError(`${method} gives no frames`);
  return frame;
}

function withoutCalls(frame: unknown): Readonly<Record<string, unknown>> {
  if (typeof frame !== "object" || frame === null) return {};
  return Object.fromEntries(Object.entries(frame).filter(([name]) => name !== "calls"));
}
