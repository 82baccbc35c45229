import { type RowCapacity, RowCircuit } from "../bus/circuit.ts";
import { codeHead, codeRow } from "./code/rows.ts";

/** Codes that a statement may use. */
const SLOTS = 2;
/** Distinct instructions that a proof may vouch for, by slot. */
const CODE_ROWS = [96, 32];

/** All types of rows of the circuit `evm`, with how many of each a proof has. */
export const EVM_ROWS: readonly RowCapacity[] = [
  ...CODE_ROWS.flatMap((capacity, slot) => [
    { type: codeHead(slot), capacity: 1 },
    { type: codeRow(slot), capacity },
  ]),
];

export const circuit = new RowCircuit({ rows: EVM_ROWS, slots: SLOTS });
