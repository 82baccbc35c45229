import { type Address, concatHex, type Hex, hexToBytes, keccak256, numberToHex, size, toHex } from "viem";
import type { Action } from "./action.ts";
import { type ChainId, type FieldElement, fieldElement, type StateRoot } from "./ids.ts";

/**
 * First word of every statement: the high 248 bits of keccak256("lockstep.statement.v1"). Never zero, which
 * pins the length.
 */
export const STATEMENT_DOMAIN = fieldElement(BigInt(keccak256(toHex("lockstep.statement.v1"))) >> 8n);

/** What every visit of one batch shares (docs/spec.md, "Statement"). */
export interface StatementHeader {
  /** EVM chain id of L1. */
  readonly l1ChainId: bigint;
  /** Address of `Rollups` on L1. */
  readonly manager: Address;
  readonly rollup: ChainId;
  /** Batch timestamp, seconds. */
  readonly timestamp: bigint;
  /** 0 without blobs, else the high 248 bits of keccak256 of the versioned hashes in order. */
  readonly blobs: bigint;
}

/** One visit with every action in or out of the rollup, in order. */
export interface StatementVisit {
  readonly rootBefore: StateRoot;
  readonly rootAfter: StateRoot;
  readonly actions: readonly Action[];
}

/**
 * Words of a statement before its visits, of a visit before its actions, and of an action before its data
 * (docs/spec.md, "Statement").
 */
export const STATEMENT_LAYOUT = { header: 7, visit: 3, action: 4 } as const;

/** Bytes of data carried by one word that is a field element. */
export const BYTES_PER_WORD = 31;
const BYTES_PER_WHOLE_WORD = 32;

/** `data` in 31-byte words, big-endian, the last one padded with zeros on the right. */
export function dataWords(data: Uint8Array): FieldElement[] {
  return cut(data, BYTES_PER_WORD).map(fieldElement);
}

/** `data` in 32-byte words, big-endian, the last one padded with zeros on the right. */
export function wholeDataWords(data: Uint8Array): bigint[] {
  return cut(data, BYTES_PER_WHOLE_WORD);
}

function cut(data: Uint8Array, bytesPerWord: number): bigint[] {
  return Array.from({ length: Math.ceil(data.length / bytesPerWord) }, (_, index) => {
    const word = new Uint8Array(bytesPerWord);
    word.set(data.subarray(index * bytesPerWord, (index + 1) * bytesPerWord));
    return BigInt(toHex(word));
  });
}

/**
 * First word of an action: `kind` in bits 0-7, `failed` in bit 8, `isStatic` in bit 16, `from` in bits 32-95,
 * `to` in bits 96-159, the data's length in bytes in bits 160-191, `gas` in bits 192-223. Bits 24-31 say
 * where the data is: 0, for it follows.
 */
export function packedWord(action: Action): FieldElement {
  return fieldElement(
    BigInt(action.kind) |
      (action.failed ? 1n << 8n : 0n) |
      (action.isStatic ? 1n << 16n : 0n) |
      (action.from << 32n) |
      (action.to << 96n) |
      (BigInt(size(action.data)) << 160n) |
      (BigInt(action.gas) << 192n),
  );
}

/** packed word, sender, target, value, data words. */
export function actionWords(action: Action): FieldElement[] {
  return [...actionHead(action), ...dataWords(hexToBytes(action.data))];
}

function wholeActionWords(action: Action): bigint[] {
  return [...actionHead(action), ...wholeDataWords(hexToBytes(action.data))];
}

function actionHead(action: Action): FieldElement[] {
  return [
    packedWord(action),
    fieldElement(BigInt(action.sender)),
    fieldElement(BigInt(action.target)),
    fieldElement(action.value),
  ];
}

/** The seven words that open a statement. */
export function headerWords(header: StatementHeader, visitCount: number): FieldElement[] {
  return [
    STATEMENT_DOMAIN,
    fieldElement(header.l1ChainId),
    fieldElement(BigInt(header.manager)),
    fieldElement(header.rollup),
    fieldElement(header.timestamp),
    fieldElement(header.blobs),
    fieldElement(BigInt(visitCount)),
  ];
}

/**
 * The words `d` of a statement, exactly as `contracts/batch/Statements.sol` derives them for a proof system
 * whose `dataWordBytes()` are 31.
 * @example
 * ```ts
 * import { callAction, resultAction } from "./builder/protocol/action.ts";
 * import { chainId, L1, stateRoot } from "./builder/protocol/ids.ts";
 * import { statementWords } from "./builder/protocol/statement.ts";
 *
 * const [rollup, account] = [chainId(1), "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"] as const;
 * const header = { l1ChainId: 31337n, manager: account, rollup, timestamp: 1_700_000_000n, blobs: 0n };
 * const actions = [
 *   callAction({
 *     from: L1,
 *     to: rollup,
 *     sender: account,
 *     target: account,
 *     value: 1n,
 *     isStatic: false,
 *     data: "0x",
 *   }),
 *   resultAction({ from: rollup, to: L1, failed: false, data: "0x" }),
 * ];
 * console.log(statementWords(header, [{ rootBefore: stateRoot(1n), rootAfter: stateRoot(2n), actions }]));
 * ```
 */
export function statementWords(header: StatementHeader, visits: readonly StatementVisit[]): FieldElement[] {
  return [
    ...headerWords(header, visits.length),
    ...visits.flatMap((visit) => [...visitHead(visit), ...visit.actions.flatMap(actionWords)]),
  ];
}

/** As {@link statementWords}, for a proof system whose `dataWordBytes()` are 32. */
export function wholeStatementWords(header: StatementHeader, visits: readonly StatementVisit[]): bigint[] {
  return [
    ...headerWords(header, visits.length),
    ...visits.flatMap((visit) => [...visitHead(visit), ...visit.actions.flatMap(wholeActionWords)]),
  ];
}

function visitHead({ rootBefore, rootAfter, actions }: StatementVisit): FieldElement[] {
  return [rootBefore, rootAfter, fieldElement(BigInt(actions.length))];
}

/** The statement of one visit. Words and key are computed once, when they are first asked for. */
export class VisitStatement {
  readonly header: StatementHeader;
  readonly visit: StatementVisit;
  #words: readonly FieldElement[] | undefined;
  #wholeWords: readonly bigint[] | undefined;
  #key: Hex | undefined;

  constructor(header: StatementHeader, visit: StatementVisit) {
    this.header = header;
    this.visit = visit;
  }

  /** As {@link statementWords}. */
  get words(): readonly FieldElement[] {
    return (this.#words ??= statementWords(this.header, [this.visit]));
  }

  /** As {@link wholeStatementWords}. */
  get wholeWords(): readonly bigint[] {
    return (this.#wholeWords ??= wholeStatementWords(this.header, [this.visit]));
  }

  /** Equal for two statements exactly if the same proof serves both. */
  get key(): Hex {
    return (this.#key ??= keccak256(concatHex(this.words.map((word) => numberToHex(word, { size: 32 })))));
  }
}
