import { type Address, encodeFunctionData, type Hex, numberToHex } from "viem";
import { LEDGER, ledgerAbi } from "../../../builder/kinds/ledger/abi.ts";
import type { BatchContext } from "../../../builder/kinds/kind.ts";
import { type Action, callAction, resultAction } from "../../../builder/protocol/action.ts";
import { type ChainId, chainId, L1 } from "../../../builder/protocol/ids.ts";

/** The rollup under test. */
export const SELF = chainId(1);
/** Another rollup. */
export const OTHER = chainId(2);

export const CONTEXT: BatchContext = {
  l1ChainId: 31337n,
  manager: "0x00000000000000000000000000000000000000bb",
  timestamp: 1000n,
};

export const address = (n: bigint | number): Address => numberToHex(n, { size: 20 });
export const ALICE = address(0xa11ce);
export const BOB = address(0xb0b);

export const transfer = (chain: ChainId, to: Address, amount: bigint): Hex =>
  encodeFunctionData({ abi: ledgerAbi, functionName: "transfer", args: [chain, to, amount] });
export const balanceOf = (chain: ChainId, who: Address): Hex =>
  encodeFunctionData({ abi: ledgerAbi, functionName: "balanceOf", args: [chain, who] });
export const send = (chain: ChainId, to: Address, amount: bigint, data: Hex = "0x"): Hex =>
  encodeFunctionData({ abi: ledgerAbi, functionName: "send", args: [chain, to, amount, data] });

/** A CALL to the ledger, from Alice on L1 unless told otherwise. */
export function call(data: Hex, value = 0n, more: Partial<Action> = {}): Action {
  return {
    ...callAction({ from: L1, to: SELF, sender: ALICE, target: LEDGER, value, isStatic: false, data }),
    ...more,
  };
}

/** What the callee of an outgoing call answers. */
export function returned(data: Hex, more: Partial<Action> = {}): Action {
  return { ...resultAction({ from: L1, to: SELF, failed: false, data }), ...more };
}
