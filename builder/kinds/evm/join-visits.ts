import type { Address, Hex } from "viem";
import type { CompletedVisit } from "../kind.ts";
import { type EvmVisitRecord, recordOf } from "./record.ts";
import type { Touched } from "./state-types.ts";

/**
 * One visit of several that follow each other. Each transaction commits what it changed by itself, so all of
 * it leads where the last of them did.
 */
export function joinVisits(
  visits: readonly CompletedVisit<EvmVisitRecord>[],
): CompletedVisit<EvmVisitRecord> {
  const [first, ...later] = visits;
  const last = later.at(-1) ?? first;
  if (first === undefined || last === undefined) throw new TypeError("no visits to join");
  const transactions: EvmVisitRecord["transactions"] = [
    ...first.record.transactions,
    ...later.flatMap(({ record }) => record.transactions),
  ];
  const note = first.record.note.joinedBy(later.map(({ record }) => record.note));
  return {
    actions: visits.flatMap(({ actions }) => actions),
    get rootBefore() {
      return first.rootBefore;
    },
    get rootAfter() {
      return last.rootAfter;
    },
    record: recordOf(transactions, joinTouched(visits.map(({ record }) => record.touched)), note),
  };
}

function joinTouched(all: readonly Touched[]): Touched {
  const slots = new Map<Address, Set<Hex>>();
  for (const touched of all)
    for (const [address, names] of touched.slots)
      slots.set(address, new Set([...(slots.get(address) ?? []), ...names]));
  return { accounts: new Set(all.flatMap(({ accounts }) => [...accounts])), slots };
}
