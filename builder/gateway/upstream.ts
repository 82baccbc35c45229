import { z } from "zod";
import { L1RpcError, L1UnreachableError } from "../l1/client.ts";
import { Together } from "../l1/together.ts";
import type { Answer, RpcRequest } from "./json-rpc.ts";

const errorSchema = z.object({
  error: z.object({ code: z.number(), message: z.string(), data: z.unknown().optional() }),
});
const resultSchema = z.object({ result: z.unknown() });
const manySchema = z.array(z.looseObject({ id: z.number() }));

/** Characters of the longest transaction that travels with others. */
const MAX_SMALL = 10_000;

/** How long the node may take for a request, in milliseconds: tracing takes its time. */
const TIMEOUT = 120_000;

/** The L1 node behind a gateway. */
export class Upstream {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #together = new Together<RpcRequest, Answer>((requests) => this.#forwardAll(requests));

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
  async forward(request: RpcRequest): Promise<Answer> {
    return await (isSmall(request) ? this.#together.ask(request) : this.#forwardOne(request));
  }

  async #forwardOne(request: RpcRequest): Promise<Answer> {
    return answerOf(jsonOf(await this.#post(bodyOf(request, 1))));
  }

  #forwardAll(requests: readonly RpcRequest[]): Promise<Answer>[] {
    const [only, ...others] = requests;
    if (only === undefined || others.length === 0) return requests.map((each) => this.#forwardOne(each));
    const all = this.#post(`[${requests.map(bodyOf).join()}]`).then((text) => {
      const answers = manySchema.safeParse(jsonOf(text));
      return answers.success ? new Map(answers.data.map((each) => [each.id, each])) : undefined;
    });
    return requests.map(async (request, index) => {
      const answers = await all;
      // Some nodes take no batches: they have refused this one whole.
      return answers === undefined ? await this.#forwardOne(request) : answerOf(answers.get(index));
    });
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

/**
 * Transactions are small, and there may be very many: those that come while others are under way are passed
 * on together.
 */
function isSmall({ method, params: [first] }: RpcRequest): boolean {
  return method === "eth_sendRawTransaction" && typeof first === "string" && first.length <= MAX_SMALL;
}

function bodyOf({ method, params }: RpcRequest, id: number): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method, params });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new L1RpcError("its answer is not JSON-RPC", { cause });
  }
}

function answerOf(value: unknown): Answer {
  const isError = typeof value === "object" && value !== null && "error" in value && value.error !== null;
  const parsed = (isError ? errorSchema : resultSchema).safeParse(value);
  if (parsed.success) return parsed.data;
  throw new L1RpcError("its answer is not JSON-RPC", { cause: parsed.error });
}
