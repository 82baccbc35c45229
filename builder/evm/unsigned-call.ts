import type { Block } from "@ethereumjs/block";
import type { Common } from "@ethereumjs/common";
import type { EVMResult } from "@ethereumjs/evm";
import { createTx, getCalldataFloorGas } from "@ethereumjs/tx";
import { Account, createAddressFromString, MAX_UINT64 } from "@ethereumjs/util";
import { hexToBytes } from "viem";
import type { InterceptingEvm } from "./intercepting-evm.ts";
import { type CallRequest, InvalidTransactionError } from "./call-request.ts";
import { applyAuthorizations } from "./delegation.ts";
import type { JournaledState } from "./journaled-state.ts";
import { overrideAccounts } from "./overrides.ts";

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
  { from, to, value, data, gas, gasPrice, authorizations = [], overrides = [], ...rest }: CallRequest,
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
  if (intrinsic > gas)
    throw new InvalidTransactionError(`intrinsic gas too low: it is ${intrinsic}, given is ${gas}`, {
      rule: "intrinsicGas",
    });
  const caller = createAddressFromString(from);
  await overrideAccounts(state, overrides);
  const { balance, nonce } = (await state.getAccount(caller)) ?? new Account();
  if (rest.nonce !== undefined) assertNonce(rest.nonce, nonce);
  // EthereumJS would throw amid a creation.
  const needed = value + (rest.upfront ?? 0n);
  if (needed > balance)
    throw new InvalidTransactionError(`insufficient funds: its value is ${needed}, ${from} has ${balance}`, {
      rule: "insufficientFunds",
    });
  const warm = [
    caller.toString(),
    block.header.coinbase.toString(),
    ...(draft.to === undefined ? [] : [draft.to.toString()]),
  ];
  const authorities = await applyAuthorizations(state, common, caller, authorizations);
  for (const address of [...warm, ...authorities.map((authority) => authority.toString())])
    evm.journal.addAlwaysWarmAddress(address);
  for (const precompile of evm.precompiles.keys()) evm.journal.addAlwaysWarmAddress(precompile);
  const restore = movePrecompiles(evm, rest.precompiles ?? []);
  const result = await evm
    .runCall({
      block,
      caller,
      origin: caller,
      gasPrice,
      gasLimit: gas - intrinsic,
      to: draft.to,
      value,
      data: draft.data,
    })
    .finally(restore);
  const used = intrinsic + result.execResult.executionGasUsed;
  const floor = getCalldataFloorGas(unsigned, caller);
  return { result, gasUsed: used > floor ? used : floor };
}

function assertNonce(given: bigint, next: bigint): void {
  if (next >= MAX_UINT64)
    throw new InvalidTransactionError("nonce has max value", { rule: "nonceHasMaximum" });
  if (given < next)
    throw new InvalidTransactionError(`nonce too low: it is ${given}, the next is ${next}`, {
      rule: "nonceTooLow",
    });
  if (given > next)
    throw new InvalidTransactionError(`nonce too high: it is ${given}, the next is ${next}`, {
      rule: "nonceTooHigh",
    });
}

/** @returns what moves them back. */
function movePrecompiles(evm: InterceptingEvm, moves: NonNullable<CallRequest["precompiles"]>): () => void {
  const { precompiles } = evm;
  const before = new Map(precompiles);
  for (const { from } of moves) precompiles.delete(from.slice(2));
  for (const { from, to } of moves) {
    const moved = before.get(from.slice(2));
    if (to !== undefined && moved !== undefined) precompiles.set(to.slice(2), moved);
  }
  return () => {
    if (moves.length === 0) return;
    precompiles.clear();
    for (const [address, code] of before) precompiles.set(address, code);
  };
}
