import { invert, pow } from "@noble/curves/abstract/modular.js";
import { FIELD_MODULUS } from "../../protocol/ids.ts";
import type { CurveMemory } from "./curve-memory.ts";
import { ELEMENT_BYTES, elementBytes } from "./little-endian.ts";

const P = FIELD_MODULUS;
/**
 * The multiplicative group has 2^28 | p − 1; 5 is the least non-residue, from which snarkjs takes its roots
 * of unity.
 */
const TWO_ADICITY = 28n;
const NON_RESIDUE = 5n;

/** ω of the domain of size 2^power that circom and snarkjs use. */
export function rootOfUnity(power: number): bigint {
  const root = pow(NON_RESIDUE, (P - 1n) >> TWO_ADICITY, P);
  return pow(root, 1n << (TWO_ADICITY - BigInt(power)), P);
}

/**
 * Lagrange polynomials of the domain of size n = 2^power at τ: L_i(τ) = (τ^n − 1)/n · ω^i / (τ − ω^i), in
 * Montgomery form.
 * @param scale what every value is multiplied with.
 * @returns address of the n values. τ must not be in the domain.
 */
export function lagrangeValues(memory: CurveMemory, power: number, tau: bigint, scale = 1n): number {
  const size = 2 ** power;
  const [multiply, subtract] = [memory.function("frm_mul"), memory.function("frm_sub")];
  const values = memory.allocate(size * ELEMENT_BYTES);
  const numerators = memory.allocate(size * ELEMENT_BYTES);
  const omega = constant(memory, rootOfUnity(power));
  const point = constant(memory, tau);
  const vanishing = (pow(tau, BigInt(size), P) - 1n + P) % P;
  const factor = (((vanishing * invert(BigInt(size), P)) % P) * scale) % P;
  memory.write(numerators, memory.bytes(constant(memory, 1n), ELEMENT_BYTES).slice());
  for (let i = 1; i < size; i++) {
    multiply(numerators + (i - 1) * ELEMENT_BYTES, omega, numerators + i * ELEMENT_BYTES);
  }
  for (let i = 0; i < size; i++) {
    subtract(point, numerators + i * ELEMENT_BYTES, values + i * ELEMENT_BYTES);
  }
  memory.scratch((size + 1) * ELEMENT_BYTES);
  memory.function("frm_batchInverse")(values, ELEMENT_BYTES, size, values, ELEMENT_BYTES);
  const factorAt = constant(memory, factor);
  for (let i = 0; i < size; i++) {
    const value = values + i * ELEMENT_BYTES;
    multiply(value, numerators + i * ELEMENT_BYTES, value);
    multiply(value, factorAt, value);
  }
  return values;
}

/** Address of the value in Montgomery form. */
export function constant(memory: CurveMemory, value: bigint): number {
  const address = memory.allocate(ELEMENT_BYTES);
  memory.write(address, elementBytes(value));
  memory.function("frm_toMontgomery")(address, address);
  return address;
}
