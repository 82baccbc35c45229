import type { Common } from "@ethereumjs/common";
import { createTxFromRLP, type TypedTransaction } from "@ethereumjs/tx";
import { type Hex, hexToBytes } from "viem";
import { Recent } from "../state/recent.ts";

const recent = new Recent<TypedTransaction>(4_096);

/**
 * The transaction that these bytes are, decoded once: gateways, queue, simulation, checks and post look at
 * the same bytes. The object remembers its sender, and recovering that takes as long as playing a payment.
 * @throws what EthereumJS throws at bytes that are none, or one of another chain's.
 */
export function transactionOf(raw: Hex, common: Common): TypedTransaction {
  return recent.get(`${common.chainId()}:${raw}`, () => createTxFromRLP(hexToBytes(raw), { common }));
}
