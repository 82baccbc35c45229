import { invert, pow } from "@noble/curves/abstract/modular.js";
import { viewOf } from "./binary-file.ts";
import type { CurveMemory } from "./curve-memory.ts";
import { KeyCorruptError } from "./errors.ts";
import { constant, lagrangeValues } from "./lagrange.ts";
import { ELEMENT_BYTES } from "./little-endian.ts";
import type { ConstraintSystem } from "./r1cs.ts";
import type { SplitSecrets } from "./secrets.ts";
import { FIELD_MODULUS } from "../../protocol/ids.ts";

/**
 * The circuit's polynomials at τ: all that a key is made of, before it is multiplied with generators.
 * Scalars are 32 bytes each, little-endian, in standard form.
 */
export interface Arithmetisation {
  readonly power: number;
  /** A_w(τ) and B_w(τ) for each wire w. */
  readonly a: Uint8Array;
  readonly b: Uint8Array;
  /** β·A_w + α·B_w + C_w for wires 0 … publicSignals (γ is 1). */
  readonly publicPart: Uint8Array;
  /** The same for all other wires, before any division, and over δ; there committed wires have zero. */
  readonly privatePart: Uint8Array;
  readonly privatePartOverDelta: Uint8Array;
  /** The same for committed wires, over η. */
  readonly committedPartOverEta: Uint8Array;
  /** Values at τ of the odd Lagrange polynomials of the doubled domain, over δ. */
  readonly quotientOverDelta: Uint8Array;
  /** τ^i·(τ^n − 1): snarkjs hashes these multiples to name the circuit, though the key does not hold them. */
  readonly quotientPowers: Uint8Array;
  /** Section 4 of the `.zkey`: the terms of a and b. */
  readonly coefficients: Uint8Array;
}

const COEFFICIENT_BYTES = 12 + ELEMENT_BYTES;
const TERM_BYTES = 4 + ELEMENT_BYTES;
/** snarkjs hashes the quotient powers in pieces of this size and does not shorten the last one. */
const HASH_PIECE = 2 ** 14;

/**
 * How many multiples τ^i·(τ^n − 1) snarkjs hashes for a domain of that size; it announces one less than the
 * size.
 */
export function hashedQuotientPowers(domainSize: number): number {
  return domainSize <= HASH_PIECE ? domainSize - 1 : domainSize;
}

/** Least power with 2^power ≥ constraints + publicSignals + 1, as snarkjs chooses it. */
export function domainPower(system: ConstraintSystem): number {
  return 32 - Math.clz32(system.constraints + system.publicSignals);
}

/**
 * @param committed how many wires behind the public ones are committed to; none in an ordinary key.
 * @throws `KEY_CORRUPT` when a term names a wire that does not exist, the terms end early, or there are fewer
 * wires than committed ones.
 */
export function arithmetise(
  memory: CurveMemory,
  system: ConstraintSystem,
  secrets: SplitSecrets,
  committed: number,
): Arithmetisation {
  const { wires, publicSignals, constraints } = system;
  if (committed > wires - publicSignals - 1)
    throw new KeyCorruptError(`There are no ${committed} private wires to commit to`);
  const [multiply, add] = [memory.function("frm_mul"), memory.function("frm_add")];
  const power = domainPower(system);
  const lagrange = lagrangeValues(memory, power, secrets.tau);
  const [a, b, c] = [allocateWires(), allocateWires(), allocateWires()];
  const product = memory.allocate(ELEMENT_BYTES);
  const terms = memory.allocate(system.terms.length);
  memory.write(terms, system.terms);

  walkTerms(system, (constraint, side, wire, offset) => {
    // A standard-form coefficient times a Montgomery-form value is a standard-form product.
    multiply(terms + offset, lagrange + constraint * ELEMENT_BYTES, product);
    const sum = (side === 0 ? a : side === 1 ? b : c) + wire * ELEMENT_BYTES;
    add(sum, product, sum);
  });
  // One more row per public signal, w·0 = 0, keeps the public polynomials independent.
  const one = memory.allocate(ELEMENT_BYTES);
  memory.bytes(one, 1)[0] = 1;
  for (let wire = 0; wire <= publicSignals; wire++) {
    multiply(one, lagrange + (constraints + wire) * ELEMENT_BYTES, product);
    add(a + wire * ELEMENT_BYTES, product, a + wire * ELEMENT_BYTES);
  }

  const inverseDelta = invert(secrets.delta, FIELD_MODULUS);
  const alpha = constant(memory, secrets.alpha);
  const beta = constant(memory, secrets.beta);
  const overDelta = constant(memory, inverseDelta);
  const overEta = constant(memory, invert(secrets.eta, FIELD_MODULUS));
  const combined = allocateWires();
  // Committed wires stay zero here: their points over δ must never exist.
  const combinedOverDelta = allocateWires();
  const publicBytes = (publicSignals + 1) * ELEMENT_BYTES;
  const committedBytes = committed * ELEMENT_BYTES;
  const committedOverEta = memory.allocate(committedBytes);
  for (let at = 0; at < wires * ELEMENT_BYTES; at += ELEMENT_BYTES) {
    multiply(a + at, beta, combined + at);
    multiply(b + at, alpha, product);
    add(combined + at, product, combined + at);
    add(combined + at, c + at, combined + at);
    const place = at - publicBytes;
    if (place >= 0 && place < committedBytes) multiply(combined + at, overEta, committedOverEta + place);
    else multiply(combined + at, overDelta, combinedOverDelta + at);
  }
  const wireBytes = wires * ELEMENT_BYTES;
  return {
    power,
    a: memory.bytes(a, wireBytes).slice(),
    b: memory.bytes(b, wireBytes).slice(),
    publicPart: memory.bytes(combined, publicBytes).slice(),
    privatePart: memory.bytes(combined + publicBytes, wireBytes - publicBytes).slice(),
    privatePartOverDelta: memory.bytes(combinedOverDelta + publicBytes, wireBytes - publicBytes).slice(),
    committedPartOverEta: memory.bytes(committedOverEta, committedBytes).slice(),
    quotientOverDelta: quotientValues(memory, power, secrets.tau, inverseDelta),
    quotientPowers: quotientPowers(memory, power, secrets.tau),
    coefficients: coefficientSection(memory, system, terms),
  };

  function allocateWires(): number {
    return memory.allocate(wires * ELEMENT_BYTES);
  }
}

