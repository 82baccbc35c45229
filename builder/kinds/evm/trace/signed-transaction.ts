import type { TypedTransaction } from "@ethereumjs/tx";
import type { Hex } from "viem";
import { type BusEntry, busEntry } from "../../../../circuits/bus/evaluate.ts";
import { TRANSACTION_FIELDS, TRANSACTION_STATUS } from "../../../../circuits/bus/transaction-fields.ts";
import { halves } from "../../../proving/bus/terms.ts";
import { feesOf } from "../../../evm/fees.ts";
import { rulesOf } from "../../../evm/rules.ts";
import { wholeDataWords } from "../../../protocol/statement.ts";
import { InvalidL2TransactionError } from "../../errors.ts";
import { decodeRollupTransaction } from "../execution/interpreter.ts";
import { NotYetProvableError } from "./errors.ts";

type FieldName = Exclude<keyof typeof TRANSACTION_FIELDS, "status">;

/** What L1 says of a transaction whose form is valid. */
export interface SignedTransaction {
  readonly fields: Readonly<Record<FieldName, bigint>>;
  readonly data: Uint8Array;
}

const SET_CODE = "0x04";
const GAS = { base: 21_000n, token: 4n, floorToken: 10n, address: 2_400n, slot: 1_900n, creation: 32_000n };
const INIT_WORD_GAS = 2n;

/**
 * The transaction in an L2TX's data, as L1 decodes it (`contracts/proofs/bus/Transactions.sol`).
 * @returns nothing if its form is not valid.
 * @throws {NotYetProvableError} for one of type 4, of which L1 does not say whether it is.
 */
export function signedTransaction(raw: Hex, chainId: bigint): SignedTransaction | undefined {
  if (raw.startsWith(SET_CODE)) throw new NotYetProvableError("transactions of type 4 (EIP-7702)");
  try {
    const tx = decodeRollupTransaction(raw, rulesOf(Number(chainId)));
    return { fields: fieldsOf(tx), data: tx.data };
  } catch (error) {
    // EthereumJS throws errors of its own about signatures.
    if (error instanceof InvalidL2TransactionError || error instanceof Error) return undefined;
    throw error;
  }
}

function fieldsOf(tx: TypedTransaction): SignedTransaction["fields"] {
  const { maxFee, priorityFee } = feesOf(tx);
  const list = "accessList" in tx ? tx.accessList : [];
  const accessAddresses = BigInt(list.length);
  const accessSlots = BigInt(list.reduce((sum, [, slots]) => sum + slots.length, 0));
  const dataLength = BigInt(tx.data.length);
  const tokens = tx.data.reduce((sum, byte) => sum + (byte === 0 ? 1n : 4n), 0n);
  const isCreation = tx.to === undefined;
  const creation = isCreation ? GAS.creation + INIT_WORD_GAS * ((dataLength + 31n) / 32n) : 0n;
  const access = GAS.address * accessAddresses + GAS.slot * accessSlots;
  return {
    type: BigInt(tx.type),
    nonce: tx.nonce,
    maxFeePerGas: maxFee,
    maxPriorityFeePerGas: priorityFee,
    gasLimit: tx.gasLimit,
    isCreation: isCreation ? 1n : 0n,
    to: BigInt(tx.to?.toString() ?? 0n),
    value: tx.value,
    dataLength,
    intrinsicGas: GAS.base + GAS.token * tokens + creation + access,
    floorGas: GAS.base + GAS.floorToken * tokens,
    signer: BigInt(tx.getSenderAddress().toString()),
    accessAddresses,
    accessSlots,
  };
}

/** What L1 puts on the bus for the transaction that is the data of action number `action`. */
export function transactionTuples(transaction: SignedTransaction | undefined, action: bigint): BusEntry[] {
  const field = (name: keyof typeof TRANSACTION_FIELDS, value: bigint): BusEntry =>
    busEntry("transaction", { ...halves(value), action, field: BigInt(TRANSACTION_FIELDS[name]) });
  if (transaction === undefined) return [field("status", BigInt(TRANSACTION_STATUS.invalid))];
  const { fields, data } = transaction;
  const names = Object.keys(fields) as FieldName[];
  return [
    field("status", BigInt(TRANSACTION_STATUS.valid)),
    ...names.map((name) => field(name, fields[name])),
    ...wholeDataWords(data).map((word, index) =>
      busEntry("transactionData", { ...halves(word), action, index: BigInt(index) }),
    ),
  ];
}
