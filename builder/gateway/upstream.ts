import type { z } from "zod";
import { L1RpcError } from "../l1/client.ts";
import { RawNode } from "../l1/raw-node.ts";
import { Together } from "../l1/together.ts";
import type { Answer, RpcRequest } from "./json-rpc.ts";

/** Characters of the longest transaction that travels with others. */
const MAX_SMALL = 10_000;

/** The L1 node behind a gateway. */
export class Upstream {
  readonly #node: RawNode;
  readonly #together: Together<RpcRequest, Answer>;

  constructor(url: string) {
    const node = new RawNode(url);
    this.#node = node;
    this.#together = new Together((requests) => node.askAll(requests));
  }

  /**
   * Passes a request on as it is and its answer, error or not, back as it is.
   * @throws {L1UnreachableError}
   */
  async forward(request: RpcRequest): Promise<Answer> {
    return await (isSmall(request) ? this.#together.ask(request) : this.#node.ask(request));
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
}

/**
 * Transactions are small, and there may be very many: those that come while others are under way are passed
 * on together.
 */
function isSmall({ method, params: [first] }: RpcRequest): boolean {
  return method === "eth_sendRawTransaction" && typeof first === "string" && first.length <= MAX_SMALL;
}
