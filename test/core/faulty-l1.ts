import { createServer } from "node:http";
import { z } from "zod";

/**
 * What becomes of one request: the node's answer, or another one in its place, before the node or after it.
 */
export type Fault =
  /** The node is not asked; the whole HTTP request is refused. */
  | { readonly status: number }
  /** The node is not asked. */
  | { readonly error: { readonly code: number; readonly message: string } }
  /** The node is asked, and its answer lost. */
  | { readonly lost: { readonly code: number; readonly message: string } }
  /** The node is asked, and its answer replaced. */
  | { readonly result: unknown };

const request = z.object({ id: z.unknown(), method: z.string(), params: z.array(z.unknown()).default([]) });
export type Request = z.output<typeof request>;

/** A node in front of a node, which does wrong what a test wants it to. */
export interface FaultyL1 {
  readonly url: string;
  /** Decides on each request. Nothing: it is passed on. */
  fault: (asked: Request) => Fault | undefined | Promise<Fault | undefined>;
  close(): Promise<void>;
}

export async function startFaultyL1(target: string): Promise<FaultyL1> {
  const faulty: FaultyL1 = {
    url: "",
    fault: () => undefined,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  async function ask(asked: Request): Promise<unknown> {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ jsonrpc: "2.0", ...asked });
    return await (await fetch(target, { method: "POST", headers, body })).json();
  }
  async function answer(asked: Request): Promise<{ status?: number; body?: unknown }> {
    const { id } = asked;
    const fault = await faulty.fault(asked);
    if (fault === undefined) return { body: await ask(asked) };
    if ("status" in fault) return { status: fault.status };
    if ("error" in fault) return { body: { jsonrpc: "2.0", id, error: fault.error } };
    await ask(asked);
    if ("lost" in fault) return { body: { jsonrpc: "2.0", id, error: fault.lost } };
    return { body: { jsonrpc: "2.0", id, result: fault.result } };
  }
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
      const all = z.array(request).parse(Array.isArray(body) ? body : [body]);
      void Promise.all(all.map(answer)).then((answers) => {
        outgoing.statusCode = answers.find(({ status }) => status !== undefined)?.status ?? 200;
        const bodies = answers.map((each) => each.body);
        outgoing.end(JSON.stringify(Array.isArray(body) ? bodies : bodies[0]));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return Object.assign(faulty, { url: `http://127.0.0.1:${address.port}` });
}
