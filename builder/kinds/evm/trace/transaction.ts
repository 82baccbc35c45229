import { hexToBytes } from "viem";
import type { FrameAttribute } from "../../../../circuits/evm/attributes.ts";
import { TRANSACTION_STATUS } from "../../../../circuits/bus/transaction-fields.ts";
import { halves } from "../../../proving/bus/terms.ts";
import {
  GAS_CAP,
  LAST_NONCE,
  TRANSACTION_TIME,
  transactionIn,
  VALUE_CHANGES,
} from "../../../../circuits/evm/border/transaction-in.ts";
import {
  droppedWord,
  REFUND_QUOTIENT,
  transactionOut,
} from "../../../../circuits/evm/border/transaction-out.ts";
import { rawWord, transactionWord } from "../../../../circuits/evm/border/transaction-words.ts";
import { isWarmFromStart } from "../../../../circuits/evm/state/warm.ts";
import { packedWord, wholeDataWords, STATEMENT_LAYOUT } from "../../../protocol/statement.ts";
import { StatementRefusedError } from "../reference/errors.ts";
import { NotYetProvableError } from "./errors.ts";
import { NO_CODE_HASH } from "./fields.ts";
import { traceFrame, type TracedFrame } from "./frame.ts";
import type { FrameEnd } from "./frame-start.ts";
import { attributeReads, codeOf, found, wordBehind, wordOf } from "./given.ts";
import type { Operation, TracedOperation } from "./operation.ts";
import { Reads } from "./reads.ts";
import { type SignedTransaction, signedTransaction } from "./signed-transaction.ts";
import type { AccountEntry, Tables } from "./tables.ts";
import type { TraceRow } from "./trace-row.ts";

/** What a frame is told. */
type Attributes = Readonly<Record<FrameAttribute, bigint>>;

/** The statement's only code. */
const SLOT = 0n;
const COINBASE = 0n;

/** A frame without code, and what is there when no frame begins. */
const NOTHING = new Uint8Array();

/**
 * Rows of an L2TX that comes in, and of its RESULT.
 * @throws as `traceVisit`.
 */
export async function traceTransaction(operation: Operation): Promise<TracedOperation> {
  const { action, answer, cursor, statement } = operation;
  const { context, time, index, number } = cursor;
  const transaction = signedTransaction(action.data, statement.chainId);
  const play = transaction === undefined ? undefined : await playTransaction(operation, transaction);
  const isValid = play?.isValid === true;
  const end = play?.end;
  const expected = isValid ? (end?.succeeded === true ? "0x01" : "0x00") : "0x";
  if (answer.failed === isValid || answer.data !== expected)
    throw new StatementRefusedError("ACTION_DIFFERS", "the rollup answers otherwise");

  const raw = wholeDataWords(hexToBytes(action.data));
  const rawIndex = index + BigInt(STATEMENT_LAYOUT.action);
  const answerIndex = rawIndex + BigInt(raw.length);
  const start = time + BigInt(TRANSACTION_TIME);
  const payment = {
    signer: transaction?.fields.signer ?? 0n,
    gasLimit: transaction?.fields.gasLimit ?? 0n,
    price: transaction?.fields.maxPriorityFeePerGas ?? 0n,
    floor: transaction?.fields.floorGas ?? 0n,
    valid: isValid ? 1n : 0n,
    succeeds: end?.succeeded === true ? 1n : 0n,
  };
  const paid = isValid ? await settle(operation, payment, play.end) : {};
  const endTime = end?.time ?? start;
  const rows: TraceRow[] = [
    {
      type: transactionIn,
      given: {
        ...cursor,
        ...wordOf("packed", packedWord(action)),
        length: BigInt(hexToBytes(action.data).length),
        rollup: action.to,
        status: BigInt(transaction === undefined ? TRANSACTION_STATUS.invalid : TRANSACTION_STATUS.valid),
        isSigned: transaction === undefined ? 0n : 1n,
        succeeds: payment.succeeds,
        ...play?.given,
      },
    },
    ...raw.map((word, at): TraceRow => {
      return { type: rawWord, given: { index: rawIndex + BigInt(at), context, ...wordOf("word", word) } };
    }),
    ...(play?.rows ?? []),
    {
      type: transactionOut,
      given: {
        index: answerIndex,
        number: number + 1n,
        context,
        start,
        ...payment,
        ...wordOf("packed", packedWord(answer)),
        rollup: action.to,
        gas: end?.gas ?? 0n,
        time: endTime,
        length: BigInt(end?.output.length ?? 0),
        ...paid,
      },
    },
    ...wholeDataWords(end?.output ?? NOTHING).map((word, at): TraceRow => {
      return { type: droppedWord, given: { index: BigInt(at), context, ...halves(word) } };
    }),
  ];
  return {
    rows,
    codes: play?.codes ?? [],
    end: {
      index: answerIndex + BigInt(STATEMENT_LAYOUT.action) + payment.valid,
      number: number + 2n,
      time: endTime + 3n,
      context: context + 1n,
    },
    keeps: isValid,
  };
}

