import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { build } from "esbuild";
import type { z } from "zod";
import { Chromium } from "./chromium.ts";

/** Serves one page, with viem in it, under every name of this machine; and takes what it reports. */
export class PageServer<Report> implements AsyncDisposable {
  readonly port: number;
  /** What pages read as `/check.json`: what to try, and where. */
  check: unknown;
  readonly #server: Server;
  #waiting: ((found: Report) => void) | undefined;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  /**
   * @param page the page's script: it is bundled with what it imports.
   * @param report what the script reports to `/report`.
   */
  static async open<Report>(page: string, report: z.ZodType<Report>): Promise<PageServer<Report>> {
    const { outputFiles } = await build({
      entryPoints: [page],
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
    const self = new PageServer<Report>(server, portOf(server.address()));
    return self;
  }

  /** The next report. */
  async reported(): Promise<Report> {
    return await new Promise((resolve) => (this.#waiting = resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** What a page may take, milliseconds. */
const PATIENCE = 120_000;

/**
 * Shows the page in a chromium.
 * @returns what it reports.
 */
export async function shownPage<Report>(
  server: PageServer<Report>,
  executable: string,
  host = "localhost",
): Promise<Report> {
  const reported = server.reported();
  await using chromium = await Chromium.show(executable, `http://${host}:${server.port}/`);
  const late = new Promise<never>((_resolve, reject) => {
    setTimeout(() => {
      reject(new Error(`the page reports nothing:\n${chromium.output}`));
    }, PATIENCE).unref();
  });
  return await Promise.race([reported, late, chromium.ended()]);
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new TypeError("the server has no port");
  return address.port;
}
