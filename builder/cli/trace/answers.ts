import { z } from "zod";
import type { Executions, Progress, Settlement, TraceFrame } from "lockstep-client/rpc-types";
import { isTraceFrame } from "../../../packages/client/src/tree/index.ts";

/**
 * What a gateway answers, as far as it is printed: `--rpc` may name any. The rest of an answer is passed on
 * as it is by `--json`.
 */
const hex = z.string().regex(/^0x[0-9a-fA-F]*$/);
const quantity = z.string().regex(/^0x[0-9a-fA-F]{1,64}$/);
const hash = z.string().regex(/^0x[0-9a-fA-F]{64}$/);
const index = z.int().nonnegative();
const milliseconds = z.number().nonnegative().nullable();
const gas = z.looseObject({
  post: quantity,
  proofCheck: quantity.nullable(),
  table: quantity.nullable(),
  calls: quantity.nullable(),
});
const visit = z.looseObject({
  ...{ rollup: quantity, execution: index, outcome: z.string() },
  ...{ rootBefore: hash, rootAfter: hash, transactionHash: hash.nullable() },
});
const proof = z.looseObject({ rollup: quantity, proven: z.boolean(), circuit: z.string().nullable() });
const execution = z.looseObject({ index, visits: z.array(visit.extend({ proof: index })) });
const proofProgress = z.looseObject({
  ...{ rollup: quantity, circuit: z.string(), backend: z.string().nullable() },
  proveMilliseconds: milliseconds,
});

const settlement = z.looseObject({
  l1: z.looseObject({ transactionHash: hash, blockNumber: quantity, success: z.boolean() }),
  batch: z.looseObject({ transactionHash: hash, gasUsed: quantity, timestamp: quantity }).nullable(),
  visits: z.array(visit),
  transactions: z.array(hash),
});
const executions = z.looseObject({
  batch: z.looseObject({ transactionHash: hash }),
  ...{ raw: hex, gas, executions: z.array(execution), proofs: z.array(proof) },
});
const progress = z.looseObject({
  ...{ state: z.string(), reason: z.string().nullable() },
  ...{ simulateMilliseconds: milliseconds, witnessMilliseconds: milliseconds },
  ...{ proveMilliseconds: milliseconds, postMilliseconds: milliseconds },
  proofs: z.array(proofProgress),
});

export const settlementAnswer = z.custom<Settlement | null>(
  (found) => settlement.nullable().safeParse(found).success,
);
export const executionsAnswer = z.custom<Executions | null>(
  (found) => executions.nullable().safeParse(found).success,
);
export const progressAnswer = z.custom<Progress | null>(
  (found) => progress.nullable().safeParse(found).success,
);
export const traceAnswer = z.custom<TraceFrame | null>((found) => found === null || isTraceFrame(found));

const account = z.looseObject({ chain: quantity, address: z.string().regex(/^0x[0-9a-fA-F]{40}$/) });

/** What an address stands for. */
export const proxiesAnswer = z.looseObject({ original: account.nullable() });
