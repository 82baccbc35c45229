import type { Address } from "viem";
import { lowerCase } from "../protocol/address.ts";
import type { L1Client } from "../l1/client.ts";
import { rollupsAbi } from "../protocol/abi.ts";
import type { ChainId } from "../protocol/ids.ts";

/** Addresses of proxies on L1, asked of the manager once each: they depend on nothing that changes. */
export class ProxyAddresses {
  readonly #l1: L1Client;
  readonly #manager: Address;
  readonly #known = new Map<string, Promise<Address>>();

  constructor(l1: L1Client, manager: Address) {
    this.#l1 = l1;
    this.#manager = manager;
  }

  /**
   * @returns the lower-case address of the proxy that stands on L1 for `original` on `rollup`, created or
   * not.
   */
  addressOf(original: Address, rollup: ChainId): Promise<Address> {
    const key = `${rollup}:${original.toLowerCase()}`;
    const hit = this.#known.get(key);
    if (hit !== undefined) return hit;
    const answer = this.#ask(original, rollup);
    this.#known.set(key, answer);
    answer.catch(() => this.#known.delete(key));
    return answer;
  }

  async #ask(original: Address, rollup: ChainId): Promise<Address> {
    const proxy = await this.#l1.readContract({
      address: this.#manager,
      abi: rollupsAbi,
      functionName: "proxyOf",
      args: [original, rollup],
    });
    return lowerCase(proxy);
  }
}
