import { z } from "zod";

const point = z.array(z.string());

/**
 * The fields of snarkjs' `verification_key.json` that matter; the points themselves are checked when they are
 * read.
 */
export const snarkjsVerificationKey = z.object({
  protocol: z.literal("groth16"),
  curve: z.literal("bn128"),
  nPublic: z.int().positive(),
  vk_alpha_1: point,
  vk_beta_2: z.array(point),
  vk_gamma_2: z.array(point),
  vk_delta_2: z.array(point),
  IC: z.array(point),
});
