import {
  type Address,
  decodeErrorResult,
  type Hex,
  keccak256,
  numberToHex,
  parseGwei,
  toEventSelector,
  type TransactionReceipt,
} from "viem";
import { batchCalldata } from "../../builder/batch/encode.ts";
import { MAX_TRANSACTION_GAS } from "../../builder/batch/limits.ts";
import { type BatchPlan, planBatch, type PlannedVisit } from "../../builder/batch/plan.ts";
import type { RecordedExecution } from "../../builder/simulate/recording/recorded-execution.ts";
import { Follower } from "../../builder/follower/follow.ts";
import type { RollupKind, RollupMachine } from "../../builder/kinds/kind.ts";
import { traceTransaction } from "../../builder/l1/call-tracer.ts";
import type { L1Client } from "../../builder/l1/client.ts";
import { type Head, readHead } from "../../builder/l1/head.ts";
import { UNPROVEN_KEY, unprovenDigest } from "../../builder/kinds/unproven.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { LockstepError } from "../../builder/protocol/errors.ts";
import type { Execution } from "../../builder/protocol/execution.ts";
import type { ChainId } from "../../builder/protocol/ids.ts";
import { Fork } from "../../builder/simulate/fork.ts";
import type { TransactionOutcome } from "../../builder/simulate/outcome.ts";
import type { ProxyAddresses } from "../../builder/simulate/proxy-addresses.ts";
import { Simulation } from "../../builder/simulate/simulation.ts";
import { decodeTransaction } from "../../builder/intake/decode.ts";
import { REFUSALS } from "./refusals.ts";

export const L1_CHAIN_ID = 31337n;
export const NOTED = toEventSelector("Noted(uint256,bytes32)");
const MEASURED = toEventSelector("Measured(uint256,uint256)");
/**
 * Kinds of measurement in which L1 agrees with the simulation: all but what a balance tells of fees, and gas
 * left.
 */
const FORESEEN: ReadonlySet<bigint> = new Set([1n, 2n, 3n, 4n]);

/** Wei for each unit of gas. */
export const MAX_FEE = parseGwei("100");

/** A transaction of L1, or one for a rollup, that is signed when its turn comes. */
export interface PendingTransaction {
  readonly rollup?: ChainId;
  readonly sign: () => Promise<Hex>;
  /** It was refused: its nonce can be used again. */
  readonly unsign: () => void;
}

/** Everything that a batch needs. */
export interface BatchSetup {
  readonly l1: L1Client;
  readonly manager: Address;
  readonly kinds: ReadonlyMap<ChainId, RollupKind>;
  readonly machines: ReadonlyMap<ChainId, RollupMachine>;
  readonly proxies: ProxyAddresses;
  /** An account of the node's own. */
  readonly poster: Address;
  /** Looks at every visit before it is posted; throws if its statement does not hold. */
  readonly checkVisit: (visit: PlannedVisit) => Promise<void>;
}

/** What the simulation said of a transaction; L1 has confirmed it, unless it was refused. */
export type Result =
  | { readonly refused: string }
  | { readonly outcome: TransactionOutcome; readonly hash: Hex }
  | { readonly rollup: ChainId; readonly succeeded: boolean; readonly hash: Hex };

/** What became of a batch. */
export interface BatchRun {
  /** One for each transaction, in their order. */
  readonly results: readonly Result[];
  readonly executions: readonly RecordedExecution[];
  /** The same as L1 got them: several may be one. */
  readonly posted: readonly Execution[];
  /** Of `postBatch`, if anything had to be posted. */
  readonly batch?: TransactionReceipt;
  /** Of L1 transactions that were not refused, in order. */
  readonly receipts: readonly TransactionReceipt[];
}

/** L1 or a machine contradicts what the simulation said. */
export class ContradictionError extends Error {}

/**
 * Simulates transactions one after the other, posts what they need with them in one block, and brings the
 * machines to where L1 then says that they are.
 * @param transactions those for rollups first, as L1 takes them.
 * @throws {ContradictionError}, and whatever the builder throws that is no refusal.
 */
export async function runBatch(
  setup: BatchSetup,
  transactions: readonly PendingTransaction[],
  fork?: Fork,
): Promise<BatchRun> {
  const { machines } = setup;
  const head = await headOf(setup);
  const rootsBefore = rootsOf(machines);
  const planned = await simulateAll(setup, head, transactions, fork);
  if (rootsOf(machines) !== rootsBefore) throw new ContradictionError("a simulation left something behind");
  const { simulated, executions, plan } = planned;
  const raws = simulated.flatMap(({ raw, result }) => ("outcome" in result ? [raw] : []));
  const included = await include(setup, head, plan, raws);
  if (included === undefined) {
    const results = simulated.map((each) => refuse(each, "BATCH_GAS").result);
    return { results, executions: [], posted: [], receipts: [] };
  }
  const results = simulated.map(({ result }) => result);
  assertAsSimulated(results.filter(isL1Outcome), included.receipts);
  await follow(setup, head);
  return { results, executions, posted: plan?.executions ?? [], ...included };
}

