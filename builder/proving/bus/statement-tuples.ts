import { keccak256, numberToHex } from "viem";
import {
  TRANSACTION_FIELD_NAMES,
  TRANSACTION_FIELDS,
  TRANSACTION_STATUS,
  type TransactionField,
} from "../../../circuits/bus/transaction-fields.ts";
import { evmChainIdOf } from "../../protocol/evm-chain-id.ts";
import { chainId } from "../../protocol/ids.ts";
import { ActionKind } from "../../protocol/action.ts";
import { STATEMENT_DOMAIN, STATEMENT_LAYOUT, wholeDataWords } from "../../protocol/statement.ts";
import { type Answers, NO_QUESTIONS, type PrecompileAnswer } from "./questions.ts";
import { RollupProxies } from "./proxies.ts";
import { halves, termsOf, type Tuple } from "./terms.ts";
import { decodeTransaction } from "./transaction.ts";
import type { BusChallenges } from "./transcript.ts";

const WORD_BYTES = 32;

/**
 * What L1 adds to a statement's bus.
 * @param words of the statement, with data in words of 32 bytes.
 */
export function statementTerms(
  words: readonly bigint[],
  answers: Answers,
  challenges: BusChallenges,
): bigint {
  return termsOf(statementTuples(words, answers), challenges);
}

/**
 * All tuples that L1 sends for a statement: its words, its transactions, the proxies of those who call the
 * rollup, and the answers that it was asked for.
 * @throws {RangeError} for words that begin as a statement's and are none.
 */
export function* statementTuples(
  words: readonly bigint[],
  answers: Answers = NO_QUESTIONS,
): Generator<Tuple> {
  for (const [index, word] of words.entries())
    yield { name: "word", fields: { ...halves(word), index: BigInt(index) } };
  for (const told of actionsOf(words))
    if ("data" in told) yield* transactionTuples(told.action, told.data, told.chainId);
    else yield proxyTuple(told);
  for (const [number, preimage] of answers.preimages.entries()) yield* keccakTuples(number, preimage);
  for (const [number, answer] of answers.inputs.entries()) yield* precompiledTuples(number, answer);
}

interface StatedTransaction {
  /** Number of its action in the statement. */
  readonly action: number;
  readonly data: Uint8Array;
  /** EVM chain id of the rollup. */
  readonly chainId: bigint;
}

/** The sender of a CALL that comes in. */
interface StatedCaller {
  readonly sender: bigint;
  readonly from: bigint;
}

/** `contracts/proofs/bus/StatementActions.sol`. */
function* actionsOf(words: readonly bigint[]): Generator<StatedTransaction | StatedCaller> {
  const [domain, l1ChainId = 0n, , rollup = 0n, , , visits] = words;
  if (domain !== STATEMENT_DOMAIN || visits === undefined) return;
  const evmChainId = evmChainIdOf(l1ChainId, rollup);
  let at: number = STATEMENT_LAYOUT.header;
  const next = (): bigint => {
    const word = words[at++];
    if (word === undefined) throw new RangeError("the words end too early");
    return word;
  };
  let action = 0;
  for (let visit = 0n; visit < visits; visit++) {
    at += 2;
    for (let actions = next(); actions > 0n; actions--, action++) {
      const packed = next();
      const length = Number(BigInt.asUintN(32, packed >> 160n));
      if (BigInt.asUintN(8, packed >> 24n) !== 0n) throw new RangeError("data that is elsewhere");
      const sender = next();
      at += STATEMENT_LAYOUT.action - 2;
      const data = bytesOf(Array.from({ length: Math.ceil(length / WORD_BYTES) }, next)).subarray(0, length);
      const kind = Number(BigInt.asUintN(8, packed));
      if (kind === ActionKind.L2TX) yield { action, data, chainId: evmChainId };
      if (kind === ActionKind.CALL && BigInt.asUintN(64, packed >> 96n) === rollup)
        yield { sender, from: BigInt.asUintN(64, packed >> 32n) };
    }
  }
  if (at !== words.length) throw new RangeError("words are left over");
}

function proxyTuple({ sender, from }: StatedCaller): Tuple {
  const { address, codeHash } = RollupProxies.read().of(numberToHex(sender, { size: 20 }), chainId(from));
  const { lo, hi } = halves(BigInt(codeHash));
  const fields = { address: BigInt(address), original: sender, chain: from, hashLo: lo, hashHi: hi };
  return { name: "proxy", fields };
}

function bytesOf(words: readonly bigint[]): Uint8Array {
  return Buffer.concat(
    words.map((word) => Buffer.from(word.toString(16).padStart(2 * WORD_BYTES, "0"), "hex")),
  );
}

function* transactionTuples(number: number, data: Uint8Array, chainId: bigint): Generator<Tuple> {
  const transaction = decodeTransaction(data, chainId);
  const action = BigInt(number);
  const said: Partial<Readonly<Record<TransactionField, bigint>>> =
    transaction.status === TRANSACTION_STATUS.valid
      ? transaction.fields
      : { status: BigInt(transaction.status) };
  for (const name of TRANSACTION_FIELD_NAMES) {
    const { [name]: value } = said;
    if (value === undefined) continue;
    const field = BigInt(TRANSACTION_FIELDS[name]);
    yield { name: "transaction", fields: { ...halves(value), action, field } };
  }
  if (transaction.status !== TRANSACTION_STATUS.valid) return;
  for (const [index, word] of wholeDataWords(transaction.data).entries())
    yield { name: "transactionData", fields: { ...halves(word), action, index: BigInt(index) } };
}

function* keccakTuples(at: number, preimage: Uint8Array): Generator<Tuple> {
  const number = BigInt(at);
  const hash = halves(BigInt(keccak256(preimage)));
  const words = wholeDataWords(preimage);
  for (let index = 0; index === 0 || 2 * index < words.length; index++) {
    const [first, second] = [halves(words[2 * index] ?? 0n), halves(words[2 * index + 1] ?? 0n)];
    const pair = { firstLo: first.lo, firstHi: first.hi, secondLo: second.lo, secondHi: second.hi };
    if (index === 0)
      yield { name: "keccak", fields: { ...hash, ...pair, number, length: BigInt(preimage.length) } };
    else yield { name: "preimage", fields: { ...pair, number, index: BigInt(index) } };
  }
}

function* precompiledTuples(at: number, answer: PrecompileAnswer): Generator<Tuple> {
  const { precompile, input, price, output } = answer;
  const number = BigInt(at);
  yield {
    name: "precompiled",
    fields: {
      price,
      number,
      address: BigInt(precompile),
      success: output === undefined ? 0n : 1n,
      inputLength: BigInt(input.length),
      outputLength: BigInt(output?.length ?? 0),
    },
  };
  for (const [side, bytes] of [input, output ?? new Uint8Array()].entries())
    for (const [index, word] of wholeDataWords(bytes).entries())
      yield {
        name: "precompiledWord",
        fields: { ...halves(word), number, side: BigInt(side), index: BigInt(index) },
      };
}
