import { type FileHandle, open } from "node:fs/promises";
import { BASE_FIELD_MODULUS } from "../base-field.ts";
import { viewOf } from "../binary-file.ts";
import { POINT_BYTES } from "../curve-memory.ts";
import { hashedQuotientPowers } from "../arithmetisation.ts";
import { ELEMENT_BYTES, readElement } from "../little-endian.ts";
import { readG1, readG2 } from "../points.ts";
import { shared } from "../shared-bytes.ts";
import { DEVELOPMENT_ORIGIN, UNKNOWN_ORIGIN } from "./origins.ts";
import { isDevelopmentKey } from "../verification-key.ts";
import { PowersOfTauError } from "./errors.ts";
import { hashFile } from "./hash-file.ts";
import { knownPowersOfTau } from "./known-powers-of-tau.ts";

/** What a `.ptau` file over BN254 says of itself. Such files have gigabytes: only what is needed is read. */
export interface PowersOfTau {
  readonly path: string;
  /** Circuits of up to 2^power rows fit. */
  readonly power: number;
  /** α and β in G1, β in G2, as keys that were made with this file begin. */
  readonly start: Uint8Array;
  readonly sections: ReadonlyMap<number, { readonly offset: number; readonly length: number }>;
}

/**
 * Which powers of tau a step may be made with. With the secrets of those, proofs of every key made from them
 * can be forged.
 */
export interface AllowedPowers {
  /** True: also a file that no ceremony is known for, which transcripts and keys record. */
  readonly unknownPtau?: boolean | undefined;
  /** True: also development powers of tau. The keys are refused wherever development keys are. */
  readonly rehearsal?: boolean | undefined;
}

/** Where powers of tau come from. */
export interface PowersOrigin {
  /** Hash of the file: what the lists of published files give. */
  readonly blake2b: string;
  /**
   * Name of a file of a known public ceremony, or that it is none: see {@link UNKNOWN_ORIGIN},
   * {@link DEVELOPMENT_ORIGIN}.
   */
  readonly origin: string;
}

/** Points of a circuit's rows, as the file holds them. Shared memory. */
export interface RowPoints {
  /** Lagrange polynomials of the domain at τ, times 1, α and β. */
  readonly tau: Uint8Array;
  readonly alphaTau: Uint8Array;
  readonly betaTau: Uint8Array;
  /** Those of the doubled domain that are not in the domain. */
  readonly odd: Uint8Array;
  /** Whose differences are τ^i·(τ^n − 1): the powers from n on, and those from 0 on. */
  readonly quotientPowers: { readonly high: Uint8Array; readonly low: Uint8Array };
}

const FILE_HEADER_BYTES = 12;
const SECTION_HEADER_BYTES = 12;
const HEADER_BYTES = 4 + ELEMENT_BYTES + 8;
const SECTION = { header: 1, tau: 2, tau2: 3, alpha: 4, beta: 5, beta2: 6 } as const;
/** Lagrange forms of the sections 2 to 5: what `powersoftau prepare phase2` adds. */
const PREPARED = [12, 13, 14, 15] as const;
/** Of those in G1: each holds the forms for domains of 1, 2, 4, … rows, one after the other. */
const LAGRANGE = { tau: 12, alphaTau: 14, betaTau: 15 } as const;
/** Far above what snarkjs writes: a damaged count must not be walked. */
const MAX_SECTIONS = 64;
/** Read at once. */
const READ_BYTES = 1 << 24;

/**
 * @throws `POWERS_OF_TAU` when the file is no powers of tau, of another curve, or not prepared for phase 2.
 */
export async function readPowersOfTau(path: string): Promise<PowersOfTau> {
  const file = await open(path);
  try {
    const sections = await sectionOffsets(file, path);
    const at = (id: number): number => {
      const section = sections.get(id);
      if (section === undefined) throw damaged(path, `section ${id} is missing`);
      return section.offset;
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
      sections,
    };
  } finally {
    await file.close();
  }
}

/**
 * Finds out where the powers come from: by the hash of the file, for nothing in it proves who knows its
 * secrets.
 * @throws `POWERS_OF_TAU` when that is not allowed.
 */
export async function authenticatePowers(
  { path, start }: PowersOfTau,
  { unknownPtau = false, rehearsal = false }: AllowedPowers,
): Promise<PowersOrigin> {
  const { g1 } = POINT_BYTES;
  const isDevelopment = isDevelopmentKey({ alpha: readG1(start, 0), beta: readG2(start, 2 * g1.affine) });
  if (isDevelopment && !rehearsal)
    throw new PowersOfTauError(
      path,
      "development",
      "its α and β are those of development keys: everybody can forge proofs of every key made from it. A rehearsal is what it is for",
    );
  const blake2b = await hashFile(path, "blake2b512");
  if (isDevelopment) return { blake2b, origin: DEVELOPMENT_ORIGIN };
  const known = knownPowersOfTau(blake2b);
  if (known !== undefined) return { blake2b, origin: known };
  if (unknownPtau) return { blake2b, origin: UNKNOWN_ORIGIN };
  throw new PowersOfTauError(
    path,
    "unknown",
    `it is no file of a known public ceremony (its BLAKE2b hash is ${blake2b.slice(0, 16)}…), so whoever made it may be able to ` +
      "forge proofs of every key made from it. To use it all the same is for you to ask for",
  );
}