/** A transaction that was simulated. */
interface Simulated {
  readonly transaction: PendingTransaction;
  readonly raw: Hex;
  readonly result: Result;
}

interface Planned {
  readonly simulated: readonly Simulated[];
  readonly executions: readonly RecordedExecution[];
  readonly plan?: BatchPlan;
}

async function simulateAll(
  { l1, manager, machines, proxies, kinds, poster, checkVisit }: BatchSetup,
  head: Head,
  transactions: readonly PendingTransaction[],
  fork: Fork | undefined,
): Promise<Planned> {
  const context = { l1ChainId: L1_CHAIN_ID, manager, timestamp: head.timestamp + 1n };
  const simulation = new Simulation({
    fork: fork?.blockHash === head.hash ? fork : new Fork(l1, head.hash),
    next: head.next,
    context,
    machines,
    ether: head.rollups,
    proxies,
  });
  try {
    const simulated: Simulated[] = [];
    for (const transaction of transactions) simulated.push(await simulate(simulation, transaction, poster));
    const planned = await refusable(async () => {
      const executions = simulation.executions();
      if (executions.length === 0) return { executions };
      const plan = planBatch(executions, context, { jointOf: (rollup) => kinds.get(rollup)?.joint });
      for (const visit of plan.visits)
        if (isSampled(visit)) await kinds.get(visit.rollup)?.proofJob(visit.statement, visit.completed);
      return { executions, plan };
    });
    if ("refused" in planned)
      return { simulated: simulated.map((each) => refuse(each, planned.refused)), executions: [] };
    for (const visit of planned.plan?.visits ?? []) await checkVisit(visit);
    return { simulated, ...planned };
  } finally {
    simulation.close();
  }
}

/** A circuit's input takes long to compute: that of one visit in four is, so that it stays known to exist. */
function isSampled({ completed }: PlannedVisit): boolean {
  return completed.rootBefore % 4n === 0n;
}

async function simulate(
  simulation: Simulation,
  transaction: PendingTransaction,
  origin: Address,
): Promise<Simulated> {
  const { rollup } = transaction;
  const raw = await transaction.sign();
  const hash = keccak256(raw);
  const result = await refusable(async () => {
    if (rollup === undefined)
      return { outcome: await simulation.transaction(decodeTransaction(raw, L1_CHAIN_ID).tx), hash };
    const { data } = await simulation.l2Transaction(rollup, raw, origin);
    return { rollup, succeeded: data === "0x01", hash };
  });
  if ("refused" in result) transaction.unsign();
  return { transaction, raw, result };
}

/** A transaction that was played is not posted after all. */
function refuse(simulated: Simulated, refused: string): Simulated {
  if ("refused" in simulated.result) return simulated;
  simulated.transaction.unsign();
  return { ...simulated, result: { refused } };
}

async function refusable<Result>(
  play: () => Promise<Result>,
): Promise<Result | { readonly refused: string }> {
  try {
    return await play();
  } catch (error) {
    if (error instanceof LockstepError && error.code in REFUSALS) return { refused: error.code };
    throw error;
  }
}

/**
 * Puts the batch and the transactions in one block, without automatic mining; nothing if the batch needs too
 * much gas.
 */
async function include(
  { l1, manager, poster }: BatchSetup,
  head: Head,
  plan: BatchPlan | undefined,
  transactions: readonly Hex[],
): Promise<{ batch?: TransactionReceipt; receipts: TransactionReceipt[] } | undefined> {
  await l1.setNextBlockTimestamp({ timestamp: head.next.timestamp });
  let posted: Hex | undefined;
  if (plan !== undefined) {
    const proofs = plan.visits.map(({ rollup, statement }) => ({
      rollup,
      verificationKey: UNPROVEN_KEY,
      proof: unprovenDigest(statement.words),
    }));
    posted = await sendFrom(l1, poster, manager, batchCalldata(plan, proofs), MAX_TRANSACTION_GAS);
  }
  const hashes: Hex[] = [];
  for (const raw of transactions) hashes.push(await l1.sendRawTransaction({ serializedTransaction: raw }));
  await l1.mine({ blocks: 1 });
  const receipt = async (hash: Hex) => await l1.getTransactionReceipt({ hash });
  const receipts = await Promise.all(hashes.map(receipt));
  if (posted === undefined) return { receipts };
  const batch = await receipt(posted);
  if (batch.status === "success") return { batch, receipts };
  // The builder estimates and refuses; here that is only looked at when it has happened.
  if (batch.gasUsed * 64n > MAX_TRANSACTION_GAS * 60n) return undefined;
  throw new ContradictionError(`L1 refuses the batch: ${await whyRefused(l1, posted)}`);
}

