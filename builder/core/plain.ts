import { type Address, type Hex, keccak256 } from "viem";
import { isSelfContained } from "../evm/self-contained.ts";
import type { L1Client } from "../l1/client.ts";
import { Together } from "../l1/together.ts";
import { Recent } from "../state/recent.ts";

/**
 * Knows accounts on L1 that call no other one: what is sent to them crosses no border, and need not be played
 * to know that. A border is crossed by a call to a proxy or to `Rollups`, which both call on, so they are no
 * such accounts, and nothing that such an account does reaches them.
 *
 * Code is read anew each time, at L1's head: an address without code today may have a proxy tomorrow. That it
 * gets one between this look and the transaction's block is the race that every simulation on the head runs:
 * the call then finds no execution on L1 and is reverted there, and rollups are not touched.
 */
export class PlainAccounts {
  readonly #codes: Together<Address, Hex>;
  readonly #judged = new Recent<boolean>(256);

  constructor(l1: L1Client) {
    const read = async (address: Address): Promise<Hex> =>
      await l1.request({ method: "eth_getCode", params: [address, "latest"] });
    this.#codes = new Together((addresses) => addresses.map(read));
  }

  async has(address: Address): Promise<boolean> {
    const code = await this.#codes.ask(address);
    return code === "0x" || this.#judged.get(keccak256(code), () => isSelfContained(code));
  }
}
