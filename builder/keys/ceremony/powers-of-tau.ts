import { type FileHandle, open } from "node:fs/promises";
import { BASE_FIELD_MODULUS } from "../base-field.ts";
import { viewOf } from "../binary-file.ts";
import { POINT_BYTES } from "../curve-memory.ts";
import { ELEMENT_BYTES, readElement } from "../little-endian.ts";
import { PowersOfTauError } from "./errors.ts";
import { hashFile } from "./hash-file.ts";

/** What a `.ptau` file over BN254 says of itself. Such files have gigabytes: only their beginnings are read. */
export interface PowersOfTau {
  readonly path: string;
  /** Circuits of up to 2^power rows fit. */
  readonly power: number;
  /** α and β in G1, β in G2, as keys that were made with this file begin. */
  readonly start: Uint8Array;
}

const FILE_HEADER_BYTES = 12;
const SECTION_HEADER_BYTES = 12;
const HEADER_BYTES = 4 + ELEMENT_BYTES + 8;
const SECTION = { header: 1, alpha: 4, beta: 5, beta2: 6 } as const;
/** Lagrange forms of the sections 2 to 5: what `powersoftau prepare phase2` adds. */
const PREPARED = [12, 13, 14, 15] as const;
/** Far above what snarkjs writes: a damaged count must not be walked. */
const MAX_SECTIONS = 64;

/** @throws `POWERS_OF_TAU` when the file is no powers of tau, of another curve, or not prepared for phase 2. */
export async function readPowersOfTau(path: string): Promise<PowersOfTau> {
  const file = await open(path);
  try {
    const sections = await sectionOffsets(file, path);
    const at = (id: number): number => {
      const offset = sections.get(id);
      if (offset === undefined) throw damaged(path, `section ${id} is missing`);
      return offset;
    };
    const header = await read(file, path, at(SECTION.header), HEADER_BYTES);
    const view = viewOf(header);
    if (view.getUint32(0, true) !== ELEMENT_BYTES || readElement(header, 4) !== BASE_FIELD_MODULUS) {
      throw new PowersOfTauError(path, "other-curve", "it is of another curve than BN254 (snarkjs' bn128)");
    }
    if (PREPARED.some((id) => !sections.has(id))) {
      throw new PowersOfTauError(
        path,
        "not-prepared",
        'it is not prepared for phase 2 (by "snarkjs powersoftau prepare phase2", or by whoever published it)',
      );
    }
    const { g1, g2 } = POINT_BYTES;
    const [alpha, beta, beta2] = await Promise.all([
      read(file, path, at(SECTION.alpha), g1.affine),
      read(file, path, at(SECTION.beta), g1.affine),
      read(file, path, at(SECTION.beta2), g2.affine),
    ]);
    return {
      path,
      power: view.getUint32(4 + ELEMENT_BYTES, true),
      start: Buffer.concat([alpha, beta, beta2]),
    };
  } finally {
    await file.close();
  }
}

/** @param domainPower of the circuit. @throws `POWERS_OF_TAU`. */
export function assertLargeEnough({ path, power }: PowersOfTau, domainPower: number): void {
  if (power >= domainPower) return;
  const explanation = `it is too small: it has 2^${power} rows, and the circuit needs 2^${domainPower}`;
  throw new PowersOfTauError(path, "too-small", explanation);
}

/** BLAKE2b-512, hexadecimal: what the lists of published `.ptau` files give. */
export async function hashPowersOfTau(path: string): Promise<string> {
  return hashFile(path, "blake2b512");
}

async function sectionOffsets(file: FileHandle, path: string): Promise<ReadonlyMap<number, number>> {
  const { size } = await file.stat();
  const start = await read(file, path, 0, FILE_HEADER_BYTES);
  const count = viewOf(start).getUint32(8, true);
  if (Buffer.from(start.subarray(0, 4)).toString("latin1") !== "ptau" || count > MAX_SECTIONS)
    throw damaged(path, "it is no .ptau file");
  const offsets = new Map<number, number>();
  let offset = FILE_HEADER_BYTES;
  for (let index = 0; index < count; index++) {
    const view = viewOf(await read(file, path, offset, SECTION_HEADER_BYTES));
    const length = Number(view.getBigUint64(4, true));
    offset += SECTION_HEADER_BYTES;
    offsets.set(view.getUint32(0, true), offset);
    offset += length;
    if (offset > size) throw damaged(path, "it ends early");
  }
  return offsets;
}

async function read(file: FileHandle, path: string, offset: number, length: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
  if (bytesRead !== length) throw damaged(path, "it ends early");
  return buffer;
}

function damaged(path: string, what: string): PowersOfTauError {
  return new PowersOfTauError(path, "damaged", what);
}
