import type { Block } from "@ethereumjs/block";
import type { Common } from "@ethereumjs/common";
import type { EVMResult } from "@ethereumjs/evm";
import { createTx, getCalldataFloorGas } from "@ethereumjs/tx";
import { createAddressFromString } from "@ethereumjs/util";
import { hexToBytes } from "viem";
import type { InterceptingEvm } from "./intercepting-evm.ts";
import { type CallRequest, InvalidTransactionError } from "./call-request.ts";
import { applyAuthorizations } from "./delegation.ts";
import type { JournaledState } from "./journaled-state.ts";

export interface UnsignedCallChain {
  readonly evm: InterceptingEvm;
  readonly state: JournaledState;
  readonly common: Common;
  readonly block: Block;
}

/**
 * Plays a call as `eth_call` does: like a transaction, but without nonce and fee.
 * @returns the result and the gas that a transaction would be charged, without refunds.
 * @throws {InvalidTransactionError} if its gas does not cover what it costs before code runs, or its sender
 * lacks the value.
 */
export async function runUnsignedCall(
  { evm, state, common, block }: UnsignedCallChain,
  { from, to, value, data, gas, gasPrice, authorizations = [] }: CallRequest,
): Promise<{ result: EVMResult; gasUsed: bigint }> {
  const draft = {
    ...(to === undefined ? {} : { to: createAddressFromString(to) }),
    value,
    data: hexToBytes(data),
    gasLimit: gas,
  };
  const unsigned = createTx(draft, { common });
  const perAuthorization = unsigned.common.param("perEmptyAccountCost");
  const intrinsic = unsigned.getIntrinsicGas() + perAuthorization * BigInt(authorizations.length);
  if (intrinsic > gas) throw new InvalidTransactionError(`intrinsic gas is ${intrinsic}, given is ${gas}`);
  const caller = createAddressFromString(from);
  const balance = (await state.getAccount(caller))?.balance ?? 0n;
  // EthereumJS would throw amid a creation.
  if (value > balance) throw new InvalidTransactionError(`its value is ${value}, ${from} has ${balance}`);
  const warm = [
    caller.toString(),
    block.header.coinbase.toString(),
    ...(draft.to === undefined ? [] : [draft.to.toString()]),
  ];
  const authorities = await applyAuthorizations(state, common, caller, authorizations);
  for (const address of [...warm, ...authorities.map((authority) => authority.toString())])
    evm.journal.addAlwaysWarmAddress(address);
  for (const precompile of evm.precompiles.keys()) evm.journal.addAlwaysWarmAddress(precompile);
  const result = await evm.runCall({
    block,
    caller,
    origin: caller,
    gasPrice,
    gasLimit: gas - intrinsic,
    to: draft.to,
    value,
    data: draft.data,
  });
  const used = intrinsic + result.execResult.executionGasUsed;
  const floor = getCalldataFloorGas(unsigned, caller);
  return { result, gasUsed: used > floor ? used : floor };
}
