import { isAddress, isHex } from "viem";
import { z } from "zod";
import type { CallFrame } from "../evm/call-frame.ts";
import type { L1Client } from "./client.ts";

const bytes = z.custom<`0x${string}`>((value) => isHex(value), "not hexadecimal");
const address = z.custom<`0x${string}`>(
  (value) => typeof value === "string" && isAddress(value, { strict: false }),
  "not an address",
);
const quantity = bytes.transform(BigInt);

const frame: z.ZodType<CallFrame> = z.lazy(() =>
  z.object({
    type: z.enum(["CALL", "STATICCALL", "DELEGATECALL", "CALLCODE", "CREATE", "CREATE2"]),
    from: address,
    to: address.optional(),
    value: quantity.default(0n),
    gas: quantity,
    gasUsed: quantity,
    input: bytes,
    output: bytes.default("0x"),
    error: z.string().optional(),
    calls: z.array(frame).default([]),
  }),
);

/**
 * What a node's `callTracer` answered.
 * @throws when it is none of its frames.
 */
export function parseCallFrame(answer: unknown): CallFrame {
  return frame.parse(answer);
}

/**
 * The frames of a transaction in a block.
 * @param deep false: the outermost alone.
 */
export async function traceTransaction(l1: L1Client, hash: `0x${string}`, deep: boolean): Promise<CallFrame> {
  const options = { tracer: "callTracer", tracerConfig: { onlyTopCall: !deep } };
  const answer = await l1.request<{ Parameters: unknown[]; ReturnType: unknown }>({
    method: "debug_traceTransaction",
    params: [hash, options],
  });
  return parseCallFrame(answer);
}
