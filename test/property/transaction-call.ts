import { encodeFunctionData, type Hex } from "viem";
import { ledgerAbi } from "../../builder/kinds/ledger/abi.ts";
import type { Resident } from "./deployment.ts";
import { Encoder, junk } from "./encode.ts";
import type { Holder, LedgerCall, Program, Transaction } from "./program.ts";

/** Tag of the event in which a transaction's outermost frame tells what it has observed. */
const LAST_NOTE = 255;

export function isToLedger(
  transaction: Transaction,
): transaction is Transaction & { readonly ledger: LedgerCall } {
  return "ledger" in transaction;
}

/**
 * Calldata of a transaction. What a script's outermost frame returns is not on any chain, so the frame ends
 * with an event.
 * @param residentOf where accounts named in a call of the ledger's are at home.
 */
export function calldataOf(
  homes: Program["homes"],
  transaction: Transaction,
  residentOf: (holder: Holder) => { readonly address: Resident["address"]; readonly chain: bigint },
): Hex {
  const encoder = new Encoder(homes);
  if (!isToLedger(transaction)) return encoder.script([...transaction.script, { do: "log", tag: LAST_NOTE }]);
  const { ledger } = transaction;
  switch (ledger.fn) {
    case "receive":
      return "0x";
    case "transfer": {
      const { address, chain } = residentOf(ledger.to);
      return encodeFunctionData({
        abi: ledgerAbi,
        functionName: "transfer",
        args: [chain, address, BigInt(ledger.amount)],
      });
    }
    case "balanceOf": {
      const { address, chain } = residentOf(ledger.of);
      return encodeFunctionData({ abi: ledgerAbi, functionName: "balanceOf", args: [chain, address] });
    }
    case "send": {
      const { address, chain } = residentOf(ledger.to);
      const data = encoder.script(ledger.script);
      return encodeFunctionData({
        abi: ledgerAbi,
        functionName: "send",
        args: [chain, address, BigInt(ledger.amount), data],
      });
    }
    case "junk":
      return junk(ledger.size);
  }
}
