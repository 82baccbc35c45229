import { readFile } from "node:fs/promises";
import { buildBn128, type Curve } from "ffjavascript";
import { codePowersParts } from "../keys/ceremony/code-powers.ts";
import { CurveMemory } from "../keys/curve-memory.ts";
import { compileCurve } from "../keys/curve-module.ts";
import { ELEMENT_BYTES } from "../keys/little-endian.ts";
import { readG2 } from "../keys/points.ts";
import type { G1Point, G2Point } from "../keys/verification-key.ts";
import { CodeCommitments, type CodePowers } from "./code-commitments.ts";
import { developmentPowers } from "./development-powers.ts";
import { DEVELOPMENT_TAU } from "./development-tau.ts";
import { Polynomials } from "./polynomials.ts";

/** Powers that are made at first: enough for codes of about a kilobyte. */
const FIRST = 1 << 10;
const POINT = 2 * ELEMENT_BYTES;

/** The first powers of τ in G1, as many as are asked for at least, or all that there are. */
type ReadPowers = (count: number) => Promise<Uint8Array>;

/** [τ^i]₁: as many as were needed so far. */
class Powers implements CodePowers {
  readonly tau: G2Point;
  readonly #curve: Curve;
  readonly #read: ReadPowers;
  #points: Promise<Uint8Array> | undefined;
  #count = 0;

  constructor(curve: Curve, tau: G2Point, read: ReadPowers) {
    this.#curve = curve;
    this.tau = tau;
    this.#read = read;
  }

  async sum(scalars: Uint8Array): Promise<G1Point> {
    const { G1 } = this.#curve;
    const count = scalars.length / ELEMENT_BYTES;
    const points = await this.#first(count);
    if (points.length < count * POINT)
      throw new RangeError(`a code takes ${count} powers of tau, and there are ${points.length / POINT}`);
    const total = await G1.multiExpAffine(points.subarray(0, count * POINT), scalars);
    const [x, y] = G1.toObject(G1.toAffine(total));
    return [x, y];
  }

  #first(count: number): Promise<Uint8Array> {
    if (this.#points === undefined || count > this.#count) {
      this.#count = Math.max(FIRST, 1 << (32 - Math.clz32(count - 1)));
      this.#points = this.#read(this.#count);
    }
    return this.#points;
  }
}

/** Commitments to codes, one of each kind for the whole process. By file; the development set-up has none. */
const opened = new Map<string | undefined, Promise<CodeCommitments>>();

/**
 * Commitments to codes with the powers of tau of a ceremony.
 * @param file as a key's export has it; without one, under the development set-up, INSECURE.
 */
export async function openCodeCommitments(file: string | undefined): Promise<CodeCommitments> {
  const commitments = opened.get(file) ?? open(file);
  opened.set(file, commitments);
  return await commitments;
}

async function open(file: string | undefined): Promise<CodeCommitments> {
  const [curve, module] = await Promise.all([buildBn128(true), compileCurve()]);
  const memory = await CurveMemory.create(module);
  return new CodeCommitments(new Polynomials(memory), await powersOf(curve, file));
}

async function powersOf(curve: Curve, file: string | undefined): Promise<CodePowers> {
  if (file === undefined) return new Powers(curve, DEVELOPMENT_TAU, developmentPowers);
  const { tau, powers } = codePowersParts(await readFile(file));
  return new Powers(curve, readG2(tau, 0), async () => powers);
}

/** [τ]₂ of a file of powers. */
export async function readTau(file: string): Promise<G2Point> {
  return readG2(codePowersParts(await readFile(file)).tau, 0);
}

/** Commitments to codes under the development set-up. */
export async function developmentCodeCommitments(): Promise<CodeCommitments> {
  return await openCodeCommitments(undefined);
}
