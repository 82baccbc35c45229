import { z } from "zod";
import type { CallFrame } from "../../../evm/call-frame.ts";
import { address, bytes, chain, integer } from "./schemas.ts";

/**
 * Frames in a list, each with the place of the frame that it is in: a nest of a thousand levels is no text to
 * recurse into.
 */
const flatFrame = z.object({
  in: z.number().int().nonnegative().optional(),
  type: z.enum(["CALL", "STATICCALL", "DELEGATECALL", "CALLCODE", "CREATE", "CREATE2"]),
  from: address,
  to: address.optional(),
  value: integer,
  gas: integer,
  gasUsed: integer,
  input: bytes,
  output: bytes,
  error: z.string().optional(),
  crossing: z.object({ to: chain, action: z.number().int().nonnegative() }).optional(),
  noCode: z.literal(true).optional(),
});
export const flatFrames = z.array(flatFrame);

type FlatFrame = z.infer<typeof flatFrame>;

/** @param roots frames of a visit's operations. */
export function flatten(roots: readonly CallFrame[]): FlatFrame[] {
  const flat: FlatFrame[] = [];
  const waiting: { readonly frame: CallFrame; readonly parent?: number }[] = roots
    .map((frame) => ({ frame }))
    .toReversed();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { calls, ...own } = next.frame;
    const parent = flat.length;
    flat.push({ ...own, ...(next.parent === undefined ? {} : { in: next.parent }) });
    waiting.push(...calls.map((frame) => ({ frame, parent })).toReversed());
  }
  return flat;
}

export function unflatten(flat: readonly FlatFrame[]): CallFrame[] {
  const roots: CallFrame[] = [];
  const frames: CallFrame[] = [];
  for (const { in: parent, to, error, crossing, noCode, ...own } of flat) {
    const frame: CallFrame = {
      ...own,
      ...(to === undefined ? {} : { to }),
      ...(error === undefined ? {} : { error }),
      ...(crossing === undefined ? {} : { crossing }),
      ...(noCode === undefined ? {} : { noCode }),
      calls: [],
    };
    frames.push(frame);
    (parent === undefined ? roots : (frames[parent]?.calls ?? roots)).push(frame);
  }
  return roots;
}
