import { LockstepClientError } from "./base.ts";

/** The transaction that should make a proxy reverted. */
export class ProxyNotCreatedError extends LockstepClientError {
  override readonly name = "ProxyNotCreatedError";

  constructor(contract: { readonly address: string; readonly chain: string }, on: string, hash: string) {
    super(`the proxy of ${contract.address} on ${contract.chain} was not made on ${on}: ${hash} reverted`);
  }
}
