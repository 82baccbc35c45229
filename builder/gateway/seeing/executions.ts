import { type Hex, keccak256, numberToHex, zeroAddress } from "viem";
import type {
  ActionShown,
  Executions,
  ExecutionShown,
  ProofShown,
  VisitShown,
} from "lockstep-client/rpc-types";
import { ActionKind } from "../../protocol/action.ts";
import { balancesAtStart } from "./balances.ts";
import { batchGas } from "./batch-gas.ts";
import type { SeeingContext } from "./context.ts";
import type { Fate } from "./fates.ts";
import { find } from "./find.ts";
import { shownProofs } from "./proofs.ts";
import { servedBatch } from "./served-batch.ts";
import { firstVisits, settledVisits, shownAction } from "./settled-visits.ts";
import { shownBatch } from "./settlement.ts";
import type { Balances } from "./states.ts";
import { stepOf, stepsOf } from "./steps.ts";

/** `lockstep_getExecutions`: the batch that had to do with a transaction of any chain, as L1 walks it. */
export async function getExecutions(context: SeeingContext, hash: Hex): Promise<Executions | null> {
  const found = await find(context, hash);
  if (found === undefined) return null;
  const { l1, manager, rollups } = context.builder;
  const { receipt } = found;
  const served = await servedBatch(context, receipt);
  if (served === undefined) return null;
  const { batch, fates, hashes, transactions } = served;
  const balances = await balancesAtStart(l1, manager, receipt.blockNumber, served);
  const proofs = shownProofs(rollups, batch.content);
  const first = firstVisits(fates);
  const shown = await shownBatch(context, served);
  return {
    batch: {
      ...shown,
      id: batch.id,
      blockNumber: numberToHex(receipt.blockNumber),
      blockHash: receipt.blockHash,
    },
    timestamp: shown.timestamp,
    raw: batch.raw,
    gas: await batchGas(l1, manager, batch.transaction, transactions),
    executions: fates.map((fate, index) =>
      shownExecution(fate, index, first[index] ?? 0, { proofs, hashes, balances: balances?.[index] }),
    ),
    proofs,
    transactions,
  };
}

const NOTHING: ActionShown = {
  from: "0x0",
  to: "0x0",
  sender: zeroAddress,
  target: zeroAddress,
  value: "0x0",
  data: "0x",
  failed: false,
  isStatic: false,
};

function shownExecution(
  fate: Fate,
  index: number,
  first: number,
  {
    proofs,
    hashes,
    balances,
  }: {
    readonly proofs: readonly ProofShown[];
    readonly hashes: ReadonlyMap<number, Hex>;
    readonly balances: Balances | undefined;
  },
): ExecutionShown {
  const { execution, state, path, calledBy, reason } = fate;
  const [trigger] = execution.actions;
  const steps = stepsOf(fate, first, balances);
  const proofOf = (visit: number): number => proofs.findIndex(({ visits }) => visits.includes(visit));
  const isProven = (visit: number): boolean => proofs[proofOf(visit)]?.proven === true;
  const visits = settledVisits(fate, index, first, { isProven, hashes }).map((visit): VisitShown => {
    const places = path.walked.visits[visit.visit - first]?.places ?? [];
    return { ...visit, proof: proofOf(visit.visit), steps: places.map((at) => stepOf(steps, at)) };
  });
  return {
    index,
    trigger: trigger === undefined ? NOTHING : shownAction(trigger),
    state,
    ...(reason === undefined ? {} : { reason }),
    calledBy: calledBy ?? null,
    transactions: execution.actions
      .filter(({ kind }) => kind === ActionKind.L2TX)
      .map(({ data }) => keccak256(data)),
    steps,
    visits,
  };
}
