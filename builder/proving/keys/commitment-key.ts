import { readBinaryFile, viewOf, writeBinaryFile } from "./binary-file.ts";
import { POINT_BYTES } from "./curve-memory.ts";
import { KeyCorruptError } from "./errors.ts";
import { u32 } from "./little-endian.ts";

/**
 * What a proof's commitment D = Σ w_j·P_j/η is made with, beside the `.zkey` of the same split
 * (docs/proving-evm.md, section 2). Points are affine, in the form of snarkjs' files.
 */
export interface CommitmentKey {
  /** The first committed wire: the one behind the public ones. */
  readonly firstWire: number;
  /** η in G2. */
  readonly eta: Uint8Array;
  /** P_j/η in G1 for each committed wire, in the order of the wires. */
  readonly points: Uint8Array;
}

const MAGIC = "ckey";
const VERSION = 1;
const HEADER_SECTION = 1;
const POINT_SECTION = 2;
const HISTORY_SECTION = 3;
const RECEIVED_SECTION = 4;
const SHA256_BYTES = 32;
const { g1, g2 } = POINT_BYTES;

/** The set-up of a commitment key in a ceremony, from its beginning. */
export interface CommitmentHistory {
  /** The steps that changed η, in the form of section 10 of a `.zkey`. */
  readonly steps: Uint8Array;
  /** SHA-256 of the two files that each step was given. */
  readonly received: readonly ReceivedFiles[];
}

/** 32 bytes each. */
export interface ReceivedFiles {
  readonly zkey: Uint8Array;
  readonly ckey: Uint8Array;
}

/** How many wires are committed to. */
export function committedWires({ points }: CommitmentKey): number {
  return points.length / g1.affine;
}

/**
 * Content of a `.ckey` file, a container like snarkjs': section 1 has the first committed wire (u32), the
 * number of committed wires (u32) and η (128 bytes), section 2 the points, 64 bytes each. That of a ceremony
 * has its history besides: the steps in section 3, and in section 4 the hashes of the files that each was
 * given, 2·32 bytes each. Who proves with it needs neither.
 */
export function writeCommitmentKey(key: CommitmentKey, history?: CommitmentHistory): Uint8Array<ArrayBuffer> {
  return writeBinaryFile(MAGIC, VERSION, [
    [HEADER_SECTION, Buffer.concat([u32(key.firstWire), u32(committedWires(key)), key.eta])],
    [POINT_SECTION, key.points],
    ...(history === undefined
      ? []
      : [
          [HISTORY_SECTION, history.steps] as const,
          [
            RECEIVED_SECTION,
            Buffer.concat(history.received.flatMap(({ zkey, ckey }) => [zkey, ckey])),
          ] as const,
        ]),
  ]);
}

/** @throws `KEY_CORRUPT` when the file has none. */
export function readCommitmentHistory(bytes: Uint8Array, name = "The commitment key"): CommitmentHistory {
  const file = readBinaryFile(bytes, MAGIC, name);
  const hashes = file.section(RECEIVED_SECTION);
  if (hashes.length % (2 * SHA256_BYTES) !== 0)
    throw new KeyCorruptError(`${name} has ${hashes.length} bytes of hashes`);
  const received = Array.from({ length: hashes.length / (2 * SHA256_BYTES) }, (_, index) => {
    const at = 2 * index * SHA256_BYTES;
    return {
      zkey: hashes.subarray(at, at + SHA256_BYTES),
      ckey: hashes.subarray(at + SHA256_BYTES, at + 2 * SHA256_BYTES),
    };
  });
  return { steps: file.section(HISTORY_SECTION), received };
}

/** @throws `KEY_CORRUPT` when the file is not in the form of {@link writeCommitmentKey}. */
export function readCommitmentKey(bytes: Uint8Array, name = "The commitment key"): CommitmentKey {
  const file = readBinaryFile(bytes, MAGIC, name);
  if (file.version !== VERSION)
    throw new KeyCorruptError(`${name} has the version ${file.version} instead of ${VERSION}`);
  const header = file.section(HEADER_SECTION);
  if (header.length !== 8 + g2.affine) throw new KeyCorruptError(`${name} has another header`);
  const points = file.section(POINT_SECTION);
  const key = { firstWire: viewOf(header).getUint32(0, true), eta: header.subarray(8), points };
  if (viewOf(header).getUint32(4, true) !== committedWires(key))
    throw new KeyCorruptError(`${name} has ${points.length} bytes of points, and says something else`);
  return key;
}
