import { LockstepClientError } from "./base.ts";

/** A proxy was asked for on a chain that runs no contracts. */
export class NoProxiesError extends LockstepClientError {
  override readonly name = "NoProxiesError";

  constructor(chain: string, kind: string) {
    super(
      `${chain} is a rollup of the kind ${kind}, which runs no contracts: nothing there can call a proxy. ` +
        "Accounts of other chains are known there by chain and address",
    );
  }
}
