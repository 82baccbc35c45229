import type { Executions, Progress, Settlement, TraceFrame } from "lockstep-client/rpc-types";
import { type Hex, isHash } from "viem";
import { Upstream } from "../../gateway/upstream.ts";
import { L1RpcError } from "../../l1/client.ts";
import { TransactionNotFoundError } from "../../gateway/kinds/evm/trace-methods.ts";
import type { DevnetDescription } from "../../node/deployment/description.ts";
import { answers, descriptionFile, readDescription } from "../../node/deployment/description.ts";
import { SYSTEM } from "../../kinds/evm/system.ts";
import { NoDevnetError } from "../../node/errors.ts";
import { lowerCase } from "../../protocol/address.ts";
import { executionsAnswer, progressAnswer, proxiesAnswer, settlementAnswer, traceAnswer } from "./answers.ts";

/** A running system, as its gateways show it. */
export interface System {
  readonly l1: Upstream;
  /** Gateways of rollups, by their numbers, as far as their addresses are known. */
  readonly rollups: ReadonlyMap<bigint, Upstream>;
  /** Of a devnet on this machine. */
  readonly description: DevnetDescription | undefined;
}

/**
 * The system whose L1 gateway is given, or else the devnet of the folder.
 * @throws {NoDevnetError}
 */
export async function findSystem({ rpc, data }: { rpc?: string; data: string }): Promise<System> {
  if (rpc !== undefined) return { l1: new Upstream(rpc), rollups: new Map(), description: undefined };
  const description = readDescription(data);
  if (!(await answers(description.l1.gateway)))
    throw new NoDevnetError(descriptionFile(data), "was left by a devnet that is gone");
  const rollups = description.rollups.map(({ id, gateway }) => [BigInt(id), new Upstream(gateway)] as const);
  return { l1: new Upstream(description.l1.gateway), rollups: new Map(rollups), description };
}

/** Where a rollup's gateway replays a transaction of its own; nothing where it cannot, or is not known. */
export function replayUrl({ description }: System, rollup: Hex, transaction: Hex): string | undefined {
  const found = description?.rollups.find(({ id }) => BigInt(id) === BigInt(rollup));
  if (found === undefined || lowerCase(found.contract) !== SYSTEM || !isHash(transaction)) return undefined;
  return `${found.gateway}/replay/${transaction}`;
}

/** All that gateways tell of a transaction. */
export interface Told {
  readonly trace: TraceFrame;
  readonly settlement: Settlement | null;
  readonly executions: Executions | null;
  readonly progress: Progress | null;
}

/** @throws {TransactionNotFoundError} where no chain has it; {L1RpcError} for answers of other forms. */
export async function tellOf({ l1 }: System, hash: Hex): Promise<Told> {
  const [settlement, executions, progress, trace] = await Promise.all([
    l1.ask(settlementAnswer, "lockstep_getSettlement", [hash]),
    l1.ask(executionsAnswer, "lockstep_getExecutions", [hash]),
    l1.ask(progressAnswer, "lockstep_getProgress", [hash]),
    traceOf(l1, hash),
  ]);
  if (trace === undefined) throw new TransactionNotFoundError(hash, "no chain of this system");
  return { trace, settlement, executions, progress };
}

async function traceOf(l1: Upstream, hash: Hex): Promise<TraceFrame | undefined> {
  const method = "lockstep_traceTransaction";
  const answer = await l1.forward({ method, params: [hash, { tracer: "callTracer" }] });
  if ("error" in answer) return undefined;
  const parsed = traceAnswer.safeParse(answer.result);
  if (!parsed.success) throw new L1RpcError(`${method} gives something else`, { cause: parsed.error });
  return parsed.data ?? undefined;
}

/**
 * The account that an address stands for, if it is a proxy.
 * @throws {L1RpcError}
 */
export async function originalOf(
  { l1 }: System,
  chain: Hex,
  address: Hex,
): Promise<{ readonly chain: Hex; readonly address: Hex } | undefined> {
  const { original } = await l1.ask(proxiesAnswer, "lockstep_getProxies", [address, chain]);
  if (original === null) return undefined;
  return { chain: `0x${original.chain.slice(2)}`, address: `0x${original.address.slice(2)}` };
}

/** Code at an address of a chain; nothing where the chain's gateway is not known, or has no code. */
export async function codeOf({ l1, rollups }: System, chain: Hex, address: Hex): Promise<Hex> {
  const gateway = chain === "0x0" ? l1 : rollups.get(BigInt(chain));
  if (gateway === undefined) return "0x";
  const answer = await gateway.forward({ method: "eth_getCode", params: [address, "latest"] });
  if ("error" in answer || typeof answer.result !== "string") return "0x";
  return `0x${answer.result.slice(2).toLowerCase()}`;
}
