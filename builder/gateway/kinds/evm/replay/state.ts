import type { Address, Hex } from "viem";
import type { EvmAccount } from "../../../../kinds/evm/state-types.ts";
import type { ReadState } from "../view.ts";

/** A state in which some accounts are other ones. Their storage is what it was. */
export class ReplayState implements Pick<ReadState, "account" | "slot"> {
  readonly #base: Pick<ReadState, "account" | "slot">;
  readonly #instead: ReadonlyMap<Address, EvmAccount>;

  constructor(base: Pick<ReadState, "account" | "slot">, instead: ReadonlyMap<Address, EvmAccount>) {
    this.#base = base;
    this.#instead = instead;
  }

  account(address: Address): EvmAccount | undefined {
    return this.#instead.get(address) ?? this.#base.account(address);
  }

  slot(address: Address, slot: Hex): Hex {
    return this.#base.slot(address, slot);
  }
}
