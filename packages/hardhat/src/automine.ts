import { setTimeout as sleep } from "node:timers/promises";
import type { JsonRpcRequest, JsonRpcResponse } from "hardhat/types/providers";

/** Milliseconds between two questions what became of a transaction. */
const POLLING = 10;
const SENDING = new Set(["eth_sendTransaction", "eth_sendRawTransaction"]);
const WAITING = new Set(["queued", "proving", "retrying", "pending"]);
/** What nodes answer for a transaction that they refuse. */
const REFUSED = -32003;

type Ask = (request: JsonRpcRequest) => Promise<JsonRpcResponse>;

/**
 * As tests expect of Hardhat's own network: where blocks are made for each transaction, one that was sent is
 * in a block, or the request fails and says why. Lockstep's gateways answer as soon as they accept it.
 */
export class Automine {
  #isOn = true;

  async request(request: JsonRpcRequest, ask: Ask): Promise<JsonRpcResponse> {
    const response = await ask(request);
    if ("error" in response) return response;
    if (request.method === "evm_setAutomine") this.#isOn = first(request.params) !== false;
    if (!this.#isOn || !SENDING.has(request.method)) return response;
    for (;;) {
      const status = await statusOf(response.result, request, ask);
      if (status?.state === "failed") return failureOf(request, status);
      if (status === undefined || !WAITING.has(status.state)) return response;
      await sleep(POLLING);
    }
  }
}

interface Status {
  readonly state: string;
  readonly reason: unknown;
  readonly code: unknown;
  readonly data: unknown;
}

async function statusOf(hash: unknown, request: JsonRpcRequest, ask: Ask): Promise<Status | undefined> {
  const { params: _params, ...rest } = request;
  const answer = await ask({ ...rest, method: "lockstep_transactionStatus", params: [hash] });
  if ("error" in answer || typeof answer.result !== "object" || answer.result === null) return undefined;
  const { state, reason, code, data }: Partial<Record<keyof Status, unknown>> = answer.result;
  return { state: String(state), reason, code, data };
}

function failureOf({ jsonrpc, id }: JsonRpcRequest, { reason, code, data }: Status): JsonRpcResponse {
  return { jsonrpc, id, error: { code: REFUSED, message: `${String(reason)} (${String(code)})`, data } };
}

function first(params: JsonRpcRequest["params"]): unknown {
  return Array.isArray(params) ? params[0] : undefined;
}
