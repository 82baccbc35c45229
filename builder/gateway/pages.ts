import { isIP } from "node:net";
import { LockstepError } from "../protocol/errors.ts";
import type { Answer, RpcRequest } from "./json-rpc.ts";
import type { Handler } from "./service.ts";

/** Which web pages may use a gateway. Programs that are no pages send no `Origin`, and may always. */
export interface PageRules {
  /** Origins whose pages may call (CORS) and open WebSockets; `*`: all; default none. */
  readonly allowOrigin?: string | readonly string[];
  /** Pages that this machine serves may, too: on a devnet. */
  readonly localPages?: boolean;
}

/** Origins of pages that this machine serves. */
const LOCAL_ORIGIN = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;

/** The caller may not use the gateway's accounts, nor what commands its node. */
class UntrustedCallerError extends LockstepError {
  constructor(what: string, method: string) {
    super("UNTRUSTED_CALLER", `${what} may not use ${method}`);
  }
}

/** What sends or signs with keys that are not the caller's, or commands a development node. */
const PRIVILEGED = /^(eth_sendTransaction|eth_sign|personal_|hardhat_|evm_|anvil_|debug_set|admin_|miner_)/;

/** Who a request comes from, as its headers say. */
export interface Caller {
  readonly origin?: string | undefined;
  readonly host?: string | undefined;
}

/** Tells pages that may use a gateway from those that may not. */
export class Pages {
  readonly #named: ReadonlySet<string>;
  readonly #local: boolean;

  constructor({ allowOrigin = [], localPages = false }: PageRules) {
    this.#named = new Set(typeof allowOrigin === "string" ? [allowOrigin] : allowOrigin);
    this.#local = localPages;
  }

  /** For CORS; nothing if no page may. */
  get origins(): string | (string | RegExp)[] | undefined {
    if (this.#named.has("*")) return "*";
    const [only, ...others] = this.#named;
    if (only !== undefined && others.length === 0 && !this.#local) return only;
    return this.#local ? [...this.#named, LOCAL_ORIGIN] : only === undefined ? undefined : [only, ...others];
  }

  /** Whether the page may use the gateway. */
  allows(origin: string | undefined): boolean {
    return origin === undefined || this.#named.has("*") || this.#isKnown(origin);
  }

  /**
   * Answers what the caller may ask. A page of a foreign origin may not use the gateway's accounts, not even
   * where every page is allowed; nor may one that reaches the gateway under a foreign name, which browsers
   * take for the page's own server (DNS rebinding).
   */
  handler({ origin, host }: Caller, handle: Handler): Handler {
    const distrust =
      origin !== undefined && !this.#isKnown(origin)
        ? `a page of ${origin}`
        : isOwnName(host)
          ? undefined
          : `a request to ${host ?? "no host"}`;
    if (distrust === undefined) return handle;
    return async (request: RpcRequest): Promise<Answer> => {
      if (PRIVILEGED.test(request.method)) throw new UntrustedCallerError(distrust, request.method);
      return await handle(request);
    };
  }

  #isKnown(origin: string): boolean {
    return this.#named.has(origin) || (this.#local && LOCAL_ORIGIN.test(origin));
  }
}

/** A number or `localhost` is no name that a foreign page could have resolve to this machine. */
export function isOwnName(host: string | undefined): boolean {
  if (host === undefined) return true;
  const name = host
    .replace(/:\d*$/, "")
    .replace(/^\[(.*)\]$/, "$1")
    .toLowerCase();
  return name === "localhost" || name.endsWith(".localhost") || isIP(name) !== 0;
}
