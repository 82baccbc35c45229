import { type RowCapacity, RowCircuit } from "../bus/circuit.ts";
import type { RowType } from "../bus/row.ts";
import type { Table } from "../bus/tables.ts";
import { calldataWord, callIn } from "./border/call-in.ts";
import { header } from "./border/header.ts";
import { resultOut, resultWord } from "./border/result-out.ts";
import { transactionIn } from "./border/transaction-in.ts";
import { droppedWord, transactionOut } from "./border/transaction-out.ts";
import { rawWord, transactionWord } from "./border/transaction-words.ts";
import { visit } from "./border/visit.ts";
import { codeHead, codeRow } from "./code/rows.ts";
import { OPCODES } from "./opcodes.ts";
import { accountLeaf } from "./state/account-leaf.ts";
import { blockLeaf } from "./state/block-leaf.ts";
import { absent, leaf, newLeaf } from "./state/leaves.ts";
import { node } from "./state/node.ts";
import { storageLeaf } from "./state/storage-leaf.ts";
import { STEPS } from "./steps/index.ts";

/** Distinct instructions of the code in each slot that a proof may vouch for. */
const CODE_ROWS: readonly number[] = [64, 16];

/** Steps that a proof may hold, of each kind. */
const STEP_ROWS: Readonly<Record<keyof typeof STEPS, number>> = {
  stop: 1,
  jumpdest: 12,
  jump: 8,
  jumpi: 8,
  pushShort: 32,
  pushNarrow: 3,
  pushWide: 2,
  pop: 12,
  dup: 16,
  swap: 16,
  addition: 8,
  comparison: 4,
  signedComparison: 2,
  equality: 6,
  isZero: 4,
  not: 2,
  bitwise: 2,
  shift: 1,
  shiftFar: 2,
  shiftOut: 1,
  cut: 10,
  environment: 4,
  constant: 1,
  counter: 1,
  codeSize: 1,
  selfBalance: 1,
  calldataLoad: 2,
  calldataAcross: 3,
  calldataBeyond: 1,
  mload: 4,
  mloadAcross: 1,
  mstore: 4,
  mstoreAcross: 3,
  mstore8: 1,
  memorySize: 1,
  sload: 2,
  sstore: 2,
  log: 1,
  return: 1,
  returnWord: 4,
  returnLastWord: 1,
  returnAcross: 1,
  invalid: 1,
  halt: 1,
  jumpBeyond: 1,
  jumpOther: 1,
  jumpIntoData: 1,
  sloadUnpaid: 1,
  sstoreUnpaid: 1,
  memoryUnpaid: 1,
  end: 1,
  freshMemory: 4,
  discardStack: 4,
  discardMemory: 6,
};

const border: readonly (readonly [RowType, number])[] = [
  [header, 1],
  [visit, 1],
  [callIn, 1],
  [calldataWord, 4],
  [resultOut, 1],
  [resultWord, 4],
  [transactionIn, 1],
  [rawWord, 6],
  [transactionWord, 4],
  [transactionOut, 1],
  [droppedWord, 4],
];

const state: readonly (readonly [RowType, number])[] = [
  [accountLeaf, 4],
  [storageLeaf, 2],
  [blockLeaf, 1],
  [leaf, 5],
  [newLeaf, 2],
  [absent, 2],
  [node, 9],
];

const stepRows: Readonly<Record<string, number>> = STEP_ROWS;
const steps = Object.entries<RowType>(STEPS).map(([name, type]) => [type, stepRows[name] ?? 0] as const);

/** What vouches for the code in each slot: its hash, and each instruction that is executed. */
export const CODE_TYPES = CODE_ROWS.map((capacity, slot) => ({
  head: codeHead(slot),
  row: codeRow(slot),
  capacity,
}));

/** All types of rows of the circuit `evm`, with how many of each a proof has. */
export const EVM_ROWS: readonly RowCapacity[] = [
  ...CODE_TYPES.flatMap(({ head, row, capacity }): (readonly [RowType, number])[] => [
    [head, 1],
    [row, capacity],
  ]),
  ...border,
  ...steps,
  ...state,
].map(([type, capacity]) => ({ type, capacity }));

/** Types of rows by what they are about. */
export const CHIPS: Readonly<Record<"code" | "border" | "steps" | "state", readonly RowType[]>> = {
  code: CODE_TYPES.flatMap(({ head, row }) => [head, row]),
  border: border.map(([type]) => type),
  steps: steps.map(([type]) => type),
  state: state.map(([type]) => type),
};

/** What each instruction needs and leaves. */
const opcodes: Table = {
  tuple: "opcode",
  rows: OPCODES.map(({ gas, class: kind, parameter, pops, pushes, writes }) =>
    [gas, kind, parameter, pops, pushes, writes ? 1 : 0].map(BigInt),
  ),
};

export const circuit = new RowCircuit({ rows: EVM_ROWS, slots: CODE_ROWS.length, tables: [opcodes] });
