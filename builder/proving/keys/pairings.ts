import { CurveMemory, type CurveModule, POINT_BYTES } from "./curve-memory.ts";
import { ELEMENT_BYTES } from "./little-endian.ts";

/** Bytes of an element of the pairing's target field. */
const TARGET_BYTES = 12 * ELEMENT_BYTES;
/** More than any function of the module takes for itself. */
const SCRATCH_BYTES = 1 << 18;

/** A point of G1 and one of G2, affine, as the files of snarkjs hold them. */
export type Pair = readonly [g1: Uint8Array, g2: Uint8Array];

/**
 * Equations between pairings, in WebAssembly. The points have to be valid: off its curve or outside of the
 * subgroup a point's pairing means nothing.
 */
export class Pairings {
  readonly #memory: CurveMemory;
  readonly #preparedBytes: CurveModule["preparedBytes"];

  private constructor(memory: CurveMemory, preparedBytes: CurveModule["preparedBytes"]) {
    this.#memory = memory;
    this.#preparedBytes = preparedBytes;
  }

  static async create(curve: CurveModule): Promise<Pairings> {
    return new Pairings(await CurveMemory.create(curve), curve.preparedBytes);
  }

  /** e(P, Q) = e(P', Q'). */
  areEqual([p, q]: Pair, [p2, q2]: Pair): boolean {
    return this.#memory.scoped(() => {
      const product = this.#millerLoop(p, q, false);
      this.#call("ftm_mul", product, this.#millerLoop(p2, q2, true), product);
      const one = this.#memory.allocate(TARGET_BYTES);
      this.#call("ftm_one", one);
      this.#call("bn128_finalExponentiation", product, product);
      return this.#call("ftm_eq", product, one) === 1;
    });
  }

  #millerLoop(p: Uint8Array, q: Uint8Array, isNegated: boolean): number {
    const [g1, g2] = [this.#jacobian("g1", p), this.#jacobian("g2", q)];
    const result = this.#memory.allocate(TARGET_BYTES);
    // Paired with the point at infinity everything is one.
    if (this.#call("g1m_isZero", g1) === 1 || this.#call("g2m_isZero", g2) === 1) {
      this.#call("ftm_one", result);
      return result;
    }
    if (isNegated) this.#call("g1m_neg", g1, g1);
    const prepared1 = this.#memory.allocate(this.#preparedBytes.g1);
    const prepared2 = this.#memory.allocate(this.#preparedBytes.g2);
    this.#call("bn128_prepareG1", g1, prepared1);
    this.#call("bn128_prepareG2", g2, prepared2);
    this.#call("bn128_millerLoop", prepared1, prepared2, result);
    return result;
  }

  #jacobian(group: "g1" | "g2", point: Uint8Array): number {
    const affine = this.#memory.allocate(POINT_BYTES[group].affine);
    const jacobian = this.#memory.allocate(POINT_BYTES[group].jacobian);
    this.#memory.write(affine, point);
    this.#call(`${group}m_toJacobian`, affine, jacobian);
    return jacobian;
  }

  #call(name: string, ...addresses: number[]): unknown {
    this.#memory.scratch(SCRATCH_BYTES);
    return this.#memory.function(name)(...addresses);
  }
}
