import { type Address, type Hex, numberToHex, zeroHash } from "viem";
import type { SourceAccount, StateSource } from "../evm/state-source.ts";
import type { L1Client } from "../l1/client.ts";

/**
 * L1 at one block, read on demand and remembered. The block is named by hash, so a reorganisation shows as an
 * error of the node instead of a mixture of two histories. Shared by all simulations on that block.
 */
export class Fork implements StateSource {
  readonly blockHash: Hex;
  readonly #l1: L1Client;
  readonly #accounts = new Map<Address, Promise<SourceAccount>>();
  readonly #slots = new Map<string, Promise<Hex>>();

  constructor(l1: L1Client, blockHash: Hex) {
    this.#l1 = l1;
    this.blockHash = blockHash;
  }

  account(address: Address): Promise<SourceAccount> {
    return remember(this.#accounts, address, () => this.#readAccount(address));
  }

  storage(address: Address, slot: Hex): Promise<Hex> {
    const block = { blockHash: this.blockHash };
    return remember(this.#slots, `${address}:${slot}`, () =>
      this.#l1.request({ method: "eth_getStorageAt", params: [address, slot, block] }),
    );
  }

  /** Hash of an earlier block, for BLOCKHASH; 0 for one that is simulated only. */
  async hashOf(number: bigint): Promise<Hex> {
    const block = await this.#l1.request({
      method: "eth_getBlockByNumber",
      params: [numberToHex(number), false],
    });
    return block?.hash ?? zeroHash;
  }

  async #readAccount(address: Address): Promise<SourceAccount> {
    const block = { blockHash: this.blockHash };
    const [nonce, balance, code] = await Promise.all([
      this.#l1.request({ method: "eth_getTransactionCount", params: [address, block] }),
      this.#l1.request({ method: "eth_getBalance", params: [address, block] }),
      this.#l1.request({ method: "eth_getCode", params: [address, block] }),
    ]);
    return { nonce: BigInt(nonce), balance: BigInt(balance), code };
  }
}

/** The remembered value, or `read()`, remembered unless it fails. */
function remember<Key, Value>(
  known: Map<Key, Promise<Value>>,
  key: Key,
  read: () => Promise<Value>,
): Promise<Value> {
  const hit = known.get(key);
  if (hit !== undefined) return hit;
  const value = read();
  known.set(key, value);
  value.catch(() => known.delete(key));
  return value;
}
