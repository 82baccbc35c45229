import type { ChainName } from "./scenario-chains.ts";

/** Gas on L1 of transactions that crossed chains. */
export interface GasUsed {
  /** `postBatch`. */
  readonly batch: bigint;
  /** The transaction that the batch serves; 0 for one signed for a rollup, which runs in the batch. */
  readonly transaction: bigint;
}

/** A line of the table. */
export interface Line {
  readonly title: string;
  readonly chains: readonly ChainName[];
  readonly passed: boolean;
  /** One for each transaction that crossed chains, or that was signed for a rollup. */
  readonly gas: readonly GasUsed[];
}

const lines: Line[] = [];

export function addLine(line: Line): void {
  lines.push(line);
}

/** The table of the scenarios that ran in this process, one line each. */
export function table(): string {
  const rows = lines.map(({ title, chains, passed, gas }) => {
    const sum = (pick: (used: GasUsed) => bigint) =>
      gas.reduce((total, used) => total + pick(used), 0n).toLocaleString("en");
    const count = `${gas.length} tx`;
    const costs = `${sum(({ batch }) => batch)}, ${sum(({ transaction }) => transaction)}`;
    return [title, chains.join(" "), passed ? "pass" : "FAIL", count, costs];
  });
  const head = ["scenario", "chains", "result", "sent", "L1 gas (batch, transaction)"];
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const text = all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | "));
  const passed = lines.filter((line) => line.passed).length;
  return [...text.map((line) => line.trimEnd()), `${passed} of ${lines.length} scenarios pass`].join("\n");
}
