import { z } from "zod";
import type { CircuitInput, CircuitValue } from "../circuit-job.ts";
import type { UnverifiedCommitment, UnverifiedProof } from "../backends/backend.ts";
import { decimal, decimalPair, toDecimalJson } from "../decimal.ts";

/**
 * Names everything that builders and workers say to each other, cards excepted: who registers is seen by
 * every version, and told that it is of another one. The number rises with every change.
 */
export const WORKER_FORMAT = "lockstep.prover.v3";
/** Where workers register. */
const KEY_PREFIX = "lockstep:prover";
/** All other keys in Redis begin so. */
const VERSIONED_PREFIX = `${KEY_PREFIX}:v3`;

/** Set of the ids of workers that have registered. */
export const WORKERS_KEY = `${KEY_PREFIX}:workers`;
/** A worker's {@link WorkerCard}, which expires when it stops renewing it. */
export const workerKey = (id: string): string => `${KEY_PREFIX}:worker:${id}`;
/** Name of the queue with one worker's jobs. */
export const queueName = (id: string): string => `${VERSIONED_PREFIX}:${id}`.replaceAll(":", "-");
/** Channel on which a worker is told the ids of jobs that are no longer wanted. */
export const cancelChannel = (id: string): string => `${VERSIONED_PREFIX}:cancel:${id}`;
/** Where an input of a job lies: it is too large for the queue. */
export const inputKey = (id: string): string => `${VERSIONED_PREFIX}:input:${id}`;

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
 * What stands in a queue: a proof, or one of the two steps of a proof with committed wires. `input` and
 * `trace` say where inputs lie; a worker keeps a trace by that name from its first step on, and the builder
 * need not send it again for the second.
 */
export const jobData = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("prove"), circuit: z.string(), commitment: decimal, input: z.uuid() }),
  z.strictObject({ do: z.literal("commit"), circuit: z.string(), trace: z.uuid() }),
  z.strictObject({
    do: z.literal("prove committed"),
    circuit: z.string(),
    trace: z.uuid(),
    /** What was drawn. */
    input: z.uuid(),
    d: decimalPair,
  }),
]);
export type Job = z.infer<typeof jobData>;
/** A {@link Job} as it is sent. */
export type QueuedJob = z.input<typeof jobData>;

/** What a worker calls its error when the circuit refused the input. */
export const REFUSED = "REFUSED: ";
/** When it does not keep a trace any more, and none was sent. */
export const GONE = "GONE: ";
/** When the commitment that it was given is not one to the trace. */
export const MISCOMMITTED = "MISCOMMITTED: ";

/** A worker's answer, numbers in decimal. Nothing of it is believed. */
export const proofMessage = z.strictObject({
  proof: z.strictObject({ a: decimalPair, b: z.tuple([decimalPair, decimalPair]), c: decimalPair }),
  publicSignals: z.array(decimal).max(16),
  proveMilliseconds: z.number().nonnegative(),
  witnessMilliseconds: z.number().nonnegative(),
});

/** A worker's answer to a first step. */
export const commitmentMessage = z.strictObject({
  d: decimalPair,
  commitMilliseconds: z.number().nonnegative(),
});

export function encodeCommitmentMessage({ d, commitMilliseconds }: UnverifiedCommitment): string {
  return toDecimalJson({ d, commitMilliseconds });
}

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
