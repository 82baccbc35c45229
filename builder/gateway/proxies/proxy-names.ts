import type { Address } from "viem";
import { lowerCase } from "../../protocol/address.ts";
import { chainId } from "../../protocol/ids.ts";
import { nameOf } from "../../simulate/far-failure.ts";
import type { ProxyFunction } from "./manager-call.ts";

/** Most addresses that are remembered. */
const MAX_NAMES = 10_000;

/**
 * Which addresses of one chain are known to be proxies' addresses, whether the proxies are there or not: they
 * cannot be told by looking at them, so those are remembered that the gateway was asked for.
 */
export class ProxyNames {
  readonly #named = new Map<Address, ProxyFunction>();

  /** @param address is the proxy's that `of` asks for. */
  add(address: Address, of: ProxyFunction): void {
    const [oldest] = this.#named.keys();
    if (this.#named.size >= MAX_NAMES && oldest !== undefined) this.#named.delete(oldest);
    this.#named.set(lowerCase(address), of);
  }

  /** Whether it is known that a proxy belongs there. */
  has(address: Address): boolean {
    return this.#named.has(lowerCase(address));
  }

  /** What is wrong with sending Ether to the address, where there is no code. */
  warningOf(address: Address): string | undefined {
    const named = this.#named.get(lowerCase(address));
    if (named === undefined) return undefined;
    const { original, chain } = named;
    return (
      `${address} is where the proxy of ${original} on ${nameOf(chainId(chain))} belongs, and it is not there ` +
      "yet: Ether sent there reaches nothing until passOn is called; call createProxy first"
    );
  }
}
