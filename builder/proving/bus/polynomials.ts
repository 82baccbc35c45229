import { constant } from "../keys/lagrange.ts";
import type { CurveMemory } from "../keys/curve-memory.ts";
import { ELEMENT_BYTES } from "../keys/little-endian.ts";

/** Coefficients from the lowest on, 32 bytes each, little-endian, in Montgomery form. */
export type Polynomial = Uint8Array;

/** Roots of the products that are multiplied out directly: below that a transform costs more. */
const LEAF = 64;

/** Polynomials over BN254's scalar field, in WebAssembly. */
export class Polynomials {
  readonly #memory: CurveMemory;

  constructor(memory: CurveMemory) {
    this.#memory = memory;
  }

  /** Π (X − root). */
  fromRoots(roots: readonly bigint[]): Polynomial {
    if (roots.length <= LEAF) return this.#leaf(roots);
    const half = roots.length >> 1;
    return this.multiply(this.fromRoots(roots.slice(0, half)), this.fromRoots(roots.slice(half)));
  }

  multiply(one: Polynomial, other: Polynomial): Polynomial {
    const memory = this.#memory;
    const length = one.length + other.length - ELEMENT_BYTES;
    const power = 32 - Math.clz32(length / ELEMENT_BYTES - 1);
    const bytes = ELEMENT_BYTES << power;
    return memory.scoped(() => {
      const [a, b] = [memory.allocate(bytes), memory.allocate(bytes)];
      memory.write(a, one);
      memory.write(b, other);
      const transform = memory.function("frm_fft");
      for (const address of [a, b]) transform(address, 1 << power);
      const multiply = memory.function("frm_mul");
      for (let at = 0; at < bytes; at += ELEMENT_BYTES) multiply(a + at, b + at, a + at);
      memory.function("frm_ifft")(a, 1 << power);
      return memory.bytes(a, length).slice();
    });
  }

  /** Σ factor·polynomial. */
  combine(parts: readonly (readonly [factor: bigint, polynomial: Polynomial])[]): Polynomial {
    const memory = this.#memory;
    const bytes = Math.max(...parts.map(([, polynomial]) => polynomial.length));
    return memory.scoped(() => {
      const [sum, part, product] = [bytes, bytes, ELEMENT_BYTES].map((size) => memory.allocate(size));
      if (sum === undefined || part === undefined || product === undefined) throw new RangeError("no memory");
      const [multiply, add] = [memory.function("frm_mul"), memory.function("frm_add")];
      for (const [factor, polynomial] of parts) {
        memory.write(part, polynomial);
        const factorAt = constant(memory, factor);
        for (let at = 0; at < polynomial.length; at += ELEMENT_BYTES) {
          multiply(part + at, factorAt, product);
          add(sum + at, product, sum + at);
        }
      }
      return memory.bytes(sum, bytes).slice();
    });
  }

  /** The quotient of a division by (X − root), and the remainder, which is the value at the root. */
  divide(polynomial: Polynomial, root: bigint): { readonly quotient: Polynomial; readonly isExact: boolean } {
    const memory = this.#memory;
    return memory.scoped(() => {
      const address = memory.allocate(polynomial.length);
      memory.write(address, polynomial);
      const rootAt = constant(memory, root);
      const carried = memory.allocate(ELEMENT_BYTES);
      const [multiply, add] = [memory.function("frm_mul"), memory.function("frm_add")];
      for (let at = polynomial.length - 2 * ELEMENT_BYTES; at >= 0; at -= ELEMENT_BYTES) {
        multiply(address + at + ELEMENT_BYTES, rootAt, carried);
        add(address + at, carried, address + at);
      }
      const result = memory.bytes(address, polynomial.length).slice();
      const isExact = result.subarray(0, ELEMENT_BYTES).every((byte) => byte === 0);
      return { quotient: result.slice(ELEMENT_BYTES), isExact };
    });
  }

  /** Coefficients in standard form, as sums of points take them. */
  scalars(polynomial: Polynomial): Uint8Array {
    const memory = this.#memory;
    return memory.scoped(() => {
      const address = memory.allocate(polynomial.length);
      memory.write(address, polynomial);
      memory.function("frm_batchFromMontgomery")(address, polynomial.length / ELEMENT_BYTES, address);
      return memory.bytes(address, polynomial.length).slice();
    });
  }

  #leaf(roots: readonly bigint[]): Polynomial {
    const memory = this.#memory;
    return memory.scoped(() => {
      const bytes = (roots.length + 1) * ELEMENT_BYTES;
      const address = memory.allocate(bytes);
      memory.write(address, memory.bytes(constant(memory, 1n), ELEMENT_BYTES).slice());
      const product = memory.allocate(ELEMENT_BYTES);
      const [multiply, subtract] = [memory.function("frm_mul"), memory.function("frm_sub")];
      for (const [degree, root] of roots.entries()) {
        const rootAt = constant(memory, root);
        // From the highest on: c_i := c_(i−1) − root·c_i.
        memory.write(
          address + (degree + 1) * ELEMENT_BYTES,
          memory.bytes(address + degree * ELEMENT_BYTES, ELEMENT_BYTES).slice(),
        );
        for (let i = degree; i >= 0; i--) {
          const at = address + i * ELEMENT_BYTES;
          multiply(at, rootAt, product);
          if (i === 0) {
            memory.write(at, new Uint8Array(ELEMENT_BYTES));
            subtract(at, product, at);
          } else subtract(at - ELEMENT_BYTES, product, at);
        }
      }
      return memory.bytes(address, bytes).slice();
    });
  }
}
