import { BaseError, MethodNotFoundRpcError, MethodNotSupportedRpcError, RpcRequestError } from "viem";
import type { L1Client } from "../../l1/client.ts";
import { LockstepError } from "../../protocol/errors.ts";
import type { DryRun } from "./dry-run.ts";
import { EthSimulateDryRun } from "./eth-simulate.ts";
import { SnapshotDryRun } from "./snapshot.ts";

/** The L1 node has no way to show what it would make of a block. */
export class NoDryRunError extends LockstepError {
  constructor() {
    super(
      "NO_DRY_RUN",
      "the L1 node knows neither eth_simulateV1 nor evm_snapshot, so no block can be tried on it",
    );
  }
}

/** The ways there are, best first, each with a request that shows whether the node has it. */
const DRY_RUNS = [
  {
    probe: { method: "eth_simulateV1", params: [{ blockStateCalls: [] }, "latest"] },
    create: (l1: L1Client): DryRun => new EthSimulateDryRun(l1),
  },
  {
    probe: { method: "evm_snapshot", params: [] },
    create: (l1: L1Client): DryRun => new SnapshotDryRun(l1),
  },
];

/**
 * The best way of a dry run that the node has.
 * @throws {NoDryRunError}, or what the client throws.
 */
export async function chooseDryRun(l1: L1Client): Promise<DryRun> {
  for (const { probe, create } of DRY_RUNS) {
    if (await supports(l1, probe)) return create(l1);
  }
  throw new NoDryRunError();
}

/** Codes of errors that have nothing to do with the request: an internal error, a limit that is exceeded. */
const TROUBLE = [-32_603, -32_005];

async function supports(l1: L1Client, request: { method: string; params: unknown[] }): Promise<boolean> {
  try {
    await l1.request<{ Parameters: unknown[]; ReturnType: unknown }>(request);
    return true;
  } catch (error) {
    if (!(error instanceof BaseError)) throw error;
    const isUnknown = (cause: unknown): boolean =>
      cause instanceof MethodNotFoundRpcError || cause instanceof MethodNotSupportedRpcError;
    if (error.walk(isUnknown) !== null) return false;
    // It has the method, and something to say about the parameters. An internal error says nothing.
    const refusal = error.walk((cause) => cause instanceof RpcRequestError);
    if (refusal instanceof RpcRequestError && !TROUBLE.includes(refusal.code)) return true;
    throw error;
  }
}