/**
 * Section 4 of the key of a circuit.
 * @param terms address of the system's terms in the memory.
 */
export function coefficientSection(
  memory: CurveMemory,
  system: ConstraintSystem,
  terms: number,
): Uint8Array<ArrayBuffer> {
  const { publicSignals, constraints } = system;
  const toMontgomery = memory.function("frm_toMontgomery");
  const coefficients = new Uint8Array(4 + (countTerms(system) + publicSignals + 1) * COEFFICIENT_BYTES);
  const view = viewOf(coefficients);
  const coefficient = memory.allocate(ELEMENT_BYTES);
  const one = memory.allocate(ELEMENT_BYTES);
  memory.bytes(one, 1)[0] = 1;
  let count = 0;
  walkTerms(system, (constraint, side, wire, offset) => {
    if (side < 2) write(side, constraint, wire, terms + offset);
  });
  for (let wire = 0; wire <= publicSignals; wire++) write(0, constraints + wire, wire, one);
  view.setUint32(0, count, true);
  return coefficients;

  /**
   * snarkjs keeps a coefficient times 2^512: its prover's one multiplication with a standard-form witness
   * gives Montgomery form.
   */
  function write(side: number, constraint: number, wire: number, value: number): void {
    const at = 4 + count++ * COEFFICIENT_BYTES;
    view.setUint32(at, side, true);
    view.setUint32(at + 4, constraint, true);
    view.setUint32(at + 8, wire, true);
    toMontgomery(value, coefficient);
    toMontgomery(coefficient, coefficient);
    coefficients.set(memory.bytes(coefficient, ELEMENT_BYTES), at + 12);
  }
}

/**
 * Calls back for each term: side 0, 1, 2 is a, b, c; `offset` is that of the 32-byte coefficient in
 * `system.terms`.
 */
export function walkTerms(
  system: ConstraintSystem,
  visit: (constraint: number, side: number, wire: number, offset: number) => void,
): void {
  const { terms } = system;
  const view = viewOf(terms);
  let offset = 0;
  for (let constraint = 0; constraint < system.constraints; constraint++) {
    for (let side = 0; side < 3; side++) {
      if (offset + 4 > terms.length) throw new KeyCorruptError("The constraints end early");
      const count = view.getUint32(offset, true);
      offset += 4;
      if (count * TERM_BYTES > terms.length - offset) throw new KeyCorruptError("The constraints end early");
      for (let term = 0; term < count; term++, offset += TERM_BYTES) {
        const wire = view.getUint32(offset, true);
        if (wire >= system.wires) throw new KeyCorruptError(`Constraint ${constraint} names wire ${wire}`);
        visit(constraint, side, wire, offset + 4);
      }
    }
  }
}

/** Number of terms on the sides a and b. */
function countTerms(system: ConstraintSystem): number {
  let count = 0;
  walkTerms(system, (_constraint, side) => {
    if (side < 2) count++;
  });
  return count;
}

function quotientValues(memory: CurveMemory, power: number, tau: bigint, inverseDelta: bigint): Uint8Array {
  const size = 2 ** power;
  const values = lagrangeValues(memory, power + 1, tau, inverseDelta);
  memory.function("frm_batchFromMontgomery")(values, 2 * size, values);
  const odd = new Uint8Array(size * ELEMENT_BYTES);
  for (let i = 0; i < size; i++) {
    odd.set(memory.bytes(values + (2 * i + 1) * ELEMENT_BYTES, ELEMENT_BYTES), i * ELEMENT_BYTES);
  }
  return odd;
}

function quotientPowers(memory: CurveMemory, power: number, tau: bigint): Uint8Array {
  const size = 2 ** power;
  const count = hashedQuotientPowers(size);
  const multiply = memory.function("frm_mul");
  const values = memory.allocate(size * ELEMENT_BYTES);
  const point = constant(memory, tau);
  const first = constant(memory, pow(tau, BigInt(size), FIELD_MODULUS) - 1n);
  memory.write(values, memory.bytes(first, ELEMENT_BYTES).slice());
  for (let i = 1; i < count; i++)
    multiply(values + (i - 1) * ELEMENT_BYTES, point, values + i * ELEMENT_BYTES);
  memory.function("frm_batchFromMontgomery")(values, count, values);
  return memory.bytes(values, count * ELEMENT_BYTES).slice();
}
