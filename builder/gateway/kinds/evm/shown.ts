import { type Address, bytesToHex, type Hex, keccak256, numberToHex } from "viem";
import { CHEATS } from "../../../kinds/evm/cheats/account.ts";
import { CHEAT_TYPE, decodeCheat, isCheat, type NumberedCheat } from "../../../kinds/evm/cheats/envelope.ts";
import { decodeTransaction } from "../../../intake/decode.ts";
import { pendingTransaction } from "../../pending-transaction.ts";

/** What the bytes of a transaction for the rollup say, whether they were signed or are a cheat. */
export interface ShownTransaction {
  readonly type: number;
  readonly sender: Address;
  /** The sender's. */
  readonly nonce: bigint;
  /** Null where it creates a contract. */
  readonly to: Address | null;
  readonly gas: bigint;
  /** Wei per gas that the sender pays: the base fee is 0. */
  readonly gasPrice: bigint;
}

export function shownTransaction(data: Hex, chainId: bigint): ShownTransaction {
  if (isCheat(data)) return shownCheat(decodeCheat(data));
  const { tx, sender, nonce } = decodeTransaction(data, chainId);
  const to = tx.to === undefined ? null : bytesToHex(tx.to.bytes);
  const offered = "maxFeePerGas" in tx ? [tx.maxFeePerGas, tx.maxPriorityFeePerGas] : [tx.gasPrice];
  const gasPrice = offered.reduce((least, each) => (each < least ? each : least));
  return { type: tx.type, sender, nonce, to, gas: tx.gasLimit, gasPrice };
}

/** What sets the state is shown as a transaction of the account that stands for cheats. */
function shownCheat({ number, cheat }: NumberedCheat): ShownTransaction {
  const unpaid = { type: CHEAT_TYPE, gasPrice: 0n };
  if (cheat.do === "transact") {
    const { sender, nonce, to = null, gas } = cheat;
    return { ...unpaid, sender, nonce, to, gas };
  }
  const to = cheat.do === "pass" ? CHEATS : cheat.account;
  return { ...unpaid, sender: CHEATS, nonce: number, to, gas: 0n };
}

/** A transaction that waits, as `eth_getTransactionByHash` shows one that is in no block. */
export function shownPending(data: Hex, chainId: bigint): Record<string, unknown> {
  if (!isCheat(data)) return pendingTransaction(data, chainId);
  const { cheat } = decodeCheat(data);
  const { type, sender, nonce, to, gas } = shownTransaction(data, chainId);
  const isCall = cheat.do === "transact";
  return {
    hash: keccak256(data),
    type: numberToHex(type),
    chainId: numberToHex(chainId),
    from: sender,
    to,
    nonce: numberToHex(nonce),
    value: numberToHex(isCall ? cheat.value : 0n),
    input: isCall ? cheat.data : data,
    gas: numberToHex(gas),
    gasPrice: "0x0",
    r: "0x0",
    s: "0x0",
    v: "0x0",
    yParity: "0x0",
    blockHash: null,
    blockNumber: null,
    blockTimestamp: null,
    transactionIndex: null,
    lockstep: { cheat: cheat.do },
  };
}

/** The name of the cheat, if it is one. */
export function cheatIn(data: Hex): { readonly cheat: string } | undefined {
  return isCheat(data) ? { cheat: decodeCheat(data).cheat.do } : undefined;
}
