import { bytesToHex, type Hex } from "viem";
import { assemble, type Part } from "../steps/assemble.ts";

const WIDE = (1n << 200n) + 12_345n;
const NEGATIVE = (1n << 256n) - 7n;
/** Gas of an operation that a CALL begins. */
const GAS = 30_000_000n;

/** Leaves `rest` gas and less than 500 more, by memory that nothing is written to. */
function burn(rest: bigint): Part[] {
  const price = (words: bigint): bigint => 3n * words + (words * words) / 512n;
  let words = 1n << 16n;
  while (price(words + 1n) <= GAS - rest - 20n) words++;
  return [32n * (words - 1n), "MLOAD", "POP"];
}

const PROGRAMS: Readonly<Record<string, readonly Part[]>> = {
  arithmetic: [
    ...[WIDE, NEGATIVE, "ADD", 5, "SUB", "DUP1", WIDE, "LT", "POP", NEGATIVE, "GT", "POP"],
    ...[NEGATIVE, 3, "SLT", NEGATIVE, "SGT", "ISZERO", "NOT", WIDE, "EQ", "POP"],
    ...[WIDE, NEGATIVE, "AND", 0xff, "OR", NEGATIVE, "XOR"],
    ...[4, "SHL", 130, "SHR", 130, "SHL", 300, "SHR", WIDE, WIDE, "SHR", 1, 2, "SWAP2"],
  ],
  environment: [
    ...["ADDRESS", "CALLER", "ORIGIN", "CALLVALUE", "CODESIZE", "PC", "GAS", "MSIZE", "CHAINID"],
    ...["SELFBALANCE", "GASPRICE", "TIMESTAMP", "NUMBER", "GASLIMIT", "CALLDATASIZE"],
    ...[0, "CALLDATALOAD", 96, "CALLDATALOAD", WIDE, "CALLDATALOAD"],
  ],
  memory: [7, 64, "MSTORE", 0, "MLOAD", "MSIZE", 5, 6, 0, 32, "LOG2", 0, 0, "LOG0", 32, 0, "RETURN"],
  within: [
    ...[NEGATIVE, 4, "MSTORE", 2, "CALLDATALOAD", 23, "MSTORE", 9, "MLOAD", 16, "MLOAD", "ADD"],
    ...[36, "MSTORE", WIDE, 41, "MSTORE8", 1, 86, "MSTORE8", 68, 28, "REVERT"],
  ],
  storage: [
    ...[5, 1, "SSTORE", 1, "SLOAD", 0, 1, "SSTORE", 2, "SLOAD", 9, 2, "SSTORE", 9, 2, "SSTORE"],
    ...[1, 3, "SSTORE", "STOP"],
  ],
  jumps: ["0x600456fe5b6001600b57fe5b600060035700"],
  revert: [3, 0, "MSTORE", 40, 0, "REVERT"],
  invalid: [1, "0xfe"],
  underflow: [1, "ADD"],
  jumpBeyond: [0xffff, "JUMP"],
  jumpFar: [WIDE, "JUMP"],
  jumpiBeyond: [1, 0xffff, "JUMPI"],
  jumpOther: [0, "JUMP"],
  jumpIntoData: [1, "JUMP"],
  sloadUnpaid: [...burn(1_000n), 1, "SLOAD"],
  sstoreSentry: [...burn(0n), 1, 1, "SSTORE"],
  sstoreUnpaid: [1, "SLOAD", ...burn(6_000n), 1, 1, "SSTORE"],
  memoryUnpaid: [1, 1n << 60n, "MSTORE"],
  returnUnpaid: [1n << 200n, 0, "RETURN"],
};

/** Runtime codes that use every row of execution, by name. */
export const programs: ReadonlyMap<string, Hex> = new Map(
  Object.entries(PROGRAMS).map(([name, parts]) => [name, bytesToHex(assemble(...parts))]),
);
