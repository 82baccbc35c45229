import { FIELD_MODULUS } from "../../protocol/ids.ts";
import { BASE_FIELD_MODULUS } from "./base-field.ts";
import { readBinaryFile, viewOf } from "./binary-file.ts";
import { type KeyHistory, readHistory } from "./contributions.ts";
import { POINT_BYTES } from "./curve-memory.ts";
import { KeyCorruptError } from "./errors.ts";
import { ELEMENT_BYTES, readElement } from "./little-endian.ts";
import { readG1, readG2 } from "./points.ts";
import type { VerificationKey } from "./verification-key.ts";

/** What a proving key says of itself. */
export interface ProvingKeyHeader {
  readonly wires: number;
  readonly publicSignals: number;
  readonly domainSize: number;
  readonly verificationKey: VerificationKey;
  readonly history: KeyHistory;
}

const GROTH16 = 1;
const HEADER_BYTES = 2 * (4 + ELEMENT_BYTES) + 12;
const COEFFICIENT_BYTES = 12 + ELEMENT_BYTES;
const G1 = POINT_BYTES.g1.affine;
const G2 = POINT_BYTES.g2.affine;

/**
 * Reads the header of a Groth16 `.zkey` and checks that every section has the size the header implies.
 * The points of the proving sections are not looked at: a proof made with wrong ones does not verify.
 * @throws `KEY_CORRUPT`.
 */
export function readProvingKey(bytes: Uint8Array, name = "The proving key"): ProvingKeyHeader {
  const file = readBinaryFile(bytes, "zkey", name);
  if (viewOf(sized(file.section(1), 4, 1)).getUint32(0, true) !== GROTH16) {
    throw new KeyCorruptError(`${name} is not for Groth16`);
  }
  const header = sized(file.section(2), HEADER_BYTES + 3 * G1 + 3 * G2, 2);
  const view = viewOf(header);
  if (
    readElement(header, 4) !== BASE_FIELD_MODULUS ||
    readElement(header, 8 + ELEMENT_BYTES) !== FIELD_MODULUS
  ) {
    throw new KeyCorruptError(`${name} is not over BN254`);
  }
  const wires = view.getUint32(HEADER_BYTES - 12, true);
  const publicSignals = view.getUint32(HEADER_BYTES - 8, true);
  const domainSize = view.getUint32(HEADER_BYTES - 4, true);
  const ic = sized(file.section(3), (publicSignals + 1) * G1, 3);
  const coefficients = file.section(4);
  sized(coefficients, 4 + viewOf(coefficients).getUint32(0, true) * COEFFICIENT_BYTES, 4);
  for (const [id, size] of [
    [5, wires * G1],
    [6, wires * G1],
    [7, wires * G2],
    [8, (wires - publicSignals - 1) * G1],
    [9, domainSize * G1],
  ] as const) {
    sized(file.section(id), size, id);
  }
  return {
    wires,
    publicSignals,
    domainSize,
    verificationKey: {
      alpha: readG1(header, HEADER_BYTES),
      beta: readG2(header, HEADER_BYTES + 2 * G1),
      gamma: readG2(header, HEADER_BYTES + 2 * G1 + G2),
      delta: readG2(header, HEADER_BYTES + 3 * G1 + 2 * G2),
      ic: Array.from({ length: publicSignals + 1 }, (_, index) => readG1(ic, index * G1)),
    },
    history: readHistory(file.section(10)),
  };

  function sized(section: Uint8Array, size: number, id: number): Uint8Array {
    if (section.length === size) return section;
    throw new KeyCorruptError(`${name}: section ${id} has ${section.length} bytes instead of ${size}`);
  }
}
