import { inspect } from "node:util";
import type { PlannedVisit } from "../../builder/batch/plan.ts";
import { checkStatement } from "../../builder/kinds/evm/check/check-statement.ts";
import type { EvmVisitRecord } from "../../builder/kinds/evm/record.ts";
import { unprovenDigest } from "../../builder/proof/unproven.ts";
import { statementWords } from "../../builder/protocol/statement.ts";
import { Coverage } from "./coverage.ts";
import { differences } from "./observation.ts";
import { type Program, type Transaction, usesLedger } from "./program.ts";
import { runSingle } from "./single.ts";
import { groupsOf, runSpread } from "./spread.ts";
import { World } from "./world.ts";

/** Codes that only the ledger's capacities explain. */
const LEDGER_REFUSALS: ReadonlySet<string> = new Set([
  "VISIT_TOO_LARGE",
  "UNDONE_WHILE_SUSPENDED",
  "STATIC_CALL_TO_SUSPENDED_ROLLUP",
]);

/** One chain and several do not do the same. */
export class NotEquivalentError extends Error {
  constructor(reason: string, program: Program, cause?: unknown) {
    super(`${reason}\n${printProgram(program)}`, { cause });
  }
}

/** The program as it can be pasted into a test. */
export function printProgram(program: Program): string {
  return inspect(program, { depth: Infinity, breakLength: 110, compact: 4 });
}

let shared: Promise<Equivalence> | undefined;

/** The world that the tests of one process have together: making one takes much longer than a program. */
export function sharedEquivalence(): Promise<Equivalence> {
  return (shared ??= Equivalence.open());
}

/** Runs programs, each on the same world. */
export class Equivalence {
  readonly #world: World;
  /** How often the builder refused a transaction, by code. */
  readonly refusals = new Map<string, number>();
  transactions = 0;
  readonly coverage = new Coverage();
  /** Milliseconds spent. */
  readonly time = { reset: 0, spread: 0, single: 0 };

  private constructor(world: World) {
    this.#world = world;
  }

  static async open(): Promise<Equivalence> {
    return new Equivalence(await World.open(checkVisit));
  }

  /**
   * Runs the program on several chains, and what the builder did not refuse of it on one.
   * @returns the codes of refusals. @throws {NotEquivalentError}
   */
  async check(program: Program): Promise<readonly string[]> {
    const world = this.#world;
    let mark = performance.now();
    const lap = (part: keyof Equivalence["time"]): void => {
      const now = performance.now();
      this.time[part] += now - mark;
      mark = now;
    };
    try {
      await world.reset();
      lap("reset");
      const { observation, refused, executions } = await runSpread(world, program);
      this.coverage.add(executions);
      lap("spread");
      const transactions = groupsOf(program.transactions).flat();
      const played = transactions.filter((_, index) => refused[index] === undefined);
      const expected = await runSingle(world, { ...program, transactions: played });
      lap("single");
      const found = differences(expected, observation);
      if (found.length > 0) throw new NotEquivalentError(found.join("\n"), program);
      const codes = refused.filter((code) => code !== undefined);
      if (codes.some((code) => LEDGER_REFUSALS.has(code)) && !transactions.some(involvesLedger))
        throw new NotEquivalentError(
          `refused for the ledger's sake, which is not called: ${codes.join(", ")}`,
          program,
        );
      this.transactions += transactions.length;
      for (const code of codes) this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
      return codes;
    } catch (error) {
      if (error instanceof NotEquivalentError) throw error;
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      throw new NotEquivalentError(reason, program, error);
    }
  }

  /** Transactions so far, and how many of them the builder refused. */
  counts(): { readonly transactions: number; readonly refused: number } {
    const refused = [...this.refusals.values()].reduce((sum, each) => sum + each, 0);
    return { transactions: this.transactions, refused };
  }

  async close(): Promise<void> {
    await this.#world.close();
  }
}

function involvesLedger(transaction: Transaction): boolean {
  return "ledger" in transaction || usesLedger(transaction.script);
}

/** Has every statement about an EVM rollup executed again from its witness alone. */
async function checkVisit({ header, completed }: PlannedVisit): Promise<void> {
  const { record } = completed;
  if (!isEvmRecord(record)) return;
  const proof = unprovenDigest(statementWords(header, [completed]));
  await checkStatement({ header, visit: completed, witness: record.witness, proof });
}

function isEvmRecord(record: unknown): record is EvmVisitRecord {
  return typeof record === "object" && record !== null && "witness" in record && "receipt" in record;
}
