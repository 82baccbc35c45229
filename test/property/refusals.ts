import { chanceOfAtLeast, NEVER } from "./statistics.ts";

/** Why the builder may refuse a transaction of a program's, and how often. */
interface Tolerated {
  /** Where docs/spec.md says so; its section 8 lists all of them. */
  readonly reason: string;
  /** Share of the programs in which the code may come: about twice what was seen. */
  readonly most: number;
  /** Only a program that calls the ledger can meet it. */
  readonly isLedgers?: true;
}

/** Codes by which the builder may refuse: what L1 or a circuit cannot hold, said before posting. */
export const REFUSALS: Readonly<Record<string, Tolerated>> = {
  VISIT_TOO_LARGE: {
    reason: "spec 5, Capacities: calldata, return data and operations of a ledger's visit",
    most: 0.15,
    isLedgers: true,
  },
  UNDONE_WHILE_SUSPENDED: {
    reason: "spec 5, Capacities: an abandoned visit of a ledger has no proof",
    most: 0.08,
    isLedgers: true,
  },
  STATIC_CALL_TO_SUSPENDED_ROLLUP: {
    reason: "spec 5, Capacities: a view of a ledger that waits would abandon a visit",
    most: 0.03,
    isLedgers: true,
  },
  AMBIGUOUS_EXECUTION: {
    reason: "spec 3, Table and consumption: L1 would find another execution than was played",
    most: 0.002,
  },
  BATCH_TOO_LARGE: { reason: "spec 3, Table and consumption: bytes of a table", most: 0.02 },
  BATCH_GAS: { reason: "operations: a batch needs more gas than a transaction may have", most: 0.02 },
  INSUFFICIENT_GAS: { reason: "operations: it has less gas than its calls may need", most: 0.02 },
  OUTGOING_CALL_TOO_EXPENSIVE: {
    reason: "spec 3, Batch: an L2TX's calls to L1 take more gas than any batch brings",
    most: 0.15,
  },
};

/** How often each code came. */
export class Refusals {
  /** Transactions, by code. */
  readonly transactions = new Map<string, number>();
  /** Programs in which the code came at least once: these are independent of each other. */
  readonly programs = new Map<string, number>();

  add(codes: readonly string[]): void {
    for (const code of codes) count(this.transactions, code);
    for (const code of new Set(codes)) count(this.programs, code);
  }

  /**
   * Says which codes came more often than they may. Programs are drawn independently, so the number of those
   * that meet a code is binomial; if its rate is at most the bound, a run complains with a chance below 1e-9
   * for each code.
   */
  excess(runs: number): string[] {
    return [...this.programs].flatMap(([code, programs]) => {
      const most = REFUSALS[code]?.most ?? 0;
      const chance = chanceOfAtLeast(programs, runs, most);
      if (chance >= NEVER) return [];
      return [
        `${code} came in ${programs} of ${runs} programs; if it came in ${most * 100} % of all, the chance would be ${chance}`,
      ];
    });
  }
}

export function count(counts: Map<string, number>, what: string, times = 1): void {
  counts.set(what, (counts.get(what) ?? 0) + times);
}
