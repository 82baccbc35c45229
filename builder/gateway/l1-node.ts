import { type Hex, isHex, toFunctionSelector } from "viem";
import type { z } from "zod";
import { revertMessage } from "../evm/revert-reason.ts";
import { LockstepError } from "../protocol/errors.ts";
import { rollupsAbi } from "../protocol/abi.ts";
import { HistoricalStateError } from "./block-errors.ts";
import { CALLS_FIRST } from "./call-request.ts";
import {
  type Answer,
  errorObject,
  InvalidParamsError,
  type RpcErrorObject,
  RpcCode,
  type RpcRequest,
} from "./json-rpc.ts";
import type { Upstream } from "./upstream.ts";

/** Where methods take a block. */
const BLOCK_AT: ReadonlyMap<string, number> = new Map([
  ["eth_call", 1],
  ["eth_createAccessList", 1],
  ["eth_estimateGas", 1],
  ["eth_getBalance", 1],
  ["eth_getCode", 1],
  ["eth_getProof", 2],
  ["eth_getStorageAt", 2],
  ["eth_getStorageValues", 1],
  ["eth_getTransactionCount", 1],
]);
const BLOCK = /^(0x[0-9a-fA-F]+|earliest|safe|finalized|latest|pending)$/;
/** Methods that are told last whether to show whole transactions. */
const WHOLE_AT: ReadonlySet<string> = new Set(["eth_getBlockByHash", "eth_getBlockByNumber"]);
/** Methods that take a call or transaction first. */
const TAKES_CALL: ReadonlySet<string> = new Set([...CALLS_FIRST, "debug_traceCall"]);

/** A request in the form that every node takes. */
function normalised({ method, params }: RpcRequest): RpcRequest {
  const given = [...params];
  const blockAt = BLOCK_AT.get(method);
  if (blockAt !== undefined && method === "eth_getProof" && given.length === blockAt) given.push("latest");
  if (blockAt !== undefined) given[blockAt] = blockOf(given[blockAt], blockAt);
  if (WHOLE_AT.has(method) && given.length === 1) given.push(false);
  if (method === "eth_getProof" && Array.isArray(given[1])) given[1] = given[1].map(wordOf);
  if (TAKES_CALL.has(method)) given[0] = callOf(given[0]);
  while (given.length > params.length && given.at(-1) === undefined) given.pop();
  return { method, params: given };
}

/**
 * Some nodes take a block's hash in an object only (EIP-1898), and some answer what is no block as if they
 * had no such method.
 */
function blockOf(block: unknown, place: number): unknown {
  if (typeof block === "string" && !BLOCK.test(block))
    throw new InvalidParamsError(`${place}: neither a block's name, number nor hash`);
  return typeof block === "string" && block.length === 66 && isHex(block) ? { blockHash: block } : block;
}

/** Some nodes take whole words only. */
function wordOf(slot: unknown): unknown {
  return typeof slot === "string" && /^0x[0-9a-fA-F]{0,64}$/.test(slot)
    ? `0x${slot.slice(2).padStart(64, "0")}`
    : slot;
}

/**
 * `data` and `input` are the same: some nodes refuse both at once, and some know only the first. Null is
 * nothing.
 */
function callOf(call: unknown): unknown {
  if (typeof call !== "object" || call === null || Array.isArray(call)) return call;
  const { input, ...fields }: Record<string, unknown> = Object.fromEntries(
    Object.entries(call).filter(([, value]) => value !== null),
  );
  return input === undefined || fields.data !== undefined ? fields : { ...fields, data: input };
}

const NOT_THERE: ReadonlySet<number> = new Set([RpcCode.METHOD_NOT_FOUND, -32004]);

/** The L1 node as clients of the gateway see it: in the specification's forms, codes and words. */
export class L1Node {
  readonly #upstream: Upstream;

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
  }

  /** Passes a request on. */
  async answer(request: RpcRequest): Promise<Answer> {
    const answer = await this.#upstream.forward(normalised(request));
    return "error" in answer ? { error: inStandardWords(request.method, answer.error) } : answer;
  }

  /** Passes a request on, unless the node does not have the method: then `fill` answers. */
  async answerOr(request: RpcRequest, fill: () => Promise<Answer>): Promise<Answer> {
    const answer = await this.answer(request);
    const lacks = "error" in answer && answer.error.code === RpcCode.METHOD_NOT_FOUND;
    return lacks ? await fill() : answer;
  }

  /** A result that the node gives. Its error is the answer's. */
  async ask<Schema extends z.ZodType>(
    schema: Schema,
    method: string,
    params: readonly unknown[],
  ): Promise<z.output<Schema>> {
    const answer = await this.answer({ method, params });
    if ("error" in answer) throw new NodeRefusedError(answer.error);
    return schema.parse(answer.result);
  }
}

/** The node's own error, which is passed on as it is. */
export class NodeRefusedError extends LockstepError {
  readonly answer: RpcErrorObject;

  constructor(answer: RpcErrorObject) {
    super("L1_REFUSED", answer.message);
    this.answer = answer;
  }
}

const NOT_FOUND_SELECTOR = executionNotFound();

function inStandardWords(method: string, error: RpcErrorObject): RpcErrorObject {
  if (NOT_THERE.has(error.code))
    return { code: RpcCode.METHOD_NOT_FOUND, message: `the L1 node has no method ${method}` };
  const data = revertDataOf(error.data);
  if (data === undefined || (error.code !== RpcCode.REVERTED && error.code !== RpcCode.INTERNAL))
    return error;
  // A call that leaves L1 has no answer in a block that is not simulated.
  if (data.startsWith(NOT_FOUND_SELECTOR))
    return errorObject(
      new HistoricalStateError("execution reverted: rollups answer calls from L1's latest block only"),
    );
  return { code: RpcCode.REVERTED, message: revertMessage(data), data };
}

/** Nodes of some developers wrap it. */
function revertDataOf(data: unknown): Hex | undefined {
  if (isHex(data)) return data;
  return typeof data === "object" && data !== null && "data" in data && isHex(data.data)
    ? data.data
    : undefined;
}

function executionNotFound(): Hex {
  const item = rollupsAbi.find((each) => each.type === "error" && each.name === "ExecutionNotFound");
  if (item?.type !== "error") throw new TypeError("ExecutionNotFound is no error of Rollups");
  return toFunctionSelector(`${item.name}(${item.inputs.map(({ type }) => type).join(",")})`);
}
