import type { Hex } from "viem";
import { z } from "zod";
import type { Backend } from "../backend.ts";
import { lowerCase } from "../../protocol/address.ts";
import { readable, readHistory } from "../../l1/history.ts";
import { RollupStoppedError } from "../../follower/stopped.ts";
import { frameOf, type L1Frame } from "../../l1/call-tracer.ts";
import { transactionsOf } from "../../protocol/execution/transactions.ts";
import type { ChainId } from "../../protocol/ids.ts";
import type { Upstream } from "../upstream.ts";
import { CrossChainTrace, type CallsOfKind, type TracedVisit } from "./cross-chain-trace.ts";
import { L1 } from "../../protocol/ids.ts";
import { nameOf } from "../../simulate/far-failure.ts";
import { noCodeWarning } from "../../simulate/warnings.ts";
import type { TraceFrame } from "./frame.ts";
import { isTransactionFrame } from "./l1-frame.ts";

/** What a kind of rollup contributes to traces: frames of visits, or else what calls of it cause. */
export interface KindTrace {
  /** Visits that the transaction of L1 caused and that took effect, in order. */
  readonly visits?: (builder: Backend, rollup: ChainId, l1Transaction: Hex) => Promise<TracedVisit[]>;
  readonly callsOf?: (rollup: ChainId) => CallsOfKind;
}

/** What `debug_traceTransaction` takes. */
export const traceParamsSchema = z.tuple([
  z.unknown(),
  z
    .looseObject({
      tracer: z.string().optional(),
      tracerConfig: z
        .looseObject({ onlyTopCall: z.boolean().optional(), withLog: z.boolean().optional() })
        .optional(),
    })
    .nullish(),
]);

/** What `debug_traceCall` takes besides: what the call takes for other than it is. */
export const traceCallOverridesSchema = z
  .looseObject({ stateOverrides: z.unknown().optional(), blockOverrides: z.unknown().optional() })
  .nullish();

/**
 * Everything that a transaction of L1 did on all chains.
 * @param l1 its frames on L1.
 * @returns nothing if it had nothing to do with rollups.
 */
export async function traceAllChains(
  builder: Backend,
  kinds: ReadonlyMap<string, { readonly trace: KindTrace }>,
  l1Transaction: Hex,
  l1: L1Frame,
): Promise<CrossChainTrace | undefined> {
  const manager = lowerCase(builder.manager);
  if (!some(l1, ({ to }) => to === manager)) return undefined;
  const visits = new Map<ChainId, TracedVisit[]>();
  const frameless = new Map<ChainId, CallsOfKind>();
  for (const { id, kind } of builder.rollups) {
    const trace = kinds.get(kind.name)?.trace ?? {};
    if (trace.visits !== undefined) visits.set(id, await visitsOf(builder, id, trace.visits, l1Transaction));
    if (trace.callsOf !== undefined) frameless.set(id, trace.callsOf(id));
  }
  const hasTransactions = some(l1, (frame) => isTransactionFrame(frame, manager));
  const transactions = hasTransactions ? await transactionsIn(builder, l1Transaction) : [];
  const trace = new CrossChainTrace({ manager, l1, visits, transactions, frameless });
  await warnOfL1(builder.l1, trace.root);
  return trace;
}

/** Most accounts whose code is asked for in one trace. */
const MAX_CODES = 20;

/**
 * Marks calls of rollups to accounts of L1 that have no code. A node's frames do not tell that: it is asked
 * of those that did nothing.
 */
async function warnOfL1(l1: Backend["l1"], root: TraceFrame): Promise<void> {
  const idle = new Map<Hex, TraceFrame[]>();
  const waiting = [root];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { calls = [], crossing, chain } = next;
    waiting.push(...calls);
    if (chain === ON_L1 || crossing !== ON_L1) continue;
    // The frame that is entered is the proxy's, which calls.
    const [callee] = calls[0]?.calls ?? [];
    if (callee?.to === undefined || callee.input === "0x" || (callee.calls ?? []).length > 0) continue;
    if (BigInt(callee.gasUsed) > 0n) continue;
    idle.set(callee.to, [...(idle.get(callee.to) ?? []), callee]);
  }
  const asked = [...idle].slice(0, MAX_CODES).map(async ([address, frames]) => {
    if ((await l1.getCode({ address })) !== undefined) return;
    for (const frame of frames) frame.warning = noCodeWarning(address, nameOf(L1));
  });
  await Promise.all(asked);
}

const ON_L1 = "0x0";

/** A rollup that was stopped has nothing to show, and does not keep the others from it. */
async function visitsOf(
  builder: Backend,
  rollup: ChainId,
  read: NonNullable<KindTrace["visits"]>,
  l1Transaction: Hex,
): Promise<TracedVisit[]> {
  try {
    return await read(builder, rollup, l1Transaction);
  } catch (error) {
    if (error instanceof RollupStoppedError) return [];
    throw error;
  }
}

/**
 * A transaction's frames on L1, as the node tells them.
 * @throws {L1RpcError} when it does not.
 */
export async function readL1Trace(upstream: Upstream, transaction: Hex): Promise<L1Frame> {
  const params = [transaction, { tracer: "callTracer" }];
  const method = "debug_traceTransaction";
  return frameOf(await upstream.ask(z.unknown(), method, params), method);
}

/** Transactions of rollups that took effect in a transaction of L1, in order. */
async function transactionsIn(
  builder: Backend,
  l1Transaction: Hex,
): Promise<{ rollup: ChainId; hash: Hex }[]> {
  const { blockNumber } = await builder.l1.getTransactionReceipt({ hash: l1Transaction });
  const ids = builder.rollups.map(({ id }) => id);
  const history = await readHistory(builder.l1, builder.manager, ids, blockNumber, blockNumber);
  return readable(history)
    .filter(({ transaction }) => transaction === l1Transaction)
    .flatMap(({ execution }) => transactionsOf(execution).filter(({ failed }) => !failed));
}

/** Whether some frame of the tree is such. */
function some(root: L1Frame, isSuch: (frame: L1Frame) => boolean): boolean {
  const frames = [root];
  for (let frame = frames.pop(); frame !== undefined; frame = frames.pop()) {
    if (isSuch(frame)) return true;
    frames.push(...frame.calls);
  }
  return false;
}
