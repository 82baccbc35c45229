import { bytesToHex, hexToBytes } from "viem";
import { SYSTEM_ADDRESS } from "../../../../circuits/evm/addresses.ts";
import { CALL_TIME, calldataWord, callIn, OPERATION_GAS } from "../../../../circuits/evm/border/call-in.ts";
import { resultOut, resultWord } from "../../../../circuits/evm/border/result-out.ts";
import { isWarmFromStart } from "../../../../circuits/evm/state/warm.ts";
import { wholeDataWords, packedWord, STATEMENT_LAYOUT } from "../../../protocol/statement.ts";
import { StatementRefusedError } from "../reference/errors.ts";
import { NotYetProvableError } from "./errors.ts";
import { accountFields, NO_CODE_HASH } from "./fields.ts";
import { halves } from "../../../proving/bus/terms.ts";
import { attributeReads, codeOf, found, wordBehind, wordOf } from "./given.ts";
import { traceFrame, type TracedFrame } from "./frame.ts";
import type { Operation, TracedOperation } from "./operation.ts";
import { Reads } from "./reads.ts";
import type { TraceRow } from "./trace-row.ts";

/** The statement's only code. */
const SLOT = 0n;

/**
 * Rows of a CALL that comes in, and of its RESULT.
 * @throws as `traceVisit`.
 */
export async function traceCall(operation: Operation): Promise<TracedOperation> {
  const { action, answer, cursor, tables, statement } = operation;
  const target = BigInt(action.target);
  if (target === SYSTEM_ADDRESS) throw new NotYetProvableError("calls to the system contract");
  if (target !== 0n && isWarmFromStart(target)) throw new NotYetProvableError("calls to precompiles");
  const { context, time } = cursor;
  const proxy = operation.proxies.of(action.sender, action.from);
  const address = BigInt(proxy.address);

  const isCreated = (await tables.account(address)).codeHash === NO_CODE_HASH;
  const system = isCreated ? await tables.account(SYSTEM_ADDRESS) : undefined;
  if (system !== undefined) tables.writeAccount({ ...system, nonce: system.nonce + 1n, time: time + 1n });
  const caller = await tables.account(address);
  const creation = isCreated ? { nonce: 1n, codeHash: BigInt(proxy.codeHash) } : {};
  tables.writeAccount({ ...caller, ...creation, warm: true, time: time + 2n });
  const callee = await tables.account(target);
  tables.writeAccount({ ...callee, balance: callee.balance + action.value, warm: true, time: time + 3n });

  const attributes = {
    address: target,
    origin: address,
    caller: address,
    callValue: action.value,
    callDataSize: BigInt(hexToBytes(action.data).length),
    gasPrice: 0n,
    isStatic: action.isStatic ? 1n : 0n,
  };
  const start = time + BigInt(CALL_TIME);
  const code = codeOf(operation, callee.codeHash);
  const frame: TracedFrame =
    code === undefined
      ? {
          rows: [],
          end: { time: start, gas: OPERATION_GAS, succeeded: true, output: new Uint8Array() },
          undoing: 0n,
        }
      : await traceFrame(
          {
            context,
            time: start,
            gas: OPERATION_GAS,
            slot: SLOT,
            code: hexToBytes(code),
            callData: hexToBytes(action.data),
            attributes: { ...attributes, ...statement },
            // If it fails, the visit leaves nothing behind.
            undoneBefore: undefined,
          },
          tables,
        );
  const { end } = frame;
  if (end.succeeded === answer.failed || bytesToHex(end.output) !== answer.data)
    throw new StatementRefusedError("ACTION_DIFFERS", "the rollup answers otherwise");

  const reads = new Reads();
  reads.count(frame.rows, "attribute", operation.hash);
  reads.count(frame.rows, "calldata", operation.hash);
  const calldata = wholeDataWords(hexToBytes(action.data));
  const data = cursor.index + BigInt(STATEMENT_LAYOUT.action);
  const answerIndex = data + BigInt(calldata.length);
  const result = wholeDataWords(end.output);
  const resultData = answerIndex + BigInt(STATEMENT_LAYOUT.action);
  const { hashLo, hashHi } = accountFields({ nonce: 0n, balance: 0n, codeHash: BigInt(proxy.codeHash) });
  const rows: TraceRow[] = [
    {
      type: callIn,
      given: {
        ...cursor,
        ...wordOf("packed", packedWord(action)),
        ...wordOf("sender", BigInt(action.sender)),
        ...wordOf("target", target),
        value: action.value,
        isStatic: attributes.isStatic,
        rollup: action.to,
        proxy: address,
        chain: action.from,
        codeLo: hashLo,
        codeHi: hashHi,
        length: attributes.callDataSize,
        gas: BigInt(action.gas),
        created: isCreated ? 1n : 0n,
        ...(system === undefined ? {} : found("system", system)),
        ...found("caller", caller),
        ...found("callee", callee),
        slot: code === undefined ? 0n : SLOT,
        ...attributeReads(reads, context, { ...attributes, undoing: frame.undoing }),
        "reads behind": reads.of("calldata", wordBehind(context, calldata.length)),
      },
    },
    ...calldata.map((word, number): TraceRow => {
      const fields = { context, ...halves(word) };
      const given = { ...fields, index: data + BigInt(number), number: BigInt(number) };
      const times = reads.of("calldata", { ...fields, index: BigInt(number) });
      return { type: calldataWord, given: { ...given, reads: times } };
    }),
    ...frame.rows,
    {
      type: resultOut,
      given: {
        index: answerIndex,
        number: cursor.number + 1n,
        context,
        chain: action.from,
        isStatic: attributes.isStatic,
        ...wordOf("packed", packedWord(answer)),
        rollup: action.to,
        gas: end.gas,
        time: end.time,
        succeeded: end.succeeded ? 1n : 0n,
        length: BigInt(end.output.length),
        refund: tables.refund.value,
        refundTime: tables.refund.time,
      },
    },
    ...result.map((word, number): TraceRow => {
      const place = { index: resultData + BigInt(number), number: BigInt(number) };
      return { type: resultWord, given: { ...place, context, ...halves(word) } };
    }),
  ];
  return {
    rows,
    codes: code === undefined ? [] : [{ slot: SLOT, code }],
    end: {
      index: resultData + BigInt(result.length),
      number: cursor.number + 2n,
      time: end.time + 1n,
      context: context + 1n,
    },
    keeps: end.succeeded && !action.isStatic,
  };
}
