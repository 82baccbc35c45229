import { existsSync } from "node:fs";
import { type Hex, isHash } from "viem";
import { callTree } from "../../../packages/client/src/tree/index.ts";
import { visibleJson } from "../../../packages/client/src/words/plain-text.ts";
import { InvalidConfigurationError } from "../../node/errors.ts";
import { knowledgeOf } from "../trace/knowledge.ts";
import { readContracts } from "../trace/known-contracts.ts";
import { traceLines } from "../trace/show-trace.ts";
import { findSystem, replayUrl, tellOf } from "../trace/system.ts";

export interface TraceOptions {
  readonly data: string;
  /** L1's gateway, in place of the devnet's of `data`. */
  readonly rpc?: string;
  /** Files and folders with ABIs or artifacts. */
  readonly abi: readonly string[];
  readonly json?: boolean;
}

/** Where Hardhat puts what it compiles. */
const ARTIFACTS = "artifacts";

/**
 * `lockstep trace <hash>`.
 * @throws `NO_DEVNET`, `TRANSACTION_NOT_FOUND`, `INVALID_CONFIGURATION`, `L1_UNREACHABLE`.
 */
export async function showTrace(hash: string, { data, rpc, abi, json = false }: TraceOptions): Promise<void> {
  if (!isHash(hash))
    throw new InvalidConfigurationError([`"${hash}" is no hash: 0x and 64 hexadecimal digits`]);
  const system = await findSystem({ data, ...(rpc === undefined ? {} : { rpc }) });
  const given = abi.length > 0 ? abi : existsSync(ARTIFACTS) ? [ARTIFACTS] : [];
  const contracts = given.flatMap(readContracts);
  const wanted = `0x${hash.slice(2).toLowerCase()}` as const;
  const told = await tellOf(system, wanted);
  const knowledge = await knowledgeOf(system, told.trace, contracts);
  if (json) {
    const { trace, ...rest } = told;
    const whole = { hash: wanted, tree: callTree(trace, knowledge), trace, ...rest };
    console.log(visibleJson(JSON.stringify(whole, inJson, 2)));
    return;
  }
  const replayAt = (rollup: Hex, transaction: Hex) => replayUrl(system, rollup, transaction);
  for (const line of traceLines(wanted, told, knowledge, replayAt)) console.log(line);
}

/** JSON has no integers of this size. */
function inJson(_name: string, value: unknown): unknown {
  return typeof value === "bigint" ? `0x${value.toString(16)}` : value;
}
