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
    const proxy = this.#proxyAt(address);
    if (proxy === undefined) return undefined;
    return (
      `${address} is where ${proxy} belongs, and it is not there yet: Ether sent there reaches nothing until ` +
      "passOn is called; call createProxy first"
    );
  }

  /** What is wrong with paying the proxy at the address with too little gas for another chain. */
  waitingOf(address: Address): string | undefined {
    const proxy = this.#proxyAt(address);
    if (proxy === undefined) return undefined;
    return (
      `${address} is ${proxy}, and was paid with 2,300 gas at most, too little for another chain: the Ether ` +
      "waits there until passOn is called"
    );
  }

  #proxyAt(address: Address): string | undefined {
    const named = this.#named.get(lowerCase(address));
    if (named === undefined) return undefined;
    return `the proxy of ${named.original} on ${nameOf(chainId(named.chain))}`;
  }
}
