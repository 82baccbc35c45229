import { FIELD_MODULUS } from "../../protocol/ids.ts";
import { readBinaryFile, viewOf } from "./binary-file.ts";
import { KeyCorruptError } from "./errors.ts";
import { ELEMENT_BYTES, readElement } from "./little-endian.ts";

/** A rank-1 constraint system as circom writes it: for each constraint, (a·w)(b·w) = c·w. */
export interface ConstraintSystem {
  readonly wires: number;
  /** Outputs and public inputs; they are wires 1 … publicSignals, wire 0 is the constant one. */
  readonly publicSignals: number;
  readonly constraints: number;
  /**
   * Per constraint three linear combinations, each: number of terms (u32), then wire (u32) and coefficient
   * (32 bytes) per term.
   */
  readonly terms: Uint8Array;
}

const HEADER_SECTION = 1;
const CONSTRAINT_SECTION = 2;
const CUSTOM_GATE_SECTIONS = [4, 5] as const;

/** @throws `KEY_CORRUPT` when the file is no R1CS over the BN254 scalar field. */
export function readConstraintSystem(bytes: Uint8Array, name = "The constraint system"): ConstraintSystem {
  const file = readBinaryFile(bytes, "r1cs", name);
  const header = file.section(HEADER_SECTION);
  const view = viewOf(header);
  if (view.getUint32(0, true) !== ELEMENT_BYTES || readElement(header, 4) !== FIELD_MODULUS) {
    throw new KeyCorruptError(`${name} is not over the BN254 scalar field`);
  }
  for (const id of CUSTOM_GATE_SECTIONS) {
    // circom writes both sections always, with a count of zero. Groth16 knows no custom gates.
    if (file.has(id) && file.section(id).some((byte) => byte !== 0))
      throw new KeyCorruptError(`${name} uses custom gates`);
  }
  const at = 4 + ELEMENT_BYTES;
  return {
    wires: view.getUint32(at, true),
    publicSignals: view.getUint32(at + 4, true) + view.getUint32(at + 8, true),
    constraints: view.getUint32(at + 24, true),
    terms: file.section(CONSTRAINT_SECTION),
  };
}
