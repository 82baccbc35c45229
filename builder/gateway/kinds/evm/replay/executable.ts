import { numberToHex } from "viem";
import type { ChronicleTransaction } from "../../../../kinds/evm/chronicle/types.ts";
import { CHEATS } from "../../../../kinds/evm/cheats/account.ts";
import { isCheat } from "../../../../kinds/evm/cheats/envelope.ts";
import { OPERATION_GAS } from "../../../../kinds/evm/execution/environment.ts";
import type { VisitReceipt } from "../../../../kinds/evm/receipt.ts";
import { accessListGas, callRequest, callSchema } from "../../../call-request.ts";
import { rpcTransaction, signedBytes } from "../format.ts";
import { differenceOf } from "./compare.ts";
import { ReplayDiffersError, ReplayRequestError } from "./errors.ts";
import { rehearse, type Stage } from "./rehearse.ts";

/** A past transaction as a tool can execute it. */
export interface ExecutableTransaction {
  readonly shown: Readonly<Record<string, unknown>>;
  /** Limit of the block that it is in. */
  readonly blockGas: bigint;
}

/** More than any transaction uses. */
const PLENTY = 1n << 40n;

/**
 * The transaction, with the least of several gas limits with which a tool will see what happened: its own, a
 * block's, or plenty. On the rollup a call back has gas of its own; here it lives on the transaction's.
 * @throws {ReplayDiffersError} if none does; {ReplayRequestError} if there is nothing to execute.
 */
export async function executableTransaction(
  stage: Stage,
  transaction: ChronicleTransaction,
  visit: VisitReceipt,
  chainId: bigint,
): Promise<ExecutableTransaction> {
  const unlimited = shownTo(stage, transaction, chainId);
  const { from, to, value, input, gas: limit, gasPrice, accessList, authorizationList } = unlimited;
  const said = { from, to, value, input, gas: limit, gasPrice, accessList, authorizationList };
  const call = callSchema.parse(said);
  const { gas: own = OPERATION_GAS } = call;
  const executable = { ...callRequest(call), accessListGas: accessListGas(call) };
  let difference: string | undefined;
  for (const gas of new Set([own, own > OPERATION_GAS ? own : OPERATION_GAS, PLENTY])) {
    const blockGas = gas > OPERATION_GAS ? gas : OPERATION_GAS;
    difference = differenceOf(visit, await rehearse(stage, { ...executable, gas }, blockGas));
    if (difference === undefined) return { shown: { ...unlimited, gas: numberToHex(gas) }, blockGas };
  }
  throw new ReplayDiffersError(transaction.hash, difference ?? "everything");
}

/** A call of another chain is shown as a transaction of its proxy, an impersonated one as its account's. */
function shownTo(
  { state }: Stage,
  transaction: ChronicleTransaction,
  chainId: bigint,
): Record<string, unknown> {
  const raw = signedBytes(transaction);
  const shown = { ...rpcTransaction(transaction, chainId), transactionIndex: "0x0" };
  if (raw !== undefined && !isCheat(raw)) return shown;
  const { from, to } = transaction.receipt;
  if (from === CHEATS || (raw !== undefined && to === CHEATS))
    throw new ReplayRequestError(`${transaction.hash} is a cheat that sets the state: no code runs in it`);
  const nonce = numberToHex(state.account(from)?.nonce ?? 0n);
  // Signatures are not looked at, but tools want one of the form that the type has.
  return { ...shown, type: "0x0", nonce, v: "0x1b", r: "0x1", s: "0x1" };
}
