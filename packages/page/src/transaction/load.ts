import { isTraceFrame } from "lockstep-client/tree";
import type { System } from "../chains/system.ts";
import type {
  ExecutionShown,
  Executions,
  Hex,
  Progress,
  Settlement,
  TraceFrame,
} from "../chains/rpc-types.ts";

/** A transaction that is not on L1 with its calls: what is known of it all the same. */
export interface Waiting {
  readonly isIncluded: false;
  /** Of the builder or the node; undefined if no chain knows it. */
  readonly status: Status | undefined;
  readonly progress: Progress | null;
}

export interface Status {
  readonly state: string;
  readonly reason: string | undefined;
  readonly code: string | undefined;
}

/** A transaction that L1 has included, with what it did on all chains. */
export interface Included {
  readonly isIncluded: true;
  readonly hash: Hex;
  /** Null for one that touched no rollup. */
  readonly settlement: Settlement | null;
  readonly trace: TraceFrame | null;
  readonly executions: Executions | null;
  /** Those of the batch that belong to the transaction. */
  readonly own: readonly ExecutionShown[];
  readonly progress: Progress | null;
  /** Whether it is the batch itself. */
  readonly isBatch: boolean;
}

/** All that is to be seen of a transaction, batch or visit of any chain. */
export async function loadTransaction(system: System, hash: Hex): Promise<Included | Waiting> {
  const { l1 } = system;
  const params: [Hex] = [hash];
  const [settlement, executions, progress] = await Promise.all([
    l1.request({ method: "lockstep_getSettlement", params }).catch(() => null),
    l1.request({ method: "lockstep_getExecutions", params }).catch(() => null),
    l1.request({ method: "lockstep_getProgress", params }).catch(() => null),
  ]);
  if (settlement === null) {
    const receipt = await l1.request({ method: "eth_getTransactionReceipt", params });
    if (receipt === null) return { isIncluded: false, status: await statusOf(system, hash), progress };
  }
  const trace = await traceOf(system, hash);
  const isBatch = settlement?.batch?.transactionHash === hash;
  return {
    isIncluded: true,
    hash,
    settlement,
    trace,
    executions,
    own:
      executions === null
        ? []
        : executions.executions.filter((one) => isBatch || belongsTo(one, hash, settlement)),
    progress,
    isBatch,
  };
}

function belongsTo(execution: ExecutionShown, hash: Hex, settlement: Settlement | null): boolean {
  if (execution.calledBy === hash || execution.transactions.includes(hash)) return true;
  if (execution.visits.some(({ transactionHash }) => transactionHash === hash)) return true;
  // A visit was asked for: its execution is that of the L1 transaction around it.
  return (
    settlement?.l1.transactionHash !== hash &&
    settlement?.visits.some(
      (visit) => visit.transactionHash === hash && visit.execution === execution.index,
    ) === true
  );
}

/** On whichever chain has it: L1's gateway knows transactions of L1, a rollup's its own. */
async function traceOf(system: System, hash: Hex): Promise<TraceFrame | null> {
  for (const { id } of system.chains) {
    const found = await system
      .ask(id)
      .request({ method: "debug_traceTransaction", params: [hash, { tracer: "callTracer" }] })
      .catch(() => null);
    // A node may answer something empty for a transaction that it does not have, or anything else.
    if (isTraceFrame(found)) return found;
  }
  return null;
}

async function statusOf(system: System, hash: Hex): Promise<Status | undefined> {
  const answers = await Promise.all(
    system.chains.map(async ({ id }) => {
      const answer: unknown = await system
        .ask(id)
        .request({ method: "lockstep_transactionStatus", params: [hash] })
        .catch(() => null);
      return readStatus(answer);
    }),
  );
  return answers.find((answer) => answer !== undefined);
}

function readStatus(answer: unknown): Status | undefined {
  if (typeof answer !== "object" || answer === null) return undefined;
  const text = (name: string): string | undefined => {
    const value: unknown = Reflect.get(answer, name);
    return typeof value === "string" ? value : undefined;
  };
  const state = text("state");
  return state === undefined ? undefined : { state, reason: text("reason"), code: text("code") };
}
