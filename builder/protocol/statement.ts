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

/** Bytes of data carried by one word. */
export const BYTES_PER_WORD = 31;

/** `data` in 31-byte words, big-endian, the last one padded with zeros on the right. */
export function dataWords(data: Uint8Array): FieldElement[] {
  const words: FieldElement[] = [];
  for (let at = 0; at < data.length; at += BYTES_PER_WORD) {
    const word = new Uint8Array(BYTES_PER_WORD);
    word.set(data.subarray(at, at + BYTES_PER_WORD));
    words.push(fieldElement(BigInt(toHex(word))));
  }
  return words;
}

/**
 * First word of an action: `kind` in bits 0-7, `failed` in bit 8, `isStatic` in bit 16, `from` in bits 32-95,
 * `to` in bits 96-159, the data's length in bytes in bits 160-191, `gas` in bits 192-223.
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
  return [
    packedWord(action),
    fieldElement(BigInt(action.sender)),
    fieldElement(BigInt(action.target)),
    fieldElement(action.value),
    ...dataWords(hexToBytes(action.data)),
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
 * The words `d` of a statement, exactly as `contracts/batch/Statements.sol` derives them.
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
    ...visits.flatMap((visit) => [
      visit.rootBefore,
      visit.rootAfter,
      fieldElement(BigInt(visit.actions.length)),
      ...visit.actions.flatMap(actionWords),
    ]),
  ];
}

/** The statement of one visit. Words and key are computed once, when they are first asked for. */
export class VisitStatement {
  readonly header: StatementHeader;
  readonly visit: StatementVisit;
  #words: readonly FieldElement[] | undefined;
  #key: Hex | undefined;

  constructor(header: StatementHeader, visit: StatementVisit) {
    this.header = header;
    this.visit = visit;
  }

  get words(): readonly FieldElement[] {
    return (this.#words ??= statementWords(this.header, [this.visit]));
  }

  /** Equal for two statements exactly if the same proof serves both. */
  get key(): Hex {
    return (this.#key ??= keccak256(concatHex(this.words.map((word) => numberToHex(word, { size: 32 })))));
  }
}