interface Play extends Pick<TracedOperation, "rows" | "codes"> {
  /** What `transactionIn` is given of fields and accounts. */
  readonly given: Readonly<Record<string, bigint>>;
  readonly isValid: boolean;
  /** Of the frame; nothing if none began. */
  readonly end: FrameEnd | undefined;
}

/** Rows of the calldata and of the frame, if the transaction is valid. */
async function playTransaction(operation: Operation, transaction: SignedTransaction): Promise<Play> {
  const { cursor, tables } = operation;
  const { context, time, number } = cursor;
  const { fields, data } = transaction;
  const payer = await tables.account(fields.signer);
  if (payer.codeHash !== NO_CODE_HASH)
    throw new NotYetProvableError("signers whose account delegates (EIP-7702)");
  const isValid = isPayable(transaction, payer);
  if (isValid) assertCovered(transaction);
  const fee = fields.gasLimit * fields.maxPriorityFeePerGas;
  const paid = isValid
    ? { ...payer, nonce: payer.nonce + 1n, balance: payer.balance - fee, warm: true }
    : payer;
  const moved = isValid ? fields.value : 0n;
  tables.writeAccount({ ...paid, balance: paid.balance - moved, time: time + 1n });
  const callee = isValid ? await tables.account(fields.to) : undefined;
  if (callee !== undefined)
    tables.writeAccount({ ...callee, balance: callee.balance + moved, warm: true, time: time + 2n });
  const { frame, attributes, codes } =
    callee === undefined
      ? { frame: undefined, attributes: undefined, codes: [] }
      : await playFrame(operation, transaction, callee);
  const lastUndoing = (attributes?.undoing ?? 0n) >> 128n;
  const undone =
    callee === undefined || lastUndoing === 0n
      ? {}
      : await returnValue(tables, { paid, callee, lastUndoing });

  const reads = new Reads();
  reads.count(frame?.rows ?? [], "attribute", operation.hash);
  reads.count(frame?.rows ?? [], "calldata", operation.hash);
  const words = wholeDataWords(data).map((word, at): TraceRow => {
    const fieldsOfWord = { context, index: BigInt(at), ...halves(word) };
    const times = reads.of("calldata", fieldsOfWord);
    return { type: transactionWord, given: { ...fieldsOfWord, action: number, reads: times } };
  });
  const { maxFeePerGas, maxPriorityFeePerGas, value, to, signer, ...small } = fields;
  const given = {
    ...small,
    ...wordOf("maxFeePerGas", maxFeePerGas),
    ...wordOf("maxPriorityFeePerGas", maxPriorityFeePerGas),
    ...wordOf("value", value),
    ...wordOf("to", to),
    ...wordOf("signer", signer),
    ...found("payer", payer),
    ...(callee === undefined ? {} : found("callee", callee)),
    lastUndoing,
    ...undone,
    slot: codes[0]?.slot ?? 0n,
    ...(attributes === undefined ? {} : attributeReads(reads, context, attributes)),
    "reads behind": reads.of("calldata", wordBehind(context, words.length)),
  };
  return { given, isValid, end: frame?.end, rows: [...words, ...(frame?.rows ?? [])], codes };
}

/** @throws {NotYetProvableError} for a valid transaction that no row covers. */
function assertCovered({ fields: { isCreation, accessAddresses, to } }: SignedTransaction): void {
  if (isCreation === 1n) throw new NotYetProvableError("transactions that create a contract");
  if (accessAddresses > 0n) throw new NotYetProvableError("transactions with an access list");
  if (to !== 0n && isWarmFromStart(to)) throw new NotYetProvableError("calls to precompiles");
}

