import { readBinaryFile, viewOf } from "../keys/binary-file.ts";
import { ELEMENT_BYTES, readElement } from "../keys/little-endian.ts";
import { readConstraintSystem } from "../keys/r1cs.ts";
import { FIELD_MODULUS } from "../../protocol/ids.ts";

/**
 * The number of the first constraint (a·w)(b·w) = c·w that a witness violates; nothing if it satisfies all of
 * them.
 * @param r1cs content of the `.r1cs` file.
 * @param wtns content of the `.wtns` file.
 * @throws `KEY_CORRUPT` for files that are none.
 */
export function violatedConstraint(r1cs: Uint8Array, wtns: Uint8Array): number | undefined {
  const { constraints, terms } = readConstraintSystem(r1cs);
  const witness = readBinaryFile(wtns, "wtns", "The witness").section(2);
  const view = viewOf(terms);
  let at = 0;
  const combination = (): bigint => {
    const count = view.getUint32(at, true);
    at += 4;
    let sum = 0n;
    for (let term = 0; term < count; term++) {
      const wire = view.getUint32(at, true);
      sum += readElement(terms, at + 4) * readElement(witness, wire * ELEMENT_BYTES);
      at += 4 + ELEMENT_BYTES;
    }
    return sum % FIELD_MODULUS;
  };
  for (let constraint = 0; constraint < constraints; constraint++) {
    const [a, b, c] = [combination(), combination(), combination()];
    if ((a * b - c) % FIELD_MODULUS !== 0n) return constraint;
  }
  return undefined;
}
