import { type Address, type Hex, hexToBytes } from "viem";
import type { Action } from "../../protocol/action.ts";
import type { ChainId, FieldElement } from "../../protocol/ids.ts";
import { loadPoseidon } from "../../state/poseidon.ts";
import { Recent } from "../../state/recent.ts";
import type { BatchContext } from "../kind.ts";
import { accountKey, unpackAccount } from "./account.ts";
import { parseCalldata, selectedFunction } from "./calldata.ts";
import { InvalidL2TransactionError } from "../errors.ts";
import { decodeL2tx, ledgerMessage } from "./l2tx.ts";
import { MAX_CALLDATA_BYTES, NONCE_LIMIT } from "./limits.ts";
import { type LedgerOperation, operationOfTransaction } from "./operation.ts";
import { addressOf, loadSigning } from "./signing.ts";

/** Whether what was signed lately is signed. */
const verified = new Recent<boolean>(4_096);

/**
 * The operation that an L2TX asks for in the name of its signer.
 * @param valueAt reads the present state.
 * @throws {InvalidL2TransactionError} when it is not valid here and now (docs/spec.md section 5, "L2TX").
 */
export async function authenticate(
  action: Action,
  context: BatchContext,
  self: ChainId,
  valueAt: (key: bigint) => FieldElement,
): Promise<LedgerOperation> {
  const [poseidon, signing] = await Promise.all([loadPoseidon(), loadSigning()]);
  const transaction = decodeL2tx(action.data);
  const { calldata, deadline, nonce, publicKey, signature } = transaction;
  const account = accountKey(self, addressOf(poseidon, publicKey));
  const { nonce: expected } = unpackAccount(valueAt(account));

  const { l1ChainId, manager } = context;
  // It is asked for again whenever the transaction is played again, and costs more than all the rest.
  const isSigned = verified.get(`${l1ChainId}:${manager}:${self}:${action.data}`, () => {
    const message = ledgerMessage(poseidon, { l1ChainId, manager, rollup: self }, transaction);
    return signing.verify(message, signature, publicKey);
  });
  assertFunction(calldata);
  if (context.timestamp > deadline)
    throw new InvalidL2TransactionError(
      `its deadline ${deadline.toString()} is before the batch timestamp ${context.timestamp.toString()}`,
    );
  if (nonce !== expected)
    throw new InvalidL2TransactionError(
      `its nonce is ${nonce.toString()}, the account's is ${expected.toString()}`,
    );
  if (nonce + 1n >= NONCE_LIMIT) throw new InvalidL2TransactionError("the account's last nonce is used");
  if (!isSigned) throw new InvalidL2TransactionError("its signature is wrong");

  return operationOfTransaction(account, parseCalldata(calldata, self));
}

/**
 * The operation that an account asks for which has not signed yet: as if it had, with the right nonce and a
 * deadline to come.
 * @throws {InvalidL2TransactionError} when no signature could make it valid.
 */
export function operationOfUnsigned(
  from: Address,
  data: Hex,
  self: ChainId,
  valueAt: (key: bigint) => FieldElement,
): LedgerOperation {
  const calldata = hexToBytes(data);
  if (calldata.length > MAX_CALLDATA_BYTES)
    throw new InvalidL2TransactionError(
      `calldata of ${calldata.length} bytes, at most ${MAX_CALLDATA_BYTES} fit`,
    );
  assertFunction(calldata);
  const account = accountKey(self, BigInt(from));
  if (unpackAccount(valueAt(account)).nonce + 1n >= NONCE_LIMIT)
    throw new InvalidL2TransactionError("the account's last nonce is used");
  return operationOfTransaction(account, parseCalldata(calldata, self));
}

function assertFunction(calldata: Uint8Array): void {
  if (selectedFunction(calldata) === undefined)
    throw new InvalidL2TransactionError("its function is none of transfer, balanceOf and send");
}