/**
 * What a `.ptau` file has to say about a circuit of 2^power rows.
 * @throws `POWERS_OF_TAU`.
 */
export async function readRowPoints(powers: PowersOfTau, power: number): Promise<RowPoints> {
  assertLargeEnough(powers, power);
  const { path, sections } = powers;
  const { affine } = POINT_BYTES.g1;
  const size = 2 ** power;
  const file = await open(path);
  try {
    const within = async (id: number, first: number, count: number): Promise<Uint8Array> => {
      const section = sections.get(id);
      if (section === undefined || (first + count) * affine > section.length)
        throw damaged(path, `section ${id} is missing or too short`);
      return readShared(file, path, section.offset + first * affine, count * affine);
    };
    const doubled = await within(LAGRANGE.tau, 2 * size - 1, 2 * size);
    const odd = shared(size * affine);
    for (let index = 0; index < size; index++)
      odd.set(doubled.subarray((2 * index + 1) * affine, (2 * index + 2) * affine), index * affine);
    const count = hashedQuotientPowers(size);
    const tau = sections.get(SECTION.tau);
    if (tau === undefined) throw damaged(path, `section ${SECTION.tau} is missing`);
    return {
      tau: await within(LAGRANGE.tau, size - 1, size),
      alphaTau: await within(LAGRANGE.alphaTau, size - 1, size),
      betaTau: await within(LAGRANGE.betaTau, size - 1, size),
      odd,
      quotientPowers: {
        // The last of them is not in a file of the circuit's own size: there snarkjs reads on, into the next
        // section, and hashes what that makes. Circuits have their names from it.
        high: await readShared(file, path, tau.offset + size * affine, count * affine),
        low: await within(SECTION.tau, 0, count),
      },
    };
  } finally {
    await file.close();
  }
}

/**
 * [τ]₂, then the first powers of τ in G1: as many as are asked for, or there are.
 * @throws `POWERS_OF_TAU`.
 */
export async function readCodePowers({ path, sections }: PowersOfTau, most: number): Promise<Uint8Array> {
  const { g1, g2 } = POINT_BYTES;
  const [tau, tau2] = [sections.get(SECTION.tau), sections.get(SECTION.tau2)];
  if (tau === undefined || tau2 === undefined)
    throw damaged(path, `section ${SECTION.tau} or ${SECTION.tau2} is missing`);
  const file = await open(path);
  try {
    const count = Math.min(most, Math.floor(tau.length / g1.affine));
    return Buffer.concat([
      await read(file, path, tau2.offset + g2.affine, g2.affine),
      await read(file, path, tau.offset, count * g1.affine),
    ]);
  } finally {
    await file.close();
  }
}

/**
 * @param domainPower of the circuit.
 * @throws `POWERS_OF_TAU`.
 */
export function assertLargeEnough({ path, power }: PowersOfTau, domainPower: number): void {
  if (power >= domainPower) return;
  const explanation = `it is too small: it has 2^${power} rows, and the circuit needs 2^${domainPower}`;
  throw new PowersOfTauError(path, "too-small", explanation);
}

async function sectionOffsets(file: FileHandle, path: string): Promise<PowersOfTau["sections"]> {
  const { size } = await file.stat();
  const start = await read(file, path, 0, FILE_HEADER_BYTES);
  const count = viewOf(start).getUint32(8, true);
  if (Buffer.from(start.subarray(0, 4)).toString("latin1") !== "ptau" || count > MAX_SECTIONS)
    throw damaged(path, "it is no .ptau file");
  const offsets = new Map<number, { readonly offset: number; readonly length: number }>();
  let offset = FILE_HEADER_BYTES;
  for (let index = 0; index < count; index++) {
    const view = viewOf(await read(file, path, offset, SECTION_HEADER_BYTES));
    const length = Number(view.getBigUint64(4, true));
    offset += SECTION_HEADER_BYTES;
    const id = view.getUint32(0, true);
    if (offsets.has(id)) throw damaged(path, `it has section ${id} twice`);
    offsets.set(id, { offset, length });
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

async function readShared(
  file: FileHandle,
  path: string,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = shared(length);
  for (let at = 0; at < length; at += READ_BYTES)
    bytes.set(await read(file, path, offset + at, Math.min(READ_BYTES, length - at)), at);
  return bytes;
}

function damaged(path: string, what: string): PowersOfTauError {
  return new PowersOfTauError(path, "damaged", what);
}