/** Has the node sign, which is faster than to do it here. */
export async function sendFrom(
  l1: L1Client,
  from: Address,
  to: Address,
  data: Hex,
  gas: bigint,
  value = 0n,
): Promise<Hex> {
  const call = { from, to, data, gas: numberToHex(gas), value: numberToHex(value) };
  const fees = { maxFeePerGas: numberToHex(MAX_FEE), maxPriorityFeePerGas: "0x0" } as const;
  return await l1.request<{ Method: string; Parameters: unknown[]; ReturnType: Hex }>({
    method: "eth_sendTransaction",
    params: [{ ...call, ...fees }],
  });
}

async function whyRefused(l1: L1Client, hash: Hex): Promise<string> {
  const { output } = await traceTransaction(l1, hash, false);
  try {
    const { errorName, args } = decodeErrorResult({ abi: rollupsAbi, data: output });
    return `${errorName}(${String(args)})`;
  } catch {
    return output;
  }
}

function assertAsSimulated(
  simulated: readonly { readonly outcome: TransactionOutcome }[],
  receipts: readonly TransactionReceipt[],
): void {
  simulated.forEach(({ outcome }, at) => {
    const receipt = receipts[at];
    const succeeded = receipt?.status === "success";
    if (succeeded !== outcome.success)
      throw new ContradictionError(
        `simulated to ${verb(outcome.success)}, a transaction did ${verb(succeeded)} on L1 (gas ${receipt?.gasUsed})`,
      );
    if (receipt === undefined) return;
    if (receipt.gasUsed > outcome.gasUsed)
      throw new ContradictionError(`gas used: ${receipt.gasUsed}, simulated: ${outcome.gasUsed}`);
    const [said, simulated] = [receipt, outcome].map(({ logs }) =>
      logs.filter(isForeseen).map(textOf).join("\n"),
    );
    if (said !== simulated)
      throw new ContradictionError(`actors emit on L1\n${said}\nbut simulated\n${simulated}`);
  });
}

interface Emitted {
  readonly address: Address;
  readonly topics: readonly Hex[];
  readonly data: Hex;
}

/** Of what actors emit: all that the simulation foretells exactly. */
function isForeseen({ topics: [event, what] }: Emitted): boolean {
  return event === NOTED || (event === MEASURED && what !== undefined && FORESEEN.has(BigInt(what)));
}

function textOf({ address, topics, data }: Emitted): string {
  return [address.toLowerCase(), ...topics, data].join(" ");
}

function verb(success: boolean): string {
  return success ? "succeed" : "fail";
}

/** The head, with a next block that does not depend on the clock. */
async function headOf({ l1, manager, machines }: BatchSetup): Promise<Head> {
  const head = await readHead(l1, manager, [...machines.keys()]);
  return { ...head, next: { ...head.next, timestamp: head.timestamp + 1n } };
}

/** A follower that knows nothing but L1's data since `head`. */
async function follow({ l1, manager, machines }: BatchSetup, head: Head): Promise<void> {
  await followTo(l1, manager, machines, head.number + 1n);
}

/**
 * Brings rollups to L1's head.
 * @throws what stops any of them, and {ContradictionError} if one is elsewhere then.
 */
export async function followTo(
  l1: L1Client,
  manager: Address,
  machines: ReadonlyMap<ChainId, RollupMachine>,
  firstBlock: bigint,
): Promise<void> {
  const follower = new Follower({ l1, manager, l1ChainId: L1_CHAIN_ID, firstBlock });
  const head = await readHead(l1, manager, [...machines.keys()]);
  for (const error of (await follower.follow(machines, head)).values()) throw error;
  for (const [id, machine] of machines)
    if (machine.stateRoot() !== head.rollups.get(id)?.root)
      throw new ContradictionError(`a follower takes rollup ${id} elsewhere than L1 says`);
}

function isL1Outcome(result: Result): result is Result & { readonly outcome: TransactionOutcome } {
  return "outcome" in result;
}

function rootsOf(machines: ReadonlyMap<ChainId, RollupMachine>): string {
  return [...machines.values()].map((machine) => machine.stateRoot()).join();
}
