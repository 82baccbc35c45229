import type { Common } from "@ethereumjs/common";
import { createFeeMarket1559Tx, type TypedTransaction } from "@ethereumjs/tx";
import { type Address as EvmAddress, createAddressFromString } from "@ethereumjs/util";
import { hexToBytes } from "viem";
import type { RollupState } from "../execution/rollup-state.ts";
import type { ImpersonatedTransaction } from "./envelope.ts";

/** What the code of an account begins with that sends transactions though it has some (EIP-7702). */
const DELEGATION = hexToBytes("0xef0100");

/** The transaction as the EVM takes it: of its sender, who pays no fee and did not sign. */
export function unsignedTransaction(
  { sender, nonce, gas, to, value, data }: ImpersonatedTransaction,
  common: Common,
): TypedTransaction {
  const from = createAddressFromString(sender);
  const fields = {
    chainId: common.chainId(),
    nonce,
    gasLimit: gas,
    ...(to === undefined ? {} : { to: createAddressFromString(to) }),
    value,
    data: hexToBytes(data),
    maxFeePerGas: 0n,
    maxPriorityFeePerGas: 0n,
  };
  const tx = createFeeMarket1559Tx(fields, { common, freeze: false });
  tx.getSenderAddress = () => from;
  return tx;
}

/**
 * The state as the one sees it who judges a transaction's sender: contracts send transactions as well. Calls
 * run on the state itself.
 */
export function withSender(state: RollupState, sender: EvmAddress): RollupState {
  return new Proxy(state, {
    get(target, name) {
      if (name === "getCode")
        return async (address: EvmAddress) =>
          address.equals(sender) ? DELEGATION : await target.getCode(address);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function"
        ? (...given: unknown[]): unknown => value.apply(target, given)
        : value;
    },
  });
}
