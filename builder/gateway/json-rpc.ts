import { isHex, type Hex } from "viem";
import { z } from "zod";
import { LockstepError } from "../protocol/errors.ts";

/** Codes of JSON-RPC 2.0, EIP-1474 and, for reverts, of what geth made customary. */
export const RpcCode = {
  PARSE_ERROR: -32700,
  INVALID_REQUEST: -32600,
  METHOD_NOT_FOUND: -32601,
  INVALID_PARAMS: -32602,
  INTERNAL: -32603,
  SERVER: -32000,
  REVERTED: 3,
} as const;

export interface RpcErrorObject {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** What a method answers: a result, or an error as it goes over the wire. */
export type Answer = { readonly result: unknown } | { readonly error: RpcErrorObject };

/** A request that was understood as JSON-RPC. */
export interface RpcRequest {
  /** Absent for a notification, which gets no answer. */
  readonly id?: number | string | null;
  readonly method: string;
  readonly params: readonly unknown[];
}

export const idSchema = z.union([z.number(), z.string(), z.null()]);
export const requestSchema = z.object({
  jsonrpc: z.literal("2.0"),
  id: idSchema.optional(),
  method: z.string().max(100),
  // Null is nothing. Ethereum's methods have no names for their parameters.
  params: z
    .array(z.unknown(), "parameters are given in an array, by their position")
    .nullish()
    .transform((params) => params ?? []),
});

/** Parameters of a method are not what it takes. */
export class InvalidParamsError extends LockstepError {
  constructor(reason: string) {
    super("INVALID_PARAMS", reason);
  }
}

/**
 * Checks parameters against the schema of a tuple; missing ones count as undefined.
 * @throws {InvalidParamsError}
 */
export function parseParams<Schema extends z.ZodType>(
  schema: Schema,
  params: readonly unknown[],
): z.output<Schema> {
  const parsed = schema.safeParse(params);
  if (parsed.success) return parsed.data;
  throw new InvalidParamsError(reasonOf(parsed.error));
}

/** The first thing that is wrong, with its place. */
export function reasonOf(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return "invalid";
  const place = issue.path.map(String).join(".");
  return place === "" ? issue.message : `${place}: ${issue.message}`;
}

function isErrorObject(value: unknown): value is RpcErrorObject {
  return typeof value === "object" && value !== null && "code" in value && "message" in value;
}

/**
 * An error as clients know it: revert data where viem and ethers look for it, else Lockstep's own code, where
 * it is explained, and when to try again if that helps.
 */
export function errorObject(error: unknown): RpcErrorObject {
  if (!(error instanceof LockstepError)) {
    return { code: RpcCode.INTERNAL, message: "internal error of the gateway; see its log" };
  }
  const { code, message, docs } = error;
  if ("answer" in error && isErrorObject(error.answer)) return error.answer;
  const data = "data" in error && isHex(error.data) ? error.data : undefined;
  if (data !== undefined) return { code: RpcCode.REVERTED, message, data };
  const number = code === "INVALID_PARAMS" ? RpcCode.INVALID_PARAMS : RpcCode.SERVER;
  const retry =
    "retryAfter" in error && typeof error.retryAfter === "number"
      ? { retryAfterSeconds: error.retryAfter }
      : {};
  return { code: number, message, data: { code, docs, ...retry } };
}

const bytes = z.string().refine((text) => isHex(text) && text.length % 2 === 0, "not bytes in hexadecimal");

/** Bytes of any length. */
export const bytesSchema = bytes.transform((text): Hex => `0x${text.slice(2)}`);
export const hashSchema = bytes
  .length(66, "not 32 bytes")
  .transform((text): Hex => `0x${text.slice(2).toLowerCase()}`);
export const addressSchema = bytes
  .length(42, "not an address")
  .transform((text): Hex => `0x${text.slice(2).toLowerCase()}`);
/** A block's number as the specification writes it: `0x0` is one, `0x00` is none. */
export const blockQuantitySchema = z
  .string()
  .regex(/^0x(0|[1-9a-fA-F][0-9a-fA-F]{0,63})$/, "not a block's number in hexadecimal")
  .transform((text) => BigInt(text));
/** A quantity; leading zeros are forgiven. */
export const quantitySchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,64}$/, "not a quantity in hexadecimal")
  .transform((text) => BigInt(text));
