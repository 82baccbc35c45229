import type { Address, Hex } from "viem";
import type { SourceAccount, StateSource } from "../../../evm/state-source.ts";
import type { Touched } from "../state-types.ts";
import { SYSTEM } from "../system.ts";

/** A state that remembers what was read of it. */
export class TouchLog implements StateSource, Touched {
  /** The system contract is part of every visit: it names the proxies. */
  accounts = new Set<Address>([SYSTEM]);
  slots = new Map<Address, Set<Hex>>();
  readonly #source: StateSource;

  constructor(source: StateSource) {
    this.#source = source;
  }

  /** Begins anew. What was remembered stays with the caller that took it. */
  reset(): void {
    this.accounts = new Set([SYSTEM]);
    this.slots = new Map();
  }

  /** A slot is accessed: even if there is no gas to read it, a proof says whether it was accessed before. */
  accessed(address: Address, slot: Hex): void {
    const slots = this.slots.get(address);
    if (slots === undefined) this.slots.set(address, new Set([slot]));
    else slots.add(slot);
  }

  async account(address: Address): Promise<SourceAccount> {
    this.accounts.add(address);
    return await this.#source.account(address);
  }

  async storage(address: Address, slot: Hex): Promise<Hex> {
    this.accessed(address, slot);
    return await this.#source.storage(address, slot);
  }
}
