import type { Hex } from "viem";
import { Journal } from "../../../evm/journal.ts";
import { unprovenDigest } from "../../unproven.ts";
import type { Action } from "../../../protocol/action.ts";
import { type StatementHeader, type StatementVisit, statementWords } from "../../../protocol/statement.ts";
import { loadPoseidon } from "../../../state/poseidon.ts";
import { recentPoseidon } from "../../../state/recent.ts";
import { blockOf } from "../execution/environment.ts";
import { TimeGoesBackError } from "../errors.ts";
import { VisitInterpreter } from "../execution/interpreter.ts";
import type { BlockState } from "../state-types.ts";
import { commitWrites } from "./commit-writes.ts";
import { type Commitments, commitments } from "./commitments.ts";
import { StatementRefusedError } from "./errors.ts";
import type { StateWitness } from "./state-witness.ts";
import { type Exchanges, transactionsIn } from "./exchanges.ts";
import { WitnessedState } from "./witnessed-state.ts";

export interface StatementToCheck {
  readonly header: StatementHeader;
  readonly visit: StatementVisit;
  readonly witness: StateWitness;
  /**
   * What L1 took for a proof: the digest of the words that L1 derived. It fixes what re-executing the visit
   * cannot tell: the contract's address, the blobs, and what comes in without making a difference.
   */
  readonly proof?: Hex;
  /** The rollup was registered for tests (docs/spec.md section 9). */
  readonly cheats?: boolean | undefined;
}

/** Hashes remembered from statement to statement: most nodes of a tree are those of the statement before. */
const RECENT_HASHES = 1 << 15;

let tools: Promise<{ poseidon: ReturnType<typeof recentPoseidon>; layout: Commitments }> | undefined;

/**
 * Checks a statement about one visit of an EVM rollup, complete or abandoned, as its circuit would: executes
 * it again from `rootBefore` and the witness alone, and compares everything that the rollup does with what
 * the statement says. It knows nothing of how the builder got there but the rules of the EVM themselves
 * (`interpreter.ts`).
 * @throws {StatementRefusedError} with a code that says what does not hold.
 */
export async function checkStatement({
  header,
  visit,
  witness,
  proof,
  cheats,
}: StatementToCheck): Promise<void> {
  tools ??= loadPoseidon().then((hash) => {
    const poseidon = recentPoseidon(hash, RECENT_HASHES);
    return { poseidon, layout: commitments(poseidon) };
  });
  const { poseidon, layout } = await tools;
  if (proof !== undefined && proof !== unprovenDigest(statementWords(header, [visit])))
    throw new StatementRefusedError("WORDS_DIFFER", "another statement was proven");
  const transactions = transactionsIn(header.rollup, visit.actions);
  const state = WitnessedState.verify(witness, visit.rootBefore, poseidon, layout);
  const firstBlock = blockAt(state.block, header.timestamp);
  const run = new VisitInterpreter({
    rollup: header.rollup,
    context: header,
    source: state,
    journal: new Journal(),
    block: firstBlock,
    cheats,
  });
  let isChanged = false;
  for (const [number, exchanges] of transactions.entries()) {
    const block = blockAt(state.block, header.timestamp);
    if (number > 0) run.reset(new Journal(), block);
    const hasEnded = await checkedAgainst(state, async () => {
      const ended = await replay(run, exchanges, 2 * number);
      // A slot may be accessed without being read, by what runs out of gas there; a circuit asks for it.
      for (const [address, slots] of run.touched.slots)
        for (const slot of slots) await state.storage(address, slot);
      return ended;
    });
    // Only what the visit has by itself can be cut short: other chains do not go back behind a transaction.
    if (!hasEnded && transactions.length > 1)
      throw new StatementRefusedError("ACTION_OUT_OF_PLACE", `action ${2 * number + 1} ends no transaction`);
    if (!hasEffect(exchanges, hasEnded)) continue;
    isChanged = true;
    await checkedAgainst(state, async () => {
      const accounts = await run.state.writtenAccounts();
      commitWrites(state, layout, { accounts, slots: run.state.writtenSlots(), block });
    });
  }
  const expected = isChanged ? state.tree.root() : visit.rootBefore;
  if (visit.rootAfter !== expected)
    throw new StatementRefusedError("ROOT_DIFFERS", `the root after is ${expected}, not ${visit.rootAfter}`);
}

/** The block of a visit. */
function blockAt(latest: BlockState, timestamp: bigint): BlockState {
  try {
    return blockOf(latest, timestamp);
  } catch (error) {
    if (!(error instanceof TimeGoesBackError)) throw error;
    throw new StatementRefusedError("TIMESTAMP_TOO_OLD", error.message, { cause: error });
  }
}

/** What ran on the witness counts only if the witness showed all that it read. */
async function checkedAgainst<Result>(state: WitnessedState, work: () => Promise<Result>): Promise<Result> {
  const outcome = await work().then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
  if (state.missing !== undefined) throw state.missing;
  if ("result" in outcome) return outcome.result;
  if (outcome.error instanceof StatementRefusedError) throw outcome.error;
  const message = outcome.error instanceof Error ? outcome.error.message : String(outcome.error);
  throw new StatementRefusedError("EXECUTION_REFUSED", message, { cause: outcome.error });
}

/**
 * Has the rollup answer every action that comes in.
 * @param first number of the first of them in the visit.
 * @returns whether the last answer ends the transaction.
 */
async function replay(run: VisitInterpreter, exchanges: Exchanges, first: number): Promise<boolean> {
  let hasEnded = false;
  for (const [number, exchange] of exchanges.entries()) {
    const at = first + 2 * number;
    if (hasEnded)
      throw new StatementRefusedError("ACTION_OUT_OF_PLACE", `the visit ends before action ${at}`);
    const { action, ended } = await run.deliver(exchange.in);
    const field = differenceOf(exchange.out, action);
    if (field !== undefined)
      throw new StatementRefusedError("ACTION_DIFFERS", `action ${at + 1}: the rollup does another ${field}`);
    hasEnded = ended;
  }
  return hasEnded;
}

/** The first field in which two actions differ. */
function differenceOf(a: Action, b: Action): string | undefined {
  if (a.sender.toLowerCase() !== b.sender.toLowerCase()) return "sender";
  if (a.target.toLowerCase() !== b.target.toLowerCase()) return "target";
  if (a.data.toLowerCase() !== b.data.toLowerCase()) return "data";
  return (["kind", "from", "to", "value", "failed", "isStatic", "gas"] as const).find(
    (field) => a[field] !== b[field],
  );
}

/** Whether the transaction changes the state: unless it is abandoned, static or failed. */
function hasEffect(exchanges: Exchanges, hasEnded: boolean): boolean {
  return hasEnded && !exchanges[0].in.isStatic && exchanges.at(-1)?.out.failed === false;
}
