import { InvalidTransactionError, type TransactionRule } from "../../evm/call-request.ts";
import { LockstepError } from "../../protocol/errors.ts";
import type { RpcErrorObject } from "../json-rpc.ts";

/** `eth_simulateV1` has codes of its own. */
export class SimulateError extends LockstepError {
  readonly answer: RpcErrorObject;

  constructor(code: number, message: string) {
    super("SIMULATED_CALL_REFUSED", message);
    this.answer = { code, message };
  }
}

const CODES: Readonly<Record<TransactionRule, number>> = {
  nonceTooLow: -38010,
  nonceTooHigh: -38011,
  intrinsicGas: -38013,
  insufficientFunds: -38014,
  nonceHasMaximum: -32603,
};

/** What a call that was refused is in the method's own codes. */
export function simulateError(error: unknown): unknown {
  if (!(error instanceof InvalidTransactionError) || error.rule === undefined) return error;
  return new SimulateError(CODES[error.rule], `err: ${error.message}`);
}
