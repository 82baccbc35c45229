import { z } from "zod";
import { decimal, decimalPair } from "../decimal.ts";
import type { G1Point } from "../keys/verification-key.ts";
import type { Groth16Proof } from "../prover.ts";

const affine = z.tuple([decimal, decimal, z.literal("1")]);

/** A proof as snarkjs and rapidsnark write it: decimal numbers, G2 with real parts first. */
export const snarkjsProof = z
  .object({
    pi_a: affine,
    pi_b: z.tuple([decimalPair, decimalPair, z.tuple([z.literal("1"), z.literal("0")])]),
    pi_c: affine,
  })
  .transform(({ pi_a: a, pi_b: [x, y], pi_c: c }): Groth16Proof => {
    const [x0, x1] = x;
    const [y0, y1] = y;
    return {
      a: [a[0], a[1]],
      b: [
        [x1, x0],
        [y1, y0],
      ],
      c: [c[0], c[1]],
    };
  });

/** A point of G1 in the same format. */
export const snarkjsPoint = affine.transform(([x, y]): G1Point => [x, y]);

/** The public signals of a proof in the same format. */
export const snarkjsPublicSignals = z.array(decimal);
