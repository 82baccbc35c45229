import { type Address, type Hex, isHex, keccak256 } from "viem";
import { isSelfContained } from "../evm/self-contained.ts";
import { L1RpcError } from "../l1/client.ts";
import { type RawAnswer, RawNode } from "../l1/raw-node.ts";
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

  constructor(l1Rpc: string) {
    const node = new RawNode(l1Rpc);
    this.#codes = new Together((addresses) => {
      // One look serves all who ask for it before it.
      const asked = [...new Set(addresses)];
      const params = asked.map((address) => [address, "latest"]);
      const answers = node.askAll(params.map((each) => ({ method: "eth_getCode", params: each })));
      const codes = new Map(asked.map((address, index) => [address, codeOf(answers[index])]));
      return addresses.map(async (address) => await (codes.get(address) ?? codeOf(undefined)));
    });
  }

  async has(address: Address): Promise<boolean> {
    const code = await this.#codes.ask(address);
    return code === "0x" || this.#judged.get(keccak256(code), () => isSelfContained(code));
  }
}

async function codeOf(answered: Promise<RawAnswer> | undefined): Promise<Hex> {
  const answer = await answered;
  if (answer !== undefined && "result" in answer && isHex(answer.result)) return answer.result;
  const reason = answer !== undefined && "error" in answer ? answer.error.message : "no code";
  throw new L1RpcError(`eth_getCode: ${reason}`);
}
