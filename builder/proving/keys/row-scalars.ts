import { walkTerms } from "./arithmetisation.ts";
import type { CurveMemory } from "./curve-memory.ts";
import { ELEMENT_BYTES } from "./little-endian.ts";
import type { ConstraintSystem } from "./r1cs.ts";
import { share } from "./shared-bytes.ts";

/** A factor for each wire's A, B and β·A + α·B + C; 32 bytes each, little-endian, in standard form. */
export interface WireFactors {
  readonly a: Uint8Array;
  readonly b: Uint8Array;
  readonly k: Uint8Array;
}

/** What the same sums are multiples of, per row: the Lagrange polynomial at τ, and that times α and β. */
export interface RowScalars {
  readonly tau: Uint8Array;
  readonly alphaTau: Uint8Array;
  readonly betaTau: Uint8Array;
}

/**
 * Σ a_w·A_w + b_w·B_w + k_w·(β·A_w + α·B_w + C_w) over all wires, written as a sum over the rows of the
 * domain.
 * @param terms address of the system's terms in the memory.
 */
export function rowScalars(
  memory: CurveMemory,
  system: ConstraintSystem,
  terms: number,
  domainSize: number,
  factors: WireFactors,
): RowScalars {
  const [multiply, add] = [memory.function("frm_mul"), memory.function("frm_add")];
  const inMontgomery = (scalars: Uint8Array): number => {
    const address = memory.allocate(scalars.length);
    memory.write(address, scalars);
    memory.function("frm_batchToMontgomery")(address, scalars.length / ELEMENT_BYTES, address);
    return address;
  };
  const size = domainSize * ELEMENT_BYTES;
  const [a, b, k] = [inMontgomery(factors.a), inMontgomery(factors.b), inMontgomery(factors.k)];
  const [tau, alphaTau, betaTau] = [memory.allocate(size), memory.allocate(size), memory.allocate(size)];
  const product = memory.allocate(ELEMENT_BYTES);
  // A standard-form coefficient times a Montgomery-form factor is a standard-form product.
  const addTo = (sum: number, coefficient: number, factor: number): void => {
    multiply(coefficient, factor, product);
    add(sum, product, sum);
  };
  walkTerms(system, (constraint, side, wire, offset) => {
    const [row, at] = [constraint * ELEMENT_BYTES, wire * ELEMENT_BYTES];
    const coefficient = terms + offset;
    if (side === 0) {
      addTo(tau + row, coefficient, a + at);
      addTo(betaTau + row, coefficient, k + at);
    } else if (side === 1) {
      addTo(tau + row, coefficient, b + at);
      addTo(alphaTau + row, coefficient, k + at);
    } else addTo(tau + row, coefficient, k + at);
  });
  const one = memory.allocate(ELEMENT_BYTES);
  memory.bytes(one, 1)[0] = 1;
  for (let wire = 0; wire <= system.publicSignals; wire++) {
    const row = (system.constraints + wire) * ELEMENT_BYTES;
    addTo(tau + row, one, a + wire * ELEMENT_BYTES);
    addTo(betaTau + row, one, k + wire * ELEMENT_BYTES);
  }
  const scalars = (address: number): Uint8Array => share(memory.bytes(address, size));
  return { tau: scalars(tau), alphaTau: scalars(alphaTau), betaTau: scalars(betaTau) };
}
