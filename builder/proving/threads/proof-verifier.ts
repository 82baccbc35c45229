import { BASE_FIELD_MODULUS as Q } from "../keys/base-field.ts";
import { CurveMemory, type CurveModule, POINT_BYTES } from "../keys/curve-memory.ts";
import { ELEMENT_BYTES, elementBytes } from "../keys/little-endian.ts";
import type { SplitVerificationKey } from "../keys/split-verification-key.ts";
import type { G1Point, G2Point, VerificationKey } from "../keys/verification-key.ts";
import { FIELD_MODULUS } from "../../protocol/ids.ts";
import type { CommittedProof, Groth16Proof } from "../prover.ts";

/** Bytes of an element of the pairing's target field. */
const TARGET_BYTES = 12 * ELEMENT_BYTES;
/** More than any function of the module takes for itself. */
const SCRATCH_BYTES = 1 << 18;

const GROUP = { g1: "g1m", g2: "g2m" } as const;

/**
 * Groth16 verification under one key, e(A, B) = e(α, β)·e(IC(inputs), γ)·e(C, δ), in WebAssembly: some
 * milliseconds where a pairing on bigints takes tens. Under a key with committed wires e(D, η) is a factor
 * more. What depends on the key alone is computed once. Free with the garbage collector: nothing to close.
 */
export class ProofVerifier {
  readonly #memory: CurveMemory;
  /** Addresses of the Miller loop of (α, β), and of γ and δ as the loop takes them. */
  readonly #alphaBeta: number;
  readonly #gamma: number;
  readonly #delta: number;
  /** Address of η likewise, in a key with committed wires. */
  readonly #eta: number | undefined;
  /** Addresses of IC's points, Jacobian. */
  readonly #ic: readonly number[];
  readonly #preparedBytes: CurveModule["preparedBytes"];

  private constructor(
    memory: CurveMemory,
    key: VerificationKey | SplitVerificationKey,
    preparedBytes: CurveModule["preparedBytes"],
  ) {
    this.#memory = memory;
    this.#preparedBytes = preparedBytes;
    this.#alphaBeta = this.#millerLoop(this.#g1(key.alpha), this.#prepareG2(this.#g2(key.beta)));
    this.#gamma = this.#prepareG2(this.#g2(key.gamma));
    this.#delta = this.#prepareG2(this.#g2(key.delta));
    this.#eta = "eta" in key ? this.#prepareG2(this.#g2(key.eta)) : undefined;
    this.#ic = key.ic.map((point) => this.#g1(point));
  }

  /** @param key whose points are valid, as those are that `fromSnarkjs` reads. */
  static async create(
    curve: CurveModule,
    key: VerificationKey | SplitVerificationKey,
  ): Promise<ProofVerifier> {
    return new ProofVerifier(await CurveMemory.create(curve), key, curve.preparedBytes);
  }

