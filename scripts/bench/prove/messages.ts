import { z } from "zod";
import type { Artefacts } from "../../../builder/proving/circuits/artefacts.ts";

const artefacts: z.ZodType<Artefacts> = z.object({
  instance: z.string(),
  folder: z.string(),
  constraints: z.number(),
  wires: z.number(),
  publicSignals: z.array(z.string()),
  r1cs: z.string(),
  wasm: z.string(),
  symbols: z.string(),
  zkey: z.string(),
  verificationKey: z.string(),
});

/**
 * To a pool's process. It answers each message with one of its own: `"ready"` when opened, and what each
 * proof took.
 */
export const request = z.discriminatedUnion("do", [
  z.object({
    do: z.literal("open"),
    /** Name of a backend of this machine. */
    backend: z.string(),
    artefacts,
  }),
  z.object({ do: z.literal("prove") }),
]);
export type Request = z.infer<typeof request>;

/** Milliseconds: the whole job, and what its result says of its parts. */
export const took = z.object({ wall: z.number(), witness: z.number(), prove: z.number() });
export type Took = z.infer<typeof took>;
