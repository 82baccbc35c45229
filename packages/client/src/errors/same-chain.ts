import { LockstepClientError } from "./base.ts";

/** A proxy was asked for on the contract's own chain, where it is called at its own address. */
export class SameChainError extends LockstepClientError {
  override readonly name = "SameChainError";

  constructor(address: string, chain: string) {
    super(
      `${address} is on ${chain} itself: contracts there call it at that address, without a proxy. ` +
        "`on` has to be another chain than `chain`",
    );
  }
}
