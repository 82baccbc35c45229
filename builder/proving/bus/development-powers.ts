import { FIELD_MODULUS as P } from "../../protocol/ids.ts";
import { CODE_POWERS } from "./code-rows.ts";
import { compileCurve } from "../keys/curve-module.ts";
import { elementBytes } from "../keys/little-endian.ts";
import { multiplyGenerators, type MultiplierOptions } from "../keys/multiplier.ts";
import { DEVELOPMENT_SECRETS } from "../keys/secrets.ts";

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
