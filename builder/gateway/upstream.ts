import { z } from "zod";
import { L1RpcError, L1UnreachableError } from "../l1/client.ts";
import type { Answer, RpcRequest } from "./json-rpc.ts";

const answerSchema = z.union([
  z.object({ error: z.object({ code: z.number(), message: z.string(), data: z.unknown().optional() }) }),
  z.object({ result: z.unknown() }),
]);

/** How long the node may take for a request, in milliseconds: tracing takes its time. */
const TIMEOUT = 120_000;

/** The L1 node behind a gateway. */
export class Upstream {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(url: string) {
    const { username, password } = new URL(url);
    const bare = new URL(url);
    bare.username = bare.password = "";
    this.#url = bare.href;
    // Requests to addresses that hold a password are refused by `fetch`.
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    const authorization = `Basic ${Buffer.from(credentials).toString("base64")}`;
    this.#headers = {
      "content-type": "application/json",
      ...(username === "" && password === "" ? {} : { authorization }),
    };
  }

  /**
   * Passes a request on as it is and its answer, error or not, back as it is.
   * @throws {L1UnreachableError}
   */
  async forward({ method, params }: RpcRequest): Promise<Answer> {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const text = await this.#post(body);
    try {
      return answerSchema.parse(JSON.parse(text));
    } catch (cause) {
      throw new L1RpcError("its answer is not JSON-RPC", { cause });
    }
  }

  /**
   * Asks the node itself.
   * @throws {L1RpcError} when it refuses or answers with something else, {L1UnreachableError}
   */
  async ask<Schema extends z.ZodType>(
    schema: Schema,
    method: string,
    params: readonly unknown[],
  ): Promise<z.output<Schema>> {
    const answer = await this.forward({ method, params });
    if ("error" in answer) throw new L1RpcError(`${method}: ${answer.error.message}`);
    const parsed = schema.safeParse(answer.result);
    if (!parsed.success) throw new L1RpcError(`${method} gives something else`, { cause: parsed.error });
    return parsed.data;
  }

  async #post(body: string): Promise<string> {
    try {
      const signal = AbortSignal.timeout(TIMEOUT);
      const response = await fetch(this.#url, { method: "POST", headers: this.#headers, body, signal });
      return await response.text();
    } catch (cause) {
      throw new L1UnreachableError(this.#url, { cause });
    }
  }
}
