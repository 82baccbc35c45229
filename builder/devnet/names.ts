import type { Abi, Address } from "viem";

/** A contract or an account that a person knows by name. */
export interface NamedContract {
  /** Lockstep's number of the chain that it stands on; the same address can be another's elsewhere. */
  readonly chain: bigint;
  readonly address: Address;
  readonly name: string;
  /** What its calldata and answers are read by. */
  readonly abi?: Abi;
}

/** What to call the chains and contracts of a trace. */
export class Names {
  readonly #chains: ReadonlyMap<bigint, string>;
  readonly #contracts: readonly NamedContract[];

  /** @param chains by Lockstep's number of the chain. */
  constructor(chains: ReadonlyMap<bigint, string>, contracts: readonly NamedContract[]) {
    this.#chains = chains;
    this.#contracts = contracts.map((each) => ({ ...each, address: lowerCase(each.address) }));
  }

  chain(id: bigint): string {
    return this.#chains.get(id) ?? `chain ${id}`;
  }

  contract(chain: bigint, address: string): NamedContract | undefined {
    return this.#contracts.find((each) => each.chain === chain && each.address === address.toLowerCase());
  }

  /** The owner of the address, on any chain. */
  ofAddress(address: string): NamedContract | undefined {
    return this.#contracts.find((each) => each.address === address.toLowerCase());
  }

  /** All that is known to read data by. */
  get abis(): Abi[] {
    return this.#contracts.flatMap(({ abi }) => (abi === undefined ? [] : [abi]));
  }
}

function lowerCase(address: Address): Address {
  return `0x${address.slice(2).toLowerCase()}`;
}
