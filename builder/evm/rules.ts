import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { pointEvaluation } from "./kzg.ts";

/**
 * Rules that never change, and so serve all. EthereumJS copies a `Common` for each transaction and block, and
 * each transaction, block and machine merges its constants into it: which takes as long as playing a payment.
 */
class FixedRules extends Common {
  readonly #merged = new WeakSet<object>();

  override copy(): Common {
    return this;
  }

  override updateParams(params: Parameters<Common["updateParams"]>[0]): void {
    if (this.#merged.has(params)) return;
    super.updateParams(params);
    this.#merged.add(params);
  }
}

const known = new Map<number, Common>();

/**
 * The rules of a chain with this EIP-155 id: L1's and every EVM rollup's are those of the newest fork that
 * local nodes and mainnet share.
 */
export function rulesOf(evmChainId: number): Common {
  const rules =
    known.get(evmChainId) ??
    new FixedRules({
      chain: { ...Mainnet, chainId: evmChainId },
      hardfork: Hardfork.Osaka,
      customCrypto: { kzg: pointEvaluation },
    });
  known.set(evmChainId, rules);
  return rules;
}
