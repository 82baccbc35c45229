import { LockstepClientError } from "./base.ts";

/** A remote contract has no proxy yet: calls to its address here would do nothing, and say nothing. */
export class NoProxyError extends LockstepClientError {
  override readonly name = "NoProxyError";
  /** Where the proxy will stand. */
  readonly proxy: string;

  constructor(contract: { readonly address: string; readonly chain: string }, on: string, proxy: string) {
    super(
      `${contract.address} on ${contract.chain} has no proxy on ${on} yet, and calls to ${proxy} would do nothing ` +
        "there: make it with `createProxy`, or ask for it with `createProxy: true`",
    );
    this.proxy = proxy;
  }
}
