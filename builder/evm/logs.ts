import { Bloom } from "@ethereumjs/vm";
import { type Address, bytesToHex, type Hex, hexToBytes } from "viem";

/** An event that a contract emitted. */
export interface EvmLog {
  readonly address: Address;
  readonly topics: readonly Hex[];
  readonly data: Hex;
}

/** Which logs are wanted, as `eth_getLogs` says it. Everything in lower case. */
export interface LogFilter {
  /** Any of these contracts; all if there is none. */
  readonly addresses: readonly Address[];
  /**
   * For each place: any of these topics, or none of them for every topic. A log has at least as many topics.
   */
  readonly topics: readonly (readonly Hex[])[];
}

/** The 2048 bits over addresses and topics of the Yellow Paper. */
export function bloomOf(logs: readonly EvmLog[]): Hex {
  const bloom = new Bloom();
  for (const { address, topics } of logs)
    for (const entry of [address, ...topics]) bloom.add(hexToBytes(entry));
  return bytesToHex(bloom.bitvector);
}

export function matches({ address, topics }: EvmLog, filter: LogFilter): boolean {
  if (filter.addresses.length > 0 && !filter.addresses.includes(address)) return false;
  if (filter.topics.length > topics.length) return false;
  return filter.topics.every((wanted, place) => {
    const topic = topics[place];
    return wanted.length === 0 || (topic !== undefined && wanted.includes(topic));
  });
}

/** False only if no log of what the bloom stands for matches. */
export function mayMatch(bloom: Hex, { addresses, topics }: LogFilter): boolean {
  const bits = new Bloom(hexToBytes(bloom));
  return [addresses, ...topics].every(
    (any) => any.length === 0 || any.some((entry) => bits.check(hexToBytes(entry))),
  );
}
