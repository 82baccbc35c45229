import { chainsIn } from "../network/chain.ts";
import type { LockstepNetwork } from "../network/network.ts";

/** Names of a network's chains, by Lockstep's numbers. */
export class ChainNames {
  readonly #names: ReadonlyMap<bigint, string>;

  constructor(network: LockstepNetwork) {
    this.#names = new Map(chainsIn(network).map(({ number, name }) => [BigInt(number), name]));
  }

  /** The chain's name; of a rollup that the network's description lacks, its number. */
  of(number: bigint): string {
    return this.#names.get(number) ?? number.toString();
  }
}
