import { BASE_FIELD_MODULUS } from "./base-field.ts";
import { viewOf } from "./binary-file.ts";
import { type CurveFunction, type CurveMemory, type GroupName, POINT_BYTES } from "./curve-memory.ts";
import { ELEMENT_BYTES, elementBytes, readElement } from "./little-endian.ts";
import { FIELD_MODULUS } from "../../protocol/ids.ts";

/** Points that are in the module's memory at the same time. */
const PIECE = 4096;
/** More than any function of the module takes for itself. */
const SCRATCH_BYTES = 1 << 18;
/** The highest 32 bits of the modulus: a coordinate below them is reduced. */
const TOP_OFFSET = ELEMENT_BYTES - 4;
const TOP_OF_MODULUS = Number(BASE_FIELD_MODULUS >> BigInt(8 * TOP_OFFSET));

/**
 * Tells points from what only looks like points. Multiplying something that is not on the curve by a secret
 * gives the secret away: the formulas of addition never use the curve's constant, so they compute on any y² =
 * x³ + c, where logarithms can be easy.
 */
export class PointCheck {
  readonly #memory: CurveMemory;
  readonly #group: GroupName;
  readonly #isOnCurve: CurveFunction;
  readonly #timesScalar: CurveFunction;
  readonly #isZero: CurveFunction;

  constructor(memory: CurveMemory, group: GroupName) {
    this.#memory = memory;
    this.#group = group;
    this.#isOnCurve = memory.function(`${group}m_inCurveAffine`);
    this.#timesScalar = memory.function(`${group}m_timesScalar`);
    this.#isZero = memory.function(`${group}m_isZero`);
  }

  /**
   * Index of the first point that is not on the curve, or whose coordinates are not reduced; undefined when
   * all are fine. All zeros are the point at infinity, which is fine here. In G2 being on the curve is not
   * being in the subgroup.
   * @param points affine, as in a `.zkey`.
   */
  firstInvalid(points: Uint8Array): number | undefined {
    const { affine } = POINT_BYTES[this.#group];
    const count = points.length / affine;
    return this.#memory.scoped(() => {
      const at = this.#memory.allocate(Math.min(PIECE, count) * affine);
      this.#memory.scratch(SCRATCH_BYTES);
      for (let first = 0; first < count; first += PIECE) {
        const piece = points.subarray(first * affine, Math.min(count, first + PIECE) * affine);
        this.#memory.write(at, piece);
        const view = viewOf(piece);
        for (let offset = 0; offset < piece.length; offset += affine) {
          if (!isReduced(piece, view, offset, affine)) return first + offset / affine;
          if (this.#isOnCurve(at + offset) === 1 || isAllZeros(view, offset, affine)) continue;
          return first + offset / affine;
        }
      }
      return undefined;
    });
  }

  /** True for a point of the group that is not infinity: on the curve, reduced, and in the subgroup. */
  isGenuine(point: Uint8Array): boolean {
    const { affine } = POINT_BYTES[this.#group];
    if (point.length !== affine || this.firstInvalid(point) !== undefined) return false;
    if (isAllZeros(viewOf(point), 0, affine)) return false;
    // G1's curve has no other points than those of the group.
    if (this.#group === "g1") return true;
    return this.#memory.scoped(() => {
      const at = this.#memory.allocate(POINT_BYTES.g2.jacobian);
      const affineAt = this.#memory.allocate(affine);
      this.#memory.write(affineAt, point);
      this.#memory.function("g2m_toJacobian")(affineAt, at);
      return this.isInSubgroup(at);
    });
  }

  /** @param point address of a Jacobian point on the curve; infinity is in the subgroup. */
  isInSubgroup(point: number): boolean {
    const { jacobian } = POINT_BYTES[this.#group];
    return this.#memory.scoped(() => {
      const multiple = this.#memory.allocate(jacobian);
      const order = this.#memory.allocate(ELEMENT_BYTES);
      this.#memory.write(order, elementBytes(FIELD_MODULUS));
      this.#memory.scratch(SCRATCH_BYTES);
      this.#timesScalar(point, order, ELEMENT_BYTES, multiple);
      return this.#isZero(multiple) === 1;
    });
  }
}

function isReduced(points: Uint8Array, view: DataView, offset: number, size: number): boolean {
  for (let at = offset; at < offset + size; at += ELEMENT_BYTES) {
    const top = view.getUint32(at + TOP_OFFSET, true);
    if (top < TOP_OF_MODULUS) continue;
    if (top > TOP_OF_MODULUS || readElement(points, at) >= BASE_FIELD_MODULUS) return false;
  }
  return true;
}

function isAllZeros(view: DataView, offset: number, size: number): boolean {
  for (let at = offset; at < offset + size; at += 4) if (view.getUint32(at, true) !== 0) return false;
  return true;
}
