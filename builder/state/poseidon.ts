import { FIELD_MODULUS, type FieldElement, fieldElement, OutOfRangeError } from "../protocol/ids.ts";
import { poseidonCode } from "./poseidon-code.ts";

/**
 * circomlib's Poseidon with `inputs.length` inputs (1 to 16), the first output element.
 * @throws {OutOfRangeError} when an input is not in the field, so that no two different inputs have one hash,
 * or when there are too many or too few.
 */
export type Poseidon = (inputs: readonly bigint[]) => FieldElement;

const MOST_INPUTS = 16;
const ELEMENT_BYTES = 32;
const LIMBS = 4;
const LIMB_BITS = 64n;
/** Of 64 KiB, as circomlibjs gives it: tables, and room behind them. */
const PAGES = 25;

let loaded: Promise<Poseidon> | undefined;

/** Loads the hash once per process; it is synchronous from then on. A hash of four elements takes 0.1 ms. */
export function loadPoseidon(): Promise<Poseidon> {
  loaded ??= poseidonCode().then(poseidonOf);
  return loaded;
}

/** The hash that this WebAssembly computes, in Montgomery form. */
async function poseidonOf(code: Uint8Array): Promise<Poseidon> {
  const memory = new WebAssembly.Memory({ initial: PAGES });
  const module = await WebAssembly.compile(code);
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  const permute = exported(exports, "poseidon");
  const toMontgomery = exported(exports, "frm_toMontgomery");
  const fromMontgomery = exported(exports, "frm_fromMontgomery");
  // The first word of the memory says where what is free begins: initial state, inputs, output.
  const [free = 0] = new Uint32Array(memory.buffer, 0, 1);
  const words = new BigUint64Array(memory.buffer, free, LIMBS * (MOST_INPUTS + 2));
  const [inputsAt, outputAt] = [free + ELEMENT_BYTES, free + ELEMENT_BYTES * (MOST_INPUTS + 1)];
  return (inputs) => {
    const count = inputs.length;
    if (count < 1 || count > MOST_INPUTS)
      throw new OutOfRangeError("number of Poseidon inputs", BigInt(count), "1 to 16");
    for (const [index, input] of inputs.entries()) {
      if (input < 0n || input >= FIELD_MODULUS) throw new OutOfRangeError("Poseidon input", input, "BN254 r");
      // Each place takes the low 64 bits of what it is given.
      for (let limb = 0; limb < LIMBS; limb++)
        words[LIMBS * (index + 1) + limb] = input >> (LIMB_BITS * BigInt(limb));
      toMontgomery(inputsAt + ELEMENT_BYTES * index, inputsAt + ELEMENT_BYTES * index);
    }
    permute(free, inputsAt, count, outputAt, 1);
    fromMontgomery(outputAt, outputAt);
    let hash = 0n;
    for (let limb = LIMBS - 1; limb >= 0; limb--)
      hash = (hash << LIMB_BITS) | (words[LIMBS * (MOST_INPUTS + 1) + limb] ?? 0n);
    return fieldElement(hash);
  };
}

function exported(exports: WebAssembly.Exports, name: string): WebAssembly.ExportedFunction {
  const found = exports[name];
  if (typeof found === "function") return found;
  throw new TypeError(`Poseidon's code has no function ${name}`);
}
