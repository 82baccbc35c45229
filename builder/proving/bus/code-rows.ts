import { MAX_CODE_BYTES } from "../../evm/code-size.ts";
import { CLASS, CONTENT, INVALID } from "../../../circuits/evm/opcodes.ts";

/** Opcodes that exist in Osaka, one bit each: those of `CodeRows.DEFINED` in Solidity. */
const DEFINED = 0xe43f0000000000000000001fffffffffffffffffffff07ffffff00017fff0fffn;

/** Rows of the longest code, and one power more: instructions, upper halves, words, length and STOP. */
export const CODE_POWERS = MAX_CODE_BYTES + 2 * (MAX_CODE_BYTES / 32) + 3;

const STOP = 0x00;

const WORD_BYTES = 32;
const LOW_MASK = (1n << 128n) - 1n;

interface Row {
  /** Byte of the instruction, number of the word, or the length itself. */
  readonly place: number;
  readonly class: number;
  readonly parameter?: number;
  readonly width?: number;
  /** Below 2^128. */
  readonly value?: bigint;
}

/**
 * A code as the rows that proofs may vouch for, each a number below 2^192 (docs/proving-evm.md, section 5):
 * an instruction with class, parameter and width of its immediate; the upper half of an immediate of more
 * than 16 bytes; STOP behind the end; the length; and each half of each 32 bytes. All are different.
 */
export function codeRows(code: Uint8Array): bigint[] {
  return [...instructions(code), ...contents(code)].map(pack);
}

function* instructions(code: Uint8Array): Generator<Row> {
  let place = 0;
  while (place < code.length) {
    const opcode = code[place] ?? 0;
    if (opcode >= 0x5f && opcode <= 0x7f) {
      const width = opcode - 0x5f;
      const value = bytesAt(code, place + 1, width);
      yield { place, class: CLASS.push, parameter: width, width, value: value & LOW_MASK };
      if (width > 16) yield { place, class: CONTENT.immediateHigh, value: value >> 128n };
      place += width;
    } else yield { place, ...classOf(opcode) };
    place++;
  }
  yield { place, class: STOP };
}

function classOf(opcode: number): Pick<Row, "class" | "parameter"> {
  if ((DEFINED >> BigInt(opcode)) % 2n === 0n) return { class: INVALID };
  if (opcode >> 4 === 8) return { class: CLASS.dup, parameter: opcode - CLASS.dup + 1 };
  if (opcode >> 4 === 9) return { class: CLASS.swap, parameter: opcode - CLASS.swap + 1 };
  if (opcode >> 4 === 10) return { class: CLASS.log, parameter: opcode - CLASS.log };
  return { class: opcode };
}

function* contents(code: Uint8Array): Generator<Row> {
  yield { place: code.length, class: CONTENT.length };
  for (let place = 0; place * WORD_BYTES < code.length; place++) {
    const word = bytesAt(code, place * WORD_BYTES, WORD_BYTES);
    yield { place, class: CONTENT.word, value: word >> 128n };
    yield { place, class: CONTENT.word, parameter: 1, value: word & LOW_MASK };
  }
}

/** Big-endian, with zeros behind the end. */
function bytesAt(code: Uint8Array, from: number, count: number): bigint {
  const bytes = Buffer.alloc(count);
  bytes.set(code.subarray(from, from + count));
  return count === 0 ? 0n : BigInt(`0x${bytes.toString("hex")}`);
}

/** Bits 0-23 place │ 24-39 class │ 40-47 parameter │ 48-55 width │ 64-191 value. */
function pack({ place, class: kind, parameter = 0, width = 0, value = 0n }: Row): bigint {
  const low = BigInt(place) | (BigInt(kind) << 24n);
  return low | (BigInt(parameter) << 40n) | (BigInt(width) << 48n) | (value << 64n);
}
