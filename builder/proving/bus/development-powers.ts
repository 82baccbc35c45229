import { bn254 } from "@noble/curves/bn254.js";
import { FIELD_MODULUS as P } from "../../protocol/ids.ts";
import { CODE_POWERS } from "./code-rows.ts";
import { compileCurve } from "../keys/curve-module.ts";
import { elementBytes } from "../keys/little-endian.ts";
import { multiplyGenerators, type MultiplierOptions } from "../keys/multiplier.ts";
import { DEVELOPMENT_SECRETS } from "../keys/secrets.ts";
import type { G2Point } from "../keys/verification-key.ts";

/** [τ]₂ of the development set-up. */
export const DEVELOPMENT_TAU: G2Point = (() => {
  const { x, y } = bn254.G2.Point.BASE.multiply(DEVELOPMENT_SECRETS.tau).toAffine();
  return [
    [x.c0, x.c1],
    [y.c0, y.c1],
  ];
})();

/** [τ^i]₁ of the development set-up, INSECURE: affine, as in the files of snarkjs. */
export async function developmentPowers(
  count = CODE_POWERS,
  options: MultiplierOptions = {},
): Promise<Uint8Array> {
  let power = 1n;
  const scalars = Buffer.concat(
    Array.from({ length: count }, () => {
      const bytes = elementBytes(power);
      power = (power * DEVELOPMENT_SECRETS.tau) % P;
      return bytes;
    }),
  );
  const { powers } = await multiplyGenerators(await compileCurve(), { powers: ["g1", scalars] }, options);
  return powers.points;
}
