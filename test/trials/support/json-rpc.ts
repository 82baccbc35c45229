import { z } from "zod";

const answer = z.union([
  z.object({ result: z.unknown().refine((value) => value !== undefined) }),
  z.object({ error: z.object({ message: z.string(), data: z.unknown().optional() }) }),
]);

/** A gateway answered, with an error. */
export class RpcError extends Error {}

/** One request over HTTP. */
export async function ask(url: string, method: string, params: readonly unknown[] = []): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const headers = { "content-type": "application/json", connection: "close" };
  const response = await fetch(url, { method: "POST", headers, body });
  const parsed = answer.parse(await response.json());
  if ("result" in parsed) return parsed.result;
  throw new RpcError(JSON.stringify(parsed.error));
}
