import type { CircuitInput, TraceJob } from "../../../builder/proving/circuit-job.ts";
import type { G1Point } from "../../../builder/proving/keys/verification-key.ts";
import { FIELD_MODULUS } from "../../../builder/protocol/ids.ts";

/** Of the test circuit `lookups`: pairs of values below the table's size, and how often each is there. */
const TABLE = 8;
const VALUES = 16;

/** A true trace: every number has other values. */
export function lookupsJob(number: number): TraceJob {
  const value = Array.from({ length: VALUES }, (_, index) => BigInt((number + index * index) % TABLE));
  const count = Array.from({ length: TABLE }, (_, t) => BigInt(value.filter((v) => v === BigInt(t)).length));
  return { circuit: "lookups", trace: { value, count } };
}

/** Anything that all commitments decide. */
export function drawn(commitments: readonly G1Point[]): CircuitInput {
  const seed = commitments.flat().reduce((hash, part) => (hash * 31n + part) % FIELD_MODULUS, 7n);
  return { beta: seed, gamma: (seed * seed + 5n) % FIELD_MODULUS };
}