  /**
   * False for points off their curve, at infinity, or outside of G2's subgroup, coordinates or inputs out of
   * range, a wrong number of inputs, and a commitment where the key has none or none where it has one, as for
   * the contract.
   */
  verify(inputs: readonly bigint[], proof: Groth16Proof | CommittedProof): boolean {
    const { a, b, c } = proof;
    const d = "d" in proof ? proof.d : undefined;
    if ((d === undefined) !== (this.#eta === undefined)) return false;
    if (inputs.length !== this.#ic.length - 1) return false;
    if (inputs.some((input) => input < 0n || input >= FIELD_MODULUS)) return false;
    // The proof has imaginary parts first.
    const [[x1, x0], [y1, y0]] = b;
    const bPoint: G2Point = [
      [x0, x1],
      [y0, y1],
    ];
    if (!isOnCurve(a) || !isOnTwist(bPoint) || !isOnCurve(c)) return false;
    if (d !== undefined && !isOnCurve(d)) return false;
    return this.#memory.scoped(() => {
      const [aAt, bAt, cAt] = [this.#g1(a), this.#g2(bPoint), this.#g1(c)];
      if (!this.#isInSubgroup(bAt)) return false;
      this.#call("g1m_neg", aAt, aAt);
      const product = this.#millerLoop(aAt, this.#prepareG2(bAt));
      const combination = this.#combination(inputs);
      const factors = [
        this.#alphaBeta,
        // Paired with the point at infinity everything is one.
        ...(this.#call("g1m_isZero", combination) === 1 ? [] : [this.#millerLoop(combination, this.#gamma)]),
        this.#millerLoop(cAt, this.#delta),
        ...(d === undefined || this.#eta === undefined ? [] : [this.#millerLoop(this.#g1(d), this.#eta)]),
      ];
      for (const factor of factors) this.#call("ftm_mul", product, factor, product);
      const one = this.#memory.allocate(TARGET_BYTES);
      this.#call("ftm_one", one);
      this.#call("bn128_finalExponentiation", product, product);
      return this.#call("ftm_eq", product, one) === 1;
    });
  }

  /** IC_0 + Σ inputs_i·IC_(i+1). */
  #combination(inputs: readonly bigint[]): number {
    const [constant = 0, ...points] = this.#ic;
    const sum = this.#memory.allocate(POINT_BYTES.g1.jacobian);
    const product = this.#memory.allocate(POINT_BYTES.g1.jacobian);
    this.#call("g1m_copy", constant, sum);
    for (const [index, point] of points.entries()) {
      this.#scale("g1", point, inputs[index] ?? 0n, product);
      this.#call("g1m_add", sum, product, sum);
    }
    return sum;
  }

  #isInSubgroup(point: number): boolean {
    const multiple = this.#memory.allocate(POINT_BYTES.g2.jacobian);
    this.#scale("g2", point, FIELD_MODULUS, multiple);
    return this.#call("g2m_isZero", multiple) === 1;
  }

  #scale(group: "g1" | "g2", point: number, scalar: bigint, result: number): void {
    const scalarAt = this.#memory.allocate(ELEMENT_BYTES);
    this.#memory.write(scalarAt, elementBytes(scalar));
    this.#call(`${GROUP[group]}_timesScalar`, point, scalarAt, ELEMENT_BYTES, result);
  }

  #millerLoop(g1: number, preparedG2: number): number {
    const prepared = this.#memory.allocate(this.#preparedBytes.g1);
    const result = this.#memory.allocate(TARGET_BYTES);
    this.#call("bn128_prepareG1", g1, prepared);
    this.#call("bn128_millerLoop", prepared, preparedG2, result);
    return result;
  }

  #prepareG2(point: number): number {
    const prepared = this.#memory.allocate(this.#preparedBytes.g2);
    this.#call("bn128_prepareG2", point, prepared);
    return prepared;
  }

  /** Address of the point, Jacobian with z = 1. */
  #g1([x, y]: G1Point): number {
    return this.#write([x, y, 1n], POINT_BYTES.g1.jacobian);
  }

  #g2([[x0, x1], [y0, y1]]: G2Point): number {
    return this.#write([x0, x1, y0, y1, 1n, 0n], POINT_BYTES.g2.jacobian);
  }

  #write(coordinates: readonly bigint[], size: number): number {
    const address = this.#memory.allocate(size);
    for (const [index, coordinate] of coordinates.entries()) {
      const at = address + index * ELEMENT_BYTES;
      this.#memory.write(at, elementBytes(coordinate));
      this.#call("f1m_toMontgomery", at, at);
    }
    return address;
  }

  #call(name: string, ...addresses: number[]): unknown {
    this.#memory.scratch(SCRATCH_BYTES);
    return this.#memory.function(name)(...addresses);
  }
}

/** Coordinates in range, y² = x³ + 3; the point at infinity, (0, 0), is not. */
export function isOnCurve([x, y]: G1Point): boolean {
  return isReduced(x, y) && (y * y - x * x * x - 3n) % Q === 0n;
}

/** Coordinates in range, y² = x³ + 3/(9 + u) over F_q[u]/(u² + 1). */
function isOnTwist([x, y]: G2Point): boolean {
  if (!isReduced(...x, ...y)) return false;
  const [real, imaginary] = multiply(multiply(x, x), x);
  const [yReal, yImaginary] = multiply(y, y);
  // (9 + u)·(y² − x³) = 3.
  const [one, other] = multiply([9n, 1n], [yReal - real, yImaginary - imaginary]);
  return (one - 3n) % Q === 0n && other % Q === 0n;
}

function isReduced(...coordinates: readonly bigint[]): boolean {
  return coordinates.every((coordinate) => coordinate >= 0n && coordinate < Q);
}

/** In F_q[u]/(u² + 1), real part first; not reduced. */
function multiply(
  [a, b]: readonly [bigint, bigint],
  [c, d]: readonly [bigint, bigint],
): readonly [bigint, bigint] {
  return [a * c - b * d, a * d + b * c];
}
