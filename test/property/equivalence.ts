import { inspect } from "node:util";
import type { PlannedVisit } from "../../builder/batch/plan.ts";
import { RollupStoppedError } from "../../builder/follower/stopped.ts";
import { checkStatement } from "../../builder/kinds/evm/reference/check-statement.ts";
import type { EvmVisitRecord } from "../../builder/kinds/evm/record.ts";
import { unprovenDigest } from "../../builder/kinds/unproven.ts";
import { LockstepError } from "../../builder/protocol/errors.ts";
import { Coverage } from "./coverage.ts";
import { minimise } from "./minimise.ts";
import { differences } from "./observation.ts";
import { HOMES, type Program, type Transaction, usesLedger } from "./program.ts";
import { isWellFormed } from "./programs.ts";
import { REFUSALS, Refusals } from "./refusals.ts";
import { runSingle } from "./single.ts";
import { groupsOf, runSpread } from "./spread.ts";
import { World } from "./world.ts";

/** A follower that begins at genesis takes ten times as long: one program in so many has one. */
const FROM_GENESIS = 50;

/** One chain and several do not do the same. */
export class NotEquivalentError extends Error {
  /** What went wrong, without what is another one's in another program that goes wrong alike. */
  readonly symptom: string;
  readonly program: Program;

  constructor(reason: string, symptom: string, program: Program, cause?: unknown) {
    super(`${reason}\n${printProgram(program)}`, { cause });
    this.symptom = symptom;
    this.program = program;
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
  /** Programs so far. */
  runs = 0;
  transactions = 0;
  readonly refusals = new Refusals();
  readonly coverage: Coverage;
  /** Milliseconds spent. */
  readonly time = { reset: 0, spread: 0, follow: 0, single: 0 };

  private constructor(world: World) {
    this.#world = world;
    const known = new Set(
      HOMES.flatMap((home) =>
        world.spread.known(home).map(({ chain, address }) => `${chain}:${BigInt(address)}`),
      ),
    );
    this.coverage = new Coverage((chain, address) => known.has(`${chain}:${BigInt(address)}`));
  }

  static async open(): Promise<Equivalence> {
    return new Equivalence(await World.open(checkVisit));
  }

  /**
   * Runs the program on several chains, and what the builder did not refuse of it on one.
   * @returns the codes of refusals.
   * @throws {NotEquivalentError}
   */
  async check(program: Program): Promise<readonly string[]> {
    const { codes, batches } = await this.#run(program);
    this.runs++;
    this.transactions += program.transactions.length;
    this.refusals.add(codes);
    this.coverage.add(batches);
    return codes;
  }

  /**
   * The smallest program found that goes wrong as this one does.
   * @returns nothing if it does not go wrong.
   */
  async minimise(program: Program): Promise<NotEquivalentError | undefined> {
    let smallest = await this.#failureOf(program);
    if (smallest === undefined) return undefined;
    const { symptom } = smallest;
    await minimise(program, async (candidate) => {
      if (!isWellFormed(candidate)) return false;
      const failure = await this.#failureOf(candidate);
      if (failure?.symptom !== symptom) return false;
      smallest = failure;
      return true;
    });
    return smallest;
  }

  async #failureOf(program: Program): Promise<NotEquivalentError | undefined> {
    try {
      await this.#run(program);
      return undefined;
    } catch (error) {
      if (error instanceof NotEquivalentError) return error;
      throw error;
    }
  }

  async #run(program: Program) {
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
      const { observation, refused, batches } = await runSpread(world, program);
      lap("spread");
      await world.followAfresh(this.runs % FROM_GENESIS === 0);
      lap("follow");
      const transactions = groupsOf(program.transactions).flat();
      const played = transactions.filter((_, index) => refused[index] === undefined);
      const expected = await runSingle(world, { ...program, transactions: played });
      lap("single");
      const found = differences(expected, observation);
      if (found.length > 0)
        throw new NotEquivalentError(found.join("\n"), "one chain and several differ", program);
      const codes = refused.filter((code) => code !== undefined);
      if (codes.some((code) => REFUSALS[code]?.isLedgers) && !transactions.some(involvesLedger)) {
        const reason = `refused for the ledger's sake, which is not called: ${codes.join(", ")}`;
        throw new NotEquivalentError(reason, "refused without a reason", program);
      }
      return { codes, batches };
    } catch (error) {
      world.suspect();
      if (error instanceof NotEquivalentError) throw error;
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      throw new NotEquivalentError(reason, symptomOf(error), program, error);
    }
  }

  async close(): Promise<void> {
    await this.#world.close();
  }
}

function symptomOf(error: unknown): string {
  if (error instanceof RollupStoppedError) return `${error.code}, ${error.stop.code}`;
  if (error instanceof LockstepError) return error.code;
  return (error instanceof Error ? error.message : String(error))
    .replaceAll(/0x[0-9a-fA-F]*/g, "0x…")
    .replaceAll(/\d+/g, "…");
}

function involvesLedger(transaction: Transaction): boolean {
  return "ledger" in transaction || usesLedger(transaction.script);
}

/** Has every statement about an EVM rollup executed again from its witness alone. */
async function checkVisit({ statement: { header, words }, completed }: PlannedVisit): Promise<void> {
  const { record } = completed;
  if (!isEvmRecord(record)) return;
  const proof = unprovenDigest(words);
  await checkStatement({ header, visit: completed, witness: record.witness, proof });
}

function isEvmRecord(record: unknown): record is EvmVisitRecord {
  return typeof record === "object" && record !== null && "witness" in record && "transactions" in record;
}
