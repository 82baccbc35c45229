import { LockstepClientError } from "./base.ts";

/** A chain as it can be named. */
export interface KnownChain {
  readonly name: string;
  /** Lockstep's number of it: 0 is L1. */
  readonly number: number;
  /** EVM chain id. */
  readonly chainId: number;
}

/** A chain was named that the network does not have. */
export class UnknownChainError extends LockstepClientError {
  override readonly name = "UnknownChainError";
  /** Those that there are. */
  readonly chains: readonly KnownChain[];

  constructor(reference: string, chains: readonly KnownChain[]) {
    const list = chains.map(({ name, number, chainId }) => `${name} (${number}, EVM chain id ${chainId})`);
    super(`there is no chain ${reference}; there are ${list.join(", ")}`);
    this.chains = chains.map(({ name, number, chainId }) => ({ name, number, chainId }));
  }
}
