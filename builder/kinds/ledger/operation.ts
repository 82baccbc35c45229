import { encodeAbiParameters, type Hex, hexToBytes, numberToHex } from "viem";
import { type Action, callAction, resultAction } from "../../protocol/action.ts";
import type { ChainId, FieldElement } from "../../protocol/ids.ts";
import type { StateTree } from "../../state/tree.ts";
import { INVALID_CALLDATA, insufficientBalance, LEDGER, STATIC_CALL_VIOLATION } from "./abi.ts";
import { accountKey, packAccount, unpackAccount } from "./account.ts";
import { type LedgerCall, parseCalldata } from "./calldata.ts";
import { BalanceOverflowError } from "./errors.ts";
import { BALANCE_LIMIT, OUTGOING_GAS } from "./limits.ts";
import type { LedgerOperationStep } from "./record.ts";

/** A CALL or L2TX, reduced to what decides its effect. */
export interface LedgerOperation {
  /** Key of the account that is credited and pays. */
  readonly account: bigint;
  /** Wei credited before anything else. */
  readonly value: bigint;
  readonly call: LedgerCall;
  readonly isStatic: boolean;
  /** Of the call that a `send` makes. */
  readonly gas: number;
  /** Added to the account's nonce when the operation succeeds: 1 for an L2TX, else 0. */
  readonly nonceStep: 0n | 1n;
}

/** A CALL's operation: of its caller, or, when it goes to an account without code, a deposit there. */
export function operationOfCall(action: Action, self: ChainId): LedgerOperation {
  const toLedger = BigInt(action.target) === BigInt(LEDGER);
  return {
    account: toLedger
      ? accountKey(action.from, BigInt(action.sender))
      : accountKey(self, BigInt(action.target)),
    value: action.value,
    call: toLedger ? parseCalldata(hexToBytes(action.data), self) : { type: "receive" },
    isStatic: action.isStatic,
    gas: action.gas,
    nonceStep: 0n,
  };
}

/** The operation that an L2TX asks for in the name of the account with this key. */
export function operationOfTransaction(account: bigint, call: LedgerCall): LedgerOperation {
  return { account, value: 0n, call, isStatic: false, gas: OUTGOING_GAS, nonceStep: 1n };
}

/**
 * Performs an operation up to its answer, which is a RESULT, or a CALL for a `send`.
 * @throws `BALANCE_OVERFLOW`, `TREE_FULL`, with writes possibly made: the caller undoes them.
 */
export function operate(
  tree: StateTree,
  self: ChainId,
  action: Action,
  operation: LedgerOperation,
): LedgerOperationStep {
  const { account: key, call } = operation;
  const before = unpackAccount(tree.get(key));
  const available = credit(before.balance, operation.value);
  const answer = (failed: boolean, data: Hex): Action =>
    resultAction({ from: self, to: action.from, failed, data });

  const failure = failureOf(operation, available);
  if (failure !== undefined) {
    const account = tree.upsert(key, packAccount(before));
    return { type: "operation", in: action, out: answer(true, failure), account };
  }

  const after = { balance: available - amountOf(call), nonce: before.nonce + operation.nonceStep };
  const account = tree.upsert(key, packAccount(after));
  const step = { type: "operation", in: action, account } as const;
  switch (call.type) {
    case "transfer": {
      const recipient = accountKey(call.chain, call.to);
      const counterparty = tree.upsert(recipient, credited(tree, recipient, call.amount));
      return { ...step, out: answer(false, numberToHex(1n, { size: 32 })), counterparty };
    }
    case "balanceOf": {
      const owner = accountKey(call.chain, call.who);
      const value = tree.get(owner);
      const counterparty = tree.upsert(owner, value);
      return {
        ...step,
        out: answer(false, numberToHex(unpackAccount(value).balance, { size: 32 })),
        counterparty,
      };
    }
    case "send":
      return { ...step, out: outgoingCall(self, call, operation.gas) };
    case "receive":
    case "malformed": // has failed above
      return { ...step, out: answer(false, "0x") };
  }
}

/**
 * How a suspended operation ends when its outgoing call returns: `abi.encode(bytes)` of the answer, or its
 * revert data raw.
 */
export function resume(self: ChainId, caller: ChainId, result: Action): Action {
  const data = result.failed ? result.data : encodeAbiParameters([{ type: "bytes" }], [result.data]);
  return resultAction({ from: self, to: caller, failed: result.failed, data });
}

/**
 * Revert data of the first rule that the operation breaks, in the order of docs/spec.md section 5,
 * "Failures".
 */
function failureOf({ call, isStatic }: LedgerOperation, available: bigint): Hex | undefined {
  if (call.type === "malformed") return INVALID_CALLDATA;
  if (isStatic && (call.type === "transfer" || call.type === "send")) return STATIC_CALL_VIOLATION;
  const amount = amountOf(call);
  if (amount > available) return insufficientBalance(available, amount);
  return undefined;
}

/** Wei that the call takes from the account. */
function amountOf(call: LedgerCall): bigint {
  return call.type === "transfer" || call.type === "send" ? call.amount : 0n;
}

function outgoingCall(self: ChainId, call: LedgerCall & { type: "send" }, gas: number): Action {
  return callAction({
    from: self,
    to: call.chain,
    sender: LEDGER,
    target: numberToHex(call.to, { size: 20 }),
    value: call.amount,
    isStatic: false,
    gas,
    data: call.payload,
  });
}

function credited(tree: StateTree, key: bigint, amount: bigint): FieldElement {
  const account = unpackAccount(tree.get(key));
  return packAccount({ ...account, balance: credit(account.balance, amount) });
}

function credit(balance: bigint, amount: bigint): bigint {
  if (balance + amount >= BALANCE_LIMIT) throw new BalanceOverflowError();
  return balance + amount;
}
