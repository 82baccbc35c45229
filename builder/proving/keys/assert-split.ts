import { readBinaryFile } from "./binary-file.ts";
import { committedWires, type CommitmentKey } from "./commitment-key.ts";
import { POINT_BYTES } from "./curve-memory.ts";
import { KeyCorruptError } from "./errors.ts";
import { readProvingKey } from "./zkey.ts";

const G1 = POINT_BYTES.g1.affine;
/** Section of a `.zkey` with a point over δ for each private wire. */
const PRIVATE_PART = 8;

/**
 * Checks that a `.zkey` has nothing over δ for the wires that the commitment key commits to. Where it does,
 * the owner of that file can exchange committed values after the challenge: it must never have existed.
 * @throws `KEY_CORRUPT`.
 */
export function assertSplit(zkey: Uint8Array, key: CommitmentKey, name = "The proving key"): void {
  const { publicSignals, wires } = readProvingKey(zkey, name);
  const count = committedWires(key);
  if (key.firstWire !== publicSignals + 1 || count > wires - publicSignals - 1)
    throw new KeyCorruptError(`${name} and its commitment key are of different circuits`);
  const left = pointLeft(readBinaryFile(zkey, "zkey", name).section(PRIVATE_PART), count);
  if (left !== undefined)
    throw new KeyCorruptError(
      `${name} has a point over δ for the committed wire ${key.firstWire + left}: with it anybody can forge`,
    );
}

/**
 * Which of the first `count` private wires has a point over δ; undefined if none has.
 * @param privatePart section 8 of a `.zkey`.
 */
export function pointLeft(privatePart: Uint8Array, count: number): number | undefined {
  const left = privatePart.subarray(0, count * G1).findIndex((byte) => byte !== 0);
  return left < 0 ? undefined : Math.floor(left / G1);
}
