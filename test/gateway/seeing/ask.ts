import type { LockstepRpcSchema } from "lockstep-client/rpc-types";

type Method = LockstepRpcSchema[number]["Method"];
type Answer<Name extends Method> = Extract<LockstepRpcSchema[number], { Method: Name }>["ReturnType"];

/** What came over the wire. */
interface Reply {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** Asks a gateway, and shows errors as they come. */
export async function raw(url: string, method: string, params: readonly unknown[]): Promise<Reply> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const reply: ReturnType<typeof JSON.parse> = JSON.parse(await response.text());
  return reply;
}

/** Asks a gateway for what a method gives. */
export async function ask<Name extends Method>(
  url: string,
  method: Name,
  params: readonly unknown[],
): Promise<Answer<Name>> {
  const reply: ReturnType<typeof JSON.parse> = await raw(url, method, params);
  if (reply.error !== undefined) throw new Error(`${method}: ${JSON.stringify(reply.error)}`);
  return reply.result;
}

/** The answer, which must be there. */
export async function given<Name extends Method>(
  url: string,
  method: Name,
  params: readonly unknown[],
): Promise<NonNullable<Answer<Name>>> {
  const answer: ReturnType<typeof JSON.parse> = await ask(url, method, params);
  if (answer === null) throw new Error(`${method} gives nothing for ${JSON.stringify(params)}`);
  return answer;
}
