import { writeBinaryFile } from "../../../builder/proving/keys/binary-file.ts";
import { ELEMENT_BYTES, elementBytes, u32 } from "../../../builder/proving/keys/little-endian.ts";
import { FIELD_MODULUS } from "../../../builder/protocol/ids.ts";

const PUBLIC_SIGNALS = 3;
/**
 * Terms on the sides a, b and c: nearly as many together as circom leaves of the ledger's circuit (6.5, 11.3
 * and 2.2).
 */
const TERMS = [12, 5, 2] as const;
const SIDES = TERMS.length;

/**
 * A `.r1cs` file with as many wires as constraints and pseudo-random terms, the same for the same size. No
 * witness is known: it is for timing set-ups of sizes for which compiling a circuit takes far longer than the
 * set-up.
 */
export function syntheticR1cs(constraints: number): Uint8Array<ArrayBuffer> {
  const size = constraints * TERMS.reduce((sum, count) => sum + 4 + count * (4 + ELEMENT_BYTES), 0);
  const terms = new Uint8Array(size);
  const view = new DataView(terms.buffer);
  const random = xorshift();
  let offset = 0;
  for (let constraint = 0; constraint < constraints; constraint++)
    for (let side = 0; side < SIDES; side++) {
      const count = TERMS[side] ?? 0;
      view.setUint32(offset, count, true);
      offset += 4;
      for (let term = 0; term < count; term++, offset += 4 + ELEMENT_BYTES) {
        view.setUint32(offset, random() % constraints, true);
        // 28 random bytes: below the modulus.
        for (let word = 0; word < 7; word++) view.setUint32(offset + 4 + 4 * word, random(), true);
      }
    }
  const header = Buffer.concat([
    u32(ELEMENT_BYTES),
    elementBytes(FIELD_MODULUS),
    ...[constraints, 0, PUBLIC_SIGNALS, constraints - PUBLIC_SIGNALS - 1, 0, 0, constraints].map(u32),
  ]);
  return writeBinaryFile("r1cs", 1, [
    [1, header],
    [2, terms],
  ]);
}

function xorshift(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}
