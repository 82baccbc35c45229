import type { Logger } from "pino";
import { z } from "zod";
import { LockstepError } from "../protocol/errors.ts";
import { readBody, UnreadableBodyError } from "./body.ts";
import {
  type Answer,
  errorObject,
  idSchema,
  reasonOf,
  RpcCode,
  type RpcRequest,
  requestSchema,
} from "./json-rpc.ts";
import type { Handler } from "./service.ts";

/** Most requests in one batch. */
const MAX_BATCH = 1000;

const identified = z.object({ id: idSchema });

export type Reply = { readonly jsonrpc: "2.0"; readonly id: number | string | null } & Answer;

/**
 * Answers what one HTTP body or one WebSocket message holds.
 * @returns nothing if there were only notifications.
 */
export async function answerBody(
  body: Uint8Array,
  handler: Handler,
  log?: Logger,
): Promise<Reply | Reply[] | undefined> {
  let parsed: unknown;
  try {
    parsed = readBody(body);
  } catch (error) {
    if (!(error instanceof UnreadableBodyError)) throw error;
    return failure(RpcCode.PARSE_ERROR, error.message);
  }
  if (!Array.isArray(parsed)) return await answerOne(parsed, handler, log);
  if (parsed.length === 0) return failure(RpcCode.INVALID_REQUEST, "the batch is empty");
  if (parsed.length > MAX_BATCH) {
    return failure(
      RpcCode.INVALID_REQUEST,
      `the batch holds ${parsed.length.toString()} requests; ${MAX_BATCH.toString()} are allowed`,
    );
  }
  const replies: Reply[] = [];
  // One after the other, so that transactions of one sender are taken in their order.
  for (const each of parsed) {
    const reply = await answerOne(each, handler, log);
    if (reply !== undefined) replies.push(reply);
  }
  return replies.length === 0 ? undefined : replies;
}

async function answerOne(value: unknown, handler: Handler, log?: Logger): Promise<Reply | undefined> {
  const request = requestSchema.safeParse(value);
  if (!request.success) {
    const reason = `not a JSON-RPC request: ${reasonOf(request.error)}`;
    return failure(RpcCode.INVALID_REQUEST, reason, idOf(value));
  }
  const { id } = request.data;
  const answer = await answerSafely(request.data, handler, log);
  return id === undefined ? undefined : { jsonrpc: "2.0", id, ...answer };
}

async function answerSafely(request: RpcRequest, handler: Handler, log?: Logger): Promise<Answer> {
  try {
    return await handler(request);
  } catch (error) {
    if (!(error instanceof LockstepError))
      log?.error({ err: error, method: request.method }, "request failed");
    return { error: errorObject(error) };
  }
}

export function failure(code: number, message: string, id: Reply["id"] = null): Reply {
  return { jsonrpc: "2.0", id, error: { code, message } };
}

/** The id of what is no request otherwise, if it has one: clients find by it what is answered. */
function idOf(value: unknown): Reply["id"] {
  return identified.catch({ id: null }).parse(value).id;
}
