import { z } from "zod";
import { adaptersSchema } from "../../builder/proving/backends/snarkrs/adapters.ts";

/*
 * What `measure.ts` saw, a JSON line each. The table for people is made from them alone, so that a run that
 * is killed has shown what it had.
 */

const machine = z.object({
  kind: z.literal("machine"),
  processor: z.string(),
  processors: z.number(),
  memoryGibibytes: z.number(),
  system: z.string(),
  node: z.string(),
  /** What nvidia-smi says of GPUs, a line each; nothing where there is none. */
  gpus: z.array(z.string()),
  /** What the worker finds, with each way to the drivers that was tried; the last one is used. */
  tried: z.array(z.object({ how: z.string(), adapters: adaptersSchema })),
});

const key = z.object({
  kind: z.literal("key"),
  circuit: z.string(),
  constraints: z.number(),
  seconds: z.number(),
  mebibytes: z.number(),
  /** In snarkjs' form. */
  verificationKey: z.unknown(),
});

const proof = z.object({
  kind: z.literal("proof"),
  backend: z.string(),
  circuit: z.string(),
  /** Until its process had read the key's header and opened the device; of a first time, with compiling. */
  readyMilliseconds: z.number(),
  /** 0 is the first one of its process: the key is brought to the device for it. */
  number: z.number(),
  /** From a ready witness to the proof. */
  milliseconds: z.number(),
  /** What the worker says of the proof alone. */
  proveMilliseconds: z.number(),
  isValid: z.boolean(),
  /** The most that process and worker held so far. */
  peakMebibytes: z.number(),
  /** Of the GPU's memory, by all processes. */
  gpuMebibytes: z.number().optional(),
  /** Both in snarkjs' form. */
  proof: z.unknown(),
  publicSignals: z.array(z.string()),
});

const batch = z.object({
  kind: z.literal("batch"),
  /** Of the pool. */
  backends: z.array(z.string()),
  visits: z.number(),
  /** From handing over all jobs to the last verified proof. */
  seconds: z.number(),
  /** Proofs by backend. */
  proofs: z.record(z.string(), z.number()),
  /** Whether the devices' processes were killed amid it. */
  isDeviceLost: z.boolean(),
});

/** Something that could not be measured, or was not reached. */
const gap = z.object({ kind: z.literal("gap"), task: z.string(), reason: z.string() });

export const recordSchema = z.discriminatedUnion("kind", [machine, key, proof, batch, gap]);
export type MeasuredRecord = z.infer<typeof recordSchema>;
export type ProofRecord = z.infer<typeof proof>;

/** The records of a file of lines. The last line of a run that was killed may be cut off. */
export function readRecords(text: string): MeasuredRecord[] {
  const lines = text.split("\n");
  // What stands behind the last line's end is no line.
  return lines.slice(0, -1).map((line) => recordSchema.parse(JSON.parse(line)));
}
