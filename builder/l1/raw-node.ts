import { Agent as PlainAgent, type ClientRequest, type IncomingMessage, request as plain } from "node:http";
import { Agent as SecureAgent, request as secure } from "node:https";
import type { Socket } from "node:net";
import { z } from "zod";
import { L1RpcError, L1UnreachableError } from "./client.ts";

/** A request as it goes to the node. */
export interface RawRequest {
  readonly method: string;
  readonly params: readonly unknown[];
}

const errorSchema = z.object({
  code: z.number(),
  message: z.string(),
  data: z.unknown().optional(),
});

/** What the node answers: a result, or an error as it says it. */
export type RawAnswer = { readonly result: unknown } | { readonly error: z.output<typeof errorSchema> };

/** How long the node may take for a request, in milliseconds: tracing takes its time. */
const TIMEOUT = 120_000;

/**
 * For how long a connection that nothing goes through is used again, in milliseconds: much shorter than nodes
 * keep it, for one that the node closes just then loses what is sent.
 */
const IDLE = 1_000;

/**
 * The L1 node without a client in between, for what comes in great numbers: `fetch`, with its streams and its
 * headers' checks, takes more of the processor than all else that is done to pass a transaction on.
 */
export class RawNode {
  readonly #url: URL;
  readonly #agent: PlainAgent;
  /** When something came through these last. */
  readonly #used = new WeakMap<Socket, number>();
  readonly #open: (answered: (response: IncomingMessage) => void) => ClientRequest;

  constructor(url: string) {
    const bare = new URL(url);
    const { username, password } = bare;
    bare.username = bare.password = "";
    this.#url = bare;
    const headers = { "content-type": "application/json" };
    const options = {
      method: "POST",
      headers,
      timeout: TIMEOUT,
      ...(username === "" && password === ""
        ? {}
        : { auth: `${decodeURIComponent(username)}:${decodeURIComponent(password)}` }),
    };
    const isSecure = bare.protocol === "https:";
    const agent = new (isSecure ? SecureAgent : PlainAgent)({ keepAlive: true });
    this.#agent = agent;
    this.#open = (answered) => (isSecure ? secure : plain)(bare, { ...options, agent }, answered);
  }

  /**
   * Passes a request on as it is and its answer, error or not, back as it is.
   * @throws {L1UnreachableError}, {L1RpcError} for an answer that is not JSON-RPC
   */
  async ask(request: RawRequest): Promise<RawAnswer> {
    return answerOf(jsonOf(await this.#post(bodyOf(request, 1))));
  }

  /**
   * Passes requests on in one body. A node that takes no such body is asked one by one.
   * @returns an answer for each, in their order.
   */
  askAll(requests: readonly RawRequest[]): Promise<RawAnswer>[] {
    const [only, ...others] = requests;
    if (only === undefined || others.length === 0) return requests.map((each) => this.ask(each));
    const all = this.#post(`[${requests.map(bodyOf).join()}]`).then((text) => byId(jsonOf(text)));
    return requests.map(async (request, index) => {
      const answers = await all;
      // Some nodes take no batches: they have refused this one whole.
      return answers === undefined ? await this.ask(request) : answerOf(answers.get(index));
    });
  }

  async #post(body: string): Promise<string> {
    this.#closeIdle();
    try {
      return await new Promise<string>((resolve, reject) => {
        const request = this.#open((response) => {
          const { socket } = response;
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.once("end", () => {
            this.#used.set(socket, performance.now());
            resolve(Buffer.concat(chunks).toString());
          });
          response.once("error", reject);
        });
        request.once("error", reject);
        request.once("timeout", () => request.destroy(new Error(`no answer in ${TIMEOUT} ms`)));
        request.end(body);
      });
    } catch (cause) {
      throw new L1UnreachableError(this.#url.href, { cause });
    }
  }

  #closeIdle(): void {
    const oldest = performance.now() - IDLE;
    for (const sockets of Object.values(this.#agent.freeSockets))
      for (const socket of sockets ?? []) if ((this.#used.get(socket) ?? 0) < oldest) socket.destroy();
  }
}

function bodyOf({ method, params }: RawRequest, id: number): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method, params });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new L1RpcError("its answer is not JSON-RPC", { cause });
  }
}

/** The answers to a body of several; nothing if it was refused whole. */
function byId(answers: unknown): ReadonlyMap<unknown, unknown> | undefined {
  if (!Array.isArray(answers)) return undefined;
  const all: readonly unknown[] = answers;
  return new Map(all.map((each) => [isObject(each) && "id" in each ? each.id : undefined, each]));
}

function answerOf(value: unknown): RawAnswer {
  if (isObject(value)) {
    if ("error" in value && value.error !== null) {
      const error = errorSchema.safeParse(value.error);
      if (error.success) return { error: error.data };
    } else if ("result" in value) return { result: value.result };
  }
  throw new L1RpcError("its answer is not JSON-RPC");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
