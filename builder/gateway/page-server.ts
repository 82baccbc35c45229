import type { AddressInfo } from "node:net";
import files from "@fastify/static";
import fastify from "fastify";
import { isOwnName } from "./pages.ts";
import { PortInUseError } from "./port-in-use.ts";

/** What the page is told of the chains: `chains.json`. */
export interface PageChains {
  readonly l1: { readonly gateway: string; readonly chainId: number; readonly rollups: string };
  readonly rollups: readonly {
    /** Lockstep's number of the chain. */
    readonly id: number;
    readonly name: string;
    readonly kind: string;
    /** False: UNPROVEN. */
    readonly proven: boolean;
    readonly gateway: string;
    readonly chainId: number;
    /** The contract that was there from the beginning. */
    readonly contract: string | null;
  }[];
  /** Accounts that the gateways sign for. */
  readonly accounts: readonly string[];
}

export interface PageServerOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  /** The page's files. */
  readonly folder: string;
  readonly chains: PageChains;
  /** ABIs by which data is shown in words: `artifacts.json`. Asked when a page is opened. */
  readonly artifacts: () => Promise<unknown>;
}

/** The page's server while it listens. */
export interface PageServer extends AsyncDisposable {
  readonly url: string;
}

const HOST = "127.0.0.1";

/**
 * Serves the page that shows transactions across chains: to this machine only, under no foreign name, and
 * with a policy by which the browser lets it talk to nothing but the gateways.
 * @throws {PortInUseError}
 */
export async function servePage({ port, folder, chains, artifacts }: PageServerOptions): Promise<PageServer> {
  const server = fastify({ forceCloseConnections: true });
  const headers = headersFor(chains);
  server.addHook("onRequest", async (request, reply) => {
    reply.headers(headers);
    // A page elsewhere could have its own name resolve to this machine (DNS rebinding).
    if (!isOwnName(request.headers.host)) return await reply.code(421).send("this server has no such name\n");
    if (request.method !== "GET" && request.method !== "HEAD")
      return await reply.code(405).header("allow", "GET, HEAD").send("the page is read only\n");
  });
  server.get("/chains.json", async () => chains);
  server.get("/artifacts.json", async () => await artifacts());
  await server.register(files, { root: folder, cacheControl: false });
  try {
    await server.listen({ port, host: HOST });
  } catch (error) {
    await server.close();
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
      const advice = "choose another one: --page-port, or --no-page";
      throw new PortInUseError(port, "page", { advice, cause: error });
    }
    throw error;
  }
  const bound: AddressInfo | string | null = server.server.address();
  if (bound === null || typeof bound === "string") throw new Error("the server has no port");
  return {
    url: `http://${HOST}:${bound.port}`,
    [Symbol.asyncDispose]: async () => {
      await server.close();
    },
  };
}

/** Origins under which the page's scripts run: gateways that serve pages by name let these in. */
export function pageOrigins(port: number): string[] {
  return [`http://${HOST}:${port}`, `http://localhost:${port}`];
}

function headersFor({ l1, rollups }: PageChains): Record<string, string> {
  const gateways = [l1.gateway, ...rollups.map(({ gateway }) => gateway)].flatMap((url) => [
    url,
    url.replace(/^http/, "ws"),
  ]);
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${gateways.join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    "content-security-policy": policy.join("; "),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    // A devnet of tomorrow may serve another page on the same port.
    "cache-control": "no-cache",
  };
}
