import type { Log, TransactionReceipt } from "ethers";
import { Interface } from "ethers";

/** What the matchers ask of a provider: hardhat-ethers' and ethers' own have it. */
export interface ChainProvider {
  send(method: string, params: unknown[]): Promise<unknown>;
  getTransactionReceipt(hash: string): Promise<TransactionReceipt | null>;
  getBlock(number: number, prefetch?: boolean): Promise<{ readonly transactions: readonly string[] } | null>;
  getBalance(address: string, block?: number): Promise<bigint>;
}

/** What a transaction did on one chain. */
export interface OnChain {
  /** Whether it was sent to this chain. */
  readonly isOwn: boolean;
  /** What stands on this chain for it: itself, its visits, or the batch that carried it. */
  readonly receipts: readonly TransactionReceipt[];
  readonly logs: readonly Log[];
  /** Hashes that may stand in its blocks without doing anything but serving it. */
  readonly serving: ReadonlySet<string>;
}

interface Settlement {
  readonly l1: string;
  readonly batch: string | undefined;
  readonly visits: readonly { readonly hash: string | undefined; readonly execution: number }[];
}

const NOWHERE = { isOwn: false, receipts: [], logs: [], serving: new Set<string>() };

/** What `Rollups` says when it has come to the end of an execution that was signed for a rollup. */
const ENDS = new Interface([
  "event ExecutionConsumed(bytes32 indexed batch, uint32 execution, uint32 ending)",
  "event ExecutionFailed(bytes32 indexed batch, uint32 execution, bytes reason)",
  "event ExecutionSkipped(bytes32 indexed batch, uint32 execution, uint64 rollup)",
]);

/**
 * What a transaction that has been included did on the provider's chain. Each rollup's gateway shows what an
 * L1 transaction did there under a hash of its own, and L1 a rollup's transaction as part of its batch.
 */
export async function onChain(provider: ChainProvider, hash: string): Promise<OnChain> {
  const [own, settlement] = await Promise.all([
    provider.getTransactionReceipt(hash),
    settlementOf(provider, hash),
  ]);
  const serving = new Set(settlement?.batch === undefined ? [] : [settlement.batch]);
  if (own !== null) return { isOwn: true, receipts: [own], logs: own.logs, serving };
  if (settlement === undefined) return NOWHERE;
  const hashes = settlement.visits.map((visit) => visit.hash).filter((each) => each !== undefined);
  const found = await Promise.all(hashes.map((each) => provider.getTransactionReceipt(each)));
  const visits = found.filter((receipt) => receipt !== null);
  if (visits.length > 0)
    return { isOwn: false, receipts: visits, logs: visits.flatMap(({ logs }) => logs), serving };
  const carrier = await provider.getTransactionReceipt(settlement.l1);
  if (carrier === null) return NOWHERE;
  const logs = await logsOfExecution(provider, carrier, settlement.visits[0]?.execution);
  return { isOwn: false, receipts: [carrier], logs, serving };
}

/** A batch plays what was signed for rollups one after the other, and says where each ends. */
async function logsOfExecution(
  provider: ChainProvider,
  { logs }: TransactionReceipt,
  execution: number | undefined,
): Promise<readonly Log[]> {
  const rollups = textIn(await provider.send("lockstep_status", []), "rollupsAddress")?.toLowerCase();
  const own: Log[] = [];
  for (const log of logs) {
    const end = log.address.toLowerCase() === rollups ? ENDS.parseLog(log) : null;
    if (end === null) own.push(log);
    else if (Number(end.args.getValue("execution")) === execution) return own;
    else own.length = 0;
  }
  return [];
}

async function settlementOf(provider: ChainProvider, hash: string): Promise<Settlement | undefined> {
  const answer = await provider.send("lockstep_getSettlement", [hash]);
  const l1 = textIn(fieldOf(answer, "l1"), "transactionHash");
  const visits = fieldOf(answer, "visits");
  if (l1 === undefined || !Array.isArray(visits)) return undefined;
  return {
    l1,
    batch: textIn(fieldOf(answer, "batch"), "transactionHash"),
    visits: visits.map((visit: unknown) => ({
      hash: textIn(visit, "transactionHash"),
      execution: Number(fieldOf(visit, "execution")),
    })),
  };
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function textIn(value: unknown, name: string): string | undefined {
  const field = fieldOf(value, name);
  return typeof field === "string" ? field : undefined;
}
