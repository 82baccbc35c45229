import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { text } from "node:stream/consumers";
import { build } from "esbuild";
import { z } from "zod";

const PAGE = path.resolve(import.meta.dirname, "page/page.js");

const outcome = z.union([z.string(), z.looseObject({})]);
const report = z.array(
  z.object({
    read: outcome,
    socket: z.string(),
    form: z.string(),
    json: outcome,
    http: outcome,
    webSocket: outcome,
    subscription: z.string(),
  }),
);

/** What a page found out about each gateway. */
export type PageReport = z.infer<typeof report>;

export interface PageCheck {
  readonly gateways: readonly string[];
  /** The gateways sign for it. */
  readonly account: string;
}

/** Serves one page, with viem in it, under every name of this machine; and takes what it reports. */
export class PageServer implements AsyncDisposable {
  readonly port: number;
  /** What pages are to check. */
  check: PageCheck | undefined;
  readonly #server: Server;
  #waiting: ((found: PageReport) => void) | undefined;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async open(): Promise<PageServer> {
    const { outputFiles } = await build({
      entryPoints: [PAGE],
      bundle: true,
      format: "esm",
      platform: "browser",
      write: false,
    });
    const script = outputFiles[0]?.contents ?? new Uint8Array();
    const files: Readonly<Record<string, [type: string, content: string | Uint8Array]>> = {
      "/": ["text/html", `<!doctype html><title>page</title><script type="module" src="/page.js"></script>`],
      "/page.js": ["text/javascript", script],
    };
    const server = createServer((request, response) => {
      if (request.url === "/report") {
        void text(request).then((body) => self.#waiting?.(report.parse(JSON.parse(body))));
        response.end();
        return;
      }
      const known = files[request.url ?? ""];
      if (known !== undefined) response.writeHead(200, { "content-type": known[0] }).end(known[1]);
      else if (request.url === "/check.json") response.end(JSON.stringify(self.check));
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
    const self = new PageServer(server, portOf(server.address()));
    return self;
  }

  /** The next report. */
  async reported(): Promise<PageReport> {
    return await new Promise((resolve) => (this.#waiting = resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new TypeError("the server has no port");
  return address.port;
}
