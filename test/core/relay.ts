import { createServer } from "node:http";

/**
 * What becomes of a request: it goes on and is answered; it goes on, but no answer comes back; it never
 * arrives.
 */
export type Fate = "answered" | "mute" | "swallowed";

/** Passes requests on to a node, except as a test wants it. */
export interface Relay {
  readonly url: string;
  /** Drops every connection while it is cut. */
  cut(isCut: boolean): void;
  /**
   * Decides on each request by its body. A `mute` one is decided on before it goes on, and told after it
   * arrived.
   */
  decide(fate: (body: string) => Fate | Promise<Fate>, told?: () => void): void;
  close(): Promise<void>;
}

/** Starts a relay in front of the node at `target`. */
export async function startRelay(target: string): Promise<Relay> {
  let isCut = false;
  let fateOf: (body: string) => Fate | Promise<Fate> = () => "answered";
  let tell: () => void = () => undefined;
  async function pass(body: string, end: (text: string) => void): Promise<void> {
    const fate = await fateOf(body);
    if (fate === "swallowed") {
      tell();
      return;
    }
    const headers = { "content-type": "application/json" };
    const answer = await fetch(target, { method: "POST", headers, body });
    const text = await answer.text();
    if (fate === "answered") end(text);
    else tell();
  }
  const server = createServer((request, response) => {
    if (isCut) {
      request.destroy();
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      void pass(Buffer.concat(chunks).toString(), (text) => response.end(text));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    cut: (cut) => {
      isCut = cut;
    },
    decide: (fate, told = () => undefined) => {
      fateOf = fate;
      tell = told;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
