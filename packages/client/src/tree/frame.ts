import type { TraceFrame } from "../rpc-types.ts";

const HEX = /^0x[0-9a-fA-F]*$/;
const QUANTITY = /^0x[0-9a-fA-F]{1,64}$/;
const ADDRESS = /^0x[0-9a-fA-F]{40}$/;

/** Frames of a tree that are looked at. */
const MOST_FRAMES = 100_000;

/** Fields of a frame, and what they have to be if they are there. */
const FIELDS: Readonly<Record<string, { readonly form?: RegExp; readonly isNeeded?: boolean }>> = {
  chain: { form: QUANTITY, isNeeded: true },
  type: { isNeeded: true },
  from: { form: ADDRESS, isNeeded: true },
  to: { form: ADDRESS },
  value: { form: QUANTITY },
  gas: { form: QUANTITY, isNeeded: true },
  gasUsed: { form: QUANTITY, isNeeded: true },
  input: { form: HEX, isNeeded: true },
  output: { form: HEX },
  error: {},
  revertReason: {},
  crossing: { form: QUANTITY },
  missing: {},
  warning: {},
};

/**
 * Whether an answer is a tree of frames as `lockstep_traceTransaction` gives it. A node may answer anything;
 * the tree may be as deep as the EVM goes, and is walked without recursion.
 */
export function isTraceFrame(found: unknown): found is TraceFrame {
  const waiting: unknown[] = [found];
  let count = 0;
  for (let frame = waiting.pop(); waiting.length > 0 || frame !== undefined; frame = waiting.pop()) {
    if (!isRecord(frame) || count++ > MOST_FRAMES) return false;
    for (const [name, { form, isNeeded = false }] of Object.entries(FIELDS)) {
      const field = frame[name];
      if (field === undefined && !isNeeded) continue;
      if (typeof field !== "string" || form?.test(field) === false) return false;
    }
    const { calls } = frame;
    if (calls === undefined) continue;
    if (!Array.isArray(calls) || calls.length > MOST_FRAMES) return false;
    for (const call of calls) waiting.push(call ?? null);
  }
  return count > 0;
}

function isRecord(found: unknown): found is Readonly<Record<string, unknown>> {
  return typeof found === "object" && found !== null;
}
