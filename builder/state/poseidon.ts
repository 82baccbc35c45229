import { buildPoseidon } from "circomlibjs";
import { FIELD_MODULUS, type FieldElement, fieldElement, OutOfRangeError } from "../protocol/ids.ts";

/**
 * circomlib's Poseidon with `inputs.length` inputs (1 to 16), the first output element.
 * @throws {OutOfRangeError} when an input is not in the field: circomlibjs would reduce it silently, so that
 * two different inputs had one hash.
 */
export type Poseidon = (inputs: readonly bigint[]) => FieldElement;

let loaded: Promise<Poseidon> | undefined;

/**
 * Loads the hash once per process (about 0.6 s); it is synchronous from then on. A hash of four elements
 * takes about 0.1 ms, of which converting to and from the library's Montgomery bytes is a few percent: so
 * every caller keeps plain integers.
 */
export function loadPoseidon(): Promise<Poseidon> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Poseidon> {
  const hash = await buildPoseidon();
  return (inputs) => {
    for (const input of inputs) {
      if (input < 0n || input >= FIELD_MODULUS) throw new OutOfRangeError("Poseidon input", input, "BN254 r");
    }
    return fieldElement(hash.F.toObject(hash(inputs)));
  };
}
