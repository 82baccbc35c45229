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
const { g1, g2 } = POINT_BYTES;

/** How many wires are committed to. */
export function committedWires({ points }: CommitmentKey): number {
  return points.length / g1.affine;
}

/**
 * Content of a `.ckey` file, a container like snarkjs': section 1 has the first committed wire (u32), the
 * number of committed wires (u32) and η (128 bytes), section 2 the points, 64 bytes each.
 */
export function writeCommitmentKey(key: CommitmentKey): Uint8Array<ArrayBuffer> {
  return writeBinaryFile(MAGIC, VERSION, [
    [HEADER_SECTION, Buffer.concat([u32(key.firstWire), u32(committedWires(key)), key.eta])],
    [POINT_SECTION, key.points],
  ]);
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
