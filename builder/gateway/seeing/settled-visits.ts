import { type Hex, keccak256, numberToHex } from "viem";
import type { ActionShown, SettledVisit, VisitOutcome } from "lockstep-client/rpc-types";
import { type Action, ActionKind } from "../../protocol/action.ts";
import { lowerCase } from "../../protocol/address.ts";
import { rootHex } from "../../protocol/execution/encoding.ts";
import type { ChainId } from "../../protocol/ids.ts";
import type { Fate } from "./fates.ts";

/** How a visit is known as a transaction, by its place among those of its rollup in an L1 transaction. */
export type VisitHash = (rollup: ChainId, l1Transaction: Hex, place: number) => Hex | undefined;

/** What a batch says of its visits besides its executions. */
export interface VisitContext {
  /** Whether the proof of a visit of the batch proves anything. */
  readonly isProven: (visit: number) => boolean;
  /** Hashes of effective visits, by their numbers in the batch. */
  readonly hashes: ReadonlyMap<number, Hex>;
}

/** An action as JSON-RPC shows it. */
export function shownAction({
  from,
  to,
  sender,
  target,
  value,
  data,
  failed,
  isStatic,
}: Action): ActionShown {
  return {
    from: numberToHex(from),
    to: numberToHex(to),
    sender: lowerCase(sender),
    target: lowerCase(target),
    value: numberToHex(value),
    data,
    failed,
    isStatic,
  };
}

/** Numbers of the batch's visits with which each execution's begin. */
export function firstVisits(fates: readonly Fate[]): number[] {
  let next = 0;
  return fates.map(({ execution }) => {
    const first = next;
    next += execution.visits.length;
    return first;
  });
}

/**
 * The visits of an execution, and what became of each.
 * @param index of the execution in its batch.
 * @param first number of its first visit in the batch.
 */
export function settledVisits(
  fate: Fate,
  index: number,
  first: number,
  { isProven, hashes }: VisitContext,
): SettledVisit[] {
  const { execution } = fate;
  return execution.visits.flatMap(({ rollup, rootBefore, rootAfter }, place) => {
    const outcome = outcomeOf(fate, place);
    const trigger = execution.actions[fate.path.walked.visits[place]?.places[0] ?? -1];
    if (trigger === undefined) return [];
    const visit = first + place;
    return [
      {
        rollup: numberToHex(rollup),
        transactionHash: hashes.get(visit) ?? null,
        execution: index,
        visit,
        rootBefore: rootHex(rootBefore),
        rootAfter: rootHex(rootAfter),
        proven: isProven(visit),
        tookEffect: outcome === "effective",
        outcome,
        trigger: shownAction(trigger),
      },
    ];
  });
}

function outcomeOf({ execution, state, path, ending }: Fate, place: number): VisitOutcome {
  const { walked, actions } = path;
  const visit = walked.visits[place];
  if (visit === undefined || ending === undefined) return "undone";
  if (state === "consumed" && walked.endings[ending]?.visits.includes(place) === true) return "effective";
  const [first = -1] = visit.places;
  const last = visit.places.at(-1) ?? -1;
  if (visit.isAbandoned || actions[last]?.undoneBy !== undefined) return "undone";
  if (execution.actions[first]?.isStatic === true) return "static";
  return execution.actions[last]?.failed === true ? "failed" : "undone";
}

/**
 * Hashes under which rollups show the visits that took effect, by the visits' numbers in the batch.
 * @param before executions that took effect in the same block, in other batches: they count.
 */
export function visitHashes(
  fates: readonly Fate[],
  posting: Hex,
  before: readonly { readonly fate: Fate; readonly transaction: Hex }[],
  hashOf: VisitHash,
): ReadonlyMap<number, Hex> {
  const first = firstVisits(fates);
  const own = fates.map((fate, index) => ({
    fate,
    transaction: fate.calledBy ?? posting,
    first: first[index],
  }));
  const all = [...before.map((each) => ({ ...each, first: undefined })), ...own]
    .filter(({ fate }) => fate.logIndex !== undefined)
    .toSorted((a, b) => (a.fate.logIndex ?? 0) - (b.fate.logIndex ?? 0));
  const counts = new Map<string, number>();
  const hashes = new Map<number, Hex>();
  for (const { fate, transaction, first: start } of all) {
    const { walked } = fate.path;
    for (const place of walked.endings[fate.ending ?? -1]?.visits ?? []) {
      const visit = walked.visits[place];
      if (visit === undefined) continue;
      const key = `${transaction}:${visit.rollup}`;
      const count = counts.get(key) ?? 0;
      const signed = signedIn(fate, visit.places);
      const isSigned = fate.execution.actions[visit.places[0] ?? -1]?.kind === ActionKind.L2TX;
      const hash = isSigned ? signed[0] : hashOf(visit.rollup, transaction, count);
      counts.set(key, count + (isSigned ? signed.length : 1));
      if (start !== undefined && hash !== undefined) hashes.set(start + place, hash);
    }
  }
  return hashes;
}

/** Hashes of the transactions among the actions of a visit that did not fail. */
function signedIn({ execution: { actions } }: Fate, places: readonly number[]): Hex[] {
  return places.flatMap((at) => {
    const action = actions[at];
    const isLast = actions.filter(({ kind }) => kind === ActionKind.L2TX).length === 1;
    const failed = !isLast && actions[at + 1]?.failed === true;
    return action?.kind === ActionKind.L2TX && !failed ? [keccak256(action.data)] : [];
  });
}