/** The accounts of a transaction before its value moves, and when the last undoing is. */
interface ValueMoved {
  readonly paid: AccountEntry;
  readonly callee: AccountEntry;
  readonly lastUndoing: bigint;
}

/**
 * Gives the value back when the frame has failed and what it did is undone: the frame's first two changes.
 * @returns what `transactionIn` is given of it.
 */
async function returnValue(
  tables: Tables,
  { paid, callee, lastUndoing }: ValueMoved,
): Promise<Record<string, bigint>> {
  const calleeUndone = (await tables.account(callee.address)).time;
  tables.writeAccount({ ...callee, warm: true, time: lastUndoing - 1n });
  const payerUndone = (await tables.account(paid.address)).time;
  tables.writeAccount({ ...paid, time: lastUndoing });
  return { "payer undone": payerUndone, "callee undone": calleeUndone };
}

/** Executes the frame of a valid transaction, and says what it is told. */
async function playFrame(
  operation: Operation,
  { fields, data }: SignedTransaction,
  callee: AccountEntry,
): Promise<
  Pick<TracedOperation, "codes"> & { readonly frame: TracedFrame; readonly attributes: Attributes }
> {
  const { cursor, tables, statement } = operation;
  const { to, signer, value, dataLength, gasLimit, intrinsicGas } = fields;
  const attributes = {
    address: to,
    origin: signer,
    caller: signer,
    callValue: value,
    callDataSize: dataLength,
    gasPrice: fields.maxPriorityFeePerGas,
    isStatic: 0n,
  };
  const { context } = cursor;
  const time = cursor.time + BigInt(TRANSACTION_TIME);
  const gas = gasLimit - intrinsicGas;
  const code = codeOf(operation, callee.codeHash);
  if (code === undefined) {
    const end = { time, gas, succeeded: true, output: NOTHING };
    const frame: TracedFrame = { rows: [], end, undoing: 0n };
    return { frame, attributes: { ...attributes, undoing: 0n }, codes: [] };
  }
  const frame = await traceFrame(
    {
      ...{ context, time, gas, slot: SLOT, code: hexToBytes(code), callData: data },
      attributes: { ...attributes, ...statement },
      undoneBefore: BigInt(VALUE_CHANGES),
    },
    tables,
  );
  return { frame, attributes: { ...attributes, undoing: frame.undoing }, codes: [{ slot: SLOT, code }] };
}

/**
 * Pays signer and coinbase at the end of a valid transaction.
 * @returns what `transactionOut` is given of the counter and the accounts.
 */
async function settle(
  { tables }: Operation,
  { signer, gasLimit, price, floor }: Readonly<Record<"signer" | "gasLimit" | "price" | "floor", bigint>>,
  end: FrameEnd | undefined,
): Promise<Record<string, bigint>> {
  if (end === undefined) throw new RangeError("a valid transaction has a frame");
  const { refund } = tables;
  const spent = gasLimit - end.gas;
  const most = spent / BigInt(REFUND_QUOTIENT);
  const refunded = spent - (refund.value < most ? refund.value : most);
  const used = refunded < floor ? floor : refunded;
  const payer = await tables.account(signer);
  const back = payer.balance + (gasLimit - used) * price;
  tables.writeAccount({ ...payer, balance: back, time: end.time + 1n });
  const coinbase = await tables.account(COINBASE);
  tables.writeAccount({ ...coinbase, balance: coinbase.balance + used * price, time: end.time + 2n });
  return {
    refund: refund.value,
    refundTime: refund.time,
    ...found("payer", payer),
    ...found("coinbase", coinbase),
  };
}

/** Whether a signed transaction may take effect in the state as it is. */
function isPayable({ fields }: SignedTransaction, payer: AccountEntry): boolean {
  const { gasLimit, maxFeePerGas, maxPriorityFeePerGas, value, nonce, intrinsicGas, floorGas } = fields;
  return (
    maxPriorityFeePerGas <= maxFeePerGas &&
    gasLimit <= GAS_CAP &&
    gasLimit >= intrinsicGas &&
    gasLimit >= floorGas &&
    gasLimit * maxFeePerGas + value <= payer.balance &&
    nonce === payer.nonce &&
    nonce !== LAST_NONCE
  );
}
