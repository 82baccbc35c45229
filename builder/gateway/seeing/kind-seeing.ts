import type { Address, Hex } from "viem";
import type { ChainId } from "../../protocol/ids.ts";
import type { Backend } from "../backend.ts";

/** A chain on which proxies can stand. */
export interface ProxyChain {
  /** Calls the manager that makes its proxies, without changing anything. */
  readonly ask: (data: Hex) => Promise<Hex>;
  /** `0x` if there is none. */
  readonly codeOf: (address: Address) => Promise<Hex>;
}

/** What a kind of rollup says of its transactions, so that they are found from L1 and L1 from them. */
export interface KindSeeing {
  /** The L1 transaction in which one of the rollup took effect: a visit, or what was signed. */
  readonly l1TransactionOf: (builder: Backend, rollup: ChainId, hash: Hex) => Promise<Hex | undefined>;
  /**
   * How the rollup knows a call from another chain as a transaction, if it does.
   * @param place among the rollup's visits in the L1 transaction.
   */
  readonly visitHash?: (l1Transaction: Hex, place: number) => Hex;
  /** How its proxies are read, if it has any. */
  readonly proxiesOn?: (builder: Backend, rollup: ChainId) => ProxyChain;
}
