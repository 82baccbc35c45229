import { z } from "zod";
import type { CircuitInput, CircuitValue } from "../circuit-job.ts";
import type { UnverifiedProof } from "../backends/backend.ts";
import { decimal, decimalPair, toDecimalJson } from "../decimal.ts";

/**
 * Names everything that builders and workers say to each other, cards excepted: who registers is seen by
 * every version, and told that it is of another one. The number rises with every change.
 */
export const WORKER_FORMAT = "lockstep.prover.v2";
/** Where workers register. */
const KEY_PREFIX = "lockstep:prover";
/** All other keys in Redis begin so. */
const VERSIONED_PREFIX = `${KEY_PREFIX}:v2`;

/** Set of the ids of workers that have registered. */
export const WORKERS_KEY = `${KEY_PREFIX}:workers`;
/** A worker's {@link WorkerCard}, which expires when it stops renewing it. */
export const workerKey = (id: string): string => `${KEY_PREFIX}:worker:${id}`;
/** Name of the queue with one worker's jobs. */
export const queueName = (id: string): string => `${VERSIONED_PREFIX}:${id}`.replaceAll(":", "-");
/** Channel on which a worker is told the ids of jobs that are no longer wanted. */
export const cancelChannel = (id: string): string => `${VERSIONED_PREFIX}:cancel:${id}`;
/** Where the input of a job lies: it is too large for the queue. */
export const inputKey = (job: string): string => `${VERSIONED_PREFIX}:input:${job}`;

/** How often a worker renews its card, and how long that is valid. Milliseconds. */
export const HEARTBEAT_MS = 1_000;
export const CARD_EXPIRES_MS = 4_000;
/** Seconds after which an input expires that was neither fetched nor deleted. */
export const INPUT_EXPIRES_S = 1_800;

/**
 * Jobs that a worker takes beyond its slots: its own pool computes the witness of the next one meanwhile, and
 * the way to Redis and back takes no time.
 */
export const AHEAD = 1;

/** What a worker says of itself. */
export const workerCard = z.strictObject({
  format: z.literal(WORKER_FORMAT),
  id: z.string().regex(/^[\w.-]{1,100}$/),
  slots: z.int().min(1).max(1_024),
  /** Jobs that it takes beyond those, to have their witnesses ready. */
  ahead: z.int().min(0).max(1_024).default(0),
  /** Hash of the verification key of each circuit instance that it has the keys of. */
  circuits: z.record(z.string(), z.string()),
  /** Milliseconds per constraint, if it has measured itself. */
  rate: z.number().positive().max(1_000).optional(),
});
export type WorkerCard = z.infer<typeof workerCard>;

/**
 * What stands in a queue.
 * @param input where the input lies.
 */
export const jobData = z.strictObject({ circuit: z.string(), commitment: decimal, input: z.uuid() });

/** A worker's answer, numbers in decimal. Nothing of it is believed. */
export const proofMessage = z.strictObject({
  proof: z.strictObject({ a: decimalPair, b: z.tuple([decimalPair, decimalPair]), c: decimalPair }),
  publicSignals: z.array(decimal).max(16),
  proveMilliseconds: z.number().nonnegative(),
  witnessMilliseconds: z.number().nonnegative(),
});

export function encodeProofMessage(proof: Required<UnverifiedProof>): string {
  return toDecimalJson(proof);
}

export function encodeInput(input: CircuitInput): string {
  return toDecimalJson(input);
}

const circuitValue: z.ZodType<CircuitValue> = z.lazy(() => z.union([decimal, z.array(circuitValue)]));
const circuitInput = z.record(z.string(), circuitValue);

/** @throws a zod error or a `SyntaxError` for what is no input. */
export function decodeInput(text: string): CircuitInput {
  return circuitInput.parse(JSON.parse(text));
}
