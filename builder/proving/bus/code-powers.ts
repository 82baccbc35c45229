import { buildBn128, type Curve } from "ffjavascript";
import { CurveMemory } from "../keys/curve-memory.ts";
import { compileCurve } from "../keys/curve-module.ts";
import { ELEMENT_BYTES } from "../keys/little-endian.ts";
import type { G1Point } from "../keys/verification-key.ts";
import { CodeCommitments, type CodePowers } from "./code-commitments.ts";
import { DEVELOPMENT_TAU, developmentPowers } from "./development-powers.ts";
import { Polynomials } from "./polynomials.ts";

/** Powers that are made at first: enough for codes of about a kilobyte. */
const FIRST = 1 << 10;

/** [τ^i]₁ of the development set-up, INSECURE: as many as were needed so far. */
class DevelopmentPowers implements CodePowers {
  readonly tau = DEVELOPMENT_TAU;
  readonly #curve: Curve;
  #points: Promise<Uint8Array> | undefined;
  #count = 0;

  constructor(curve: Curve) {
    this.#curve = curve;
  }

  async sum(scalars: Uint8Array): Promise<G1Point> {
    const { G1 } = this.#curve;
    const points = await this.#first(scalars.length / ELEMENT_BYTES);
    const total = await G1.multiExpAffine(points.subarray(0, 2 * scalars.length), scalars);
    const [x, y] = G1.toObject(G1.toAffine(total));
    return [x, y];
  }

  #first(count: number): Promise<Uint8Array> {
    if (this.#points === undefined || count > this.#count) {
      this.#count = Math.max(FIRST, 1 << (32 - Math.clz32(count - 1)));
      this.#points = developmentPowers(this.#count);
    }
    return this.#points;
  }
}

let opened: Promise<CodeCommitments> | undefined;

/** Commitments to codes under the development set-up, one for the whole process. */
export async function developmentCodeCommitments(): Promise<CodeCommitments> {
  const open = async (): Promise<CodeCommitments> => {
    const [curve, module] = await Promise.all([buildBn128(true), compileCurve()]);
    const memory = await CurveMemory.create(module);
    return new CodeCommitments(new Polynomials(memory), new DevelopmentPowers(curve));
  };
  return await (opened ??= open());
}
