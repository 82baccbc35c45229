import { type Address, parseEventLogs } from "viem";
import type { RecordedExecution } from "../../builder/simulate/recording/recorded-execution.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { ActionKind } from "../../builder/protocol/action.ts";
import { MarkKind } from "../../builder/protocol/execution.ts";
import { transactionsOf } from "../../builder/protocol/execution/transactions.ts";
import type { ChainId } from "../../builder/protocol/ids.ts";
import type { BatchRun } from "./batch.ts";
import { LEDGER_ROLLUP } from "./deployment.ts";
import { count } from "./refusals.ts";
import { rulesOf, triggerOf } from "./rule-reader.ts";
import { type Rule, RULES } from "./rules.ts";
import { chanceOfNone, NEVER } from "./statistics.ts";

/** How often something occurred in the executions of all programs: what the random programs reach. */
export class Coverage {
  /** Sizes. */
  readonly counts = new Map<string, number>();
  /** How often each rule was used. */
  readonly uses = new Map<string, number>();
  /** Programs that used each rule. */
  readonly programs = new Map<string, number>();
  readonly #isKnown: (chain: ChainId, address: Address) => boolean;
  #runs = 0;

  /** @param isKnown whether an actor has proxies when a program begins. */
  constructor(isKnown: (chain: ChainId, address: Address) => boolean) {
    this.#isKnown = isKnown;
  }

  /** Takes in what one program did. */
  add(batches: readonly BatchRun[]): void {
    this.#runs++;
    const rules: Rule[] = [];
    if (batches.length > 1) rules.push("3 several batches");
    for (const batch of batches) {
      rules.push(...rulesOfBatch(batch));
      for (const execution of batch.executions) {
        rules.push(...rulesOf(execution, this.#isKnown));
        this.#measure(execution);
      }
    }
    for (const rule of rules) count(this.uses, rule);
    for (const rule of new Set(rules)) count(this.programs, rule);
  }

  /**
   * Rules that no program has used, although that many programs would have, but for a chance below 1e-9 for
   * each rule. A rule that only one program in n uses is asked for after 21·n programs: (1 − 1/n)^(21·n) <
   * e^−21 < 1e-9.
   */
  missing(): Rule[] {
    return allRules().filter(
      (rule) => !this.programs.has(rule) && chanceOfNone(this.#runs, 1 / RULES[rule]) < NEVER,
    );
  }

  /** Lines of a table: each rule, how often it was used, and by how many programs. */
  report(): string[] {
    const sizes = [...this.counts].map(([what, times]) => `${what} ${times}`).join(", ");
    const rules = allRules().map((rule) => {
      const programs = this.programs.get(rule) ?? 0;
      const often = programs === 0 ? "never" : `1 program in ${(this.#runs / programs).toFixed(1)}`;
      return `${rule.padEnd(62)} ${String(this.uses.get(rule) ?? 0).padStart(8)}  ${often}`;
    });
    return [sizes, ...rules];
  }

  #measure({ actions, visits, marks }: RecordedExecution): void {
    count(this.counts, "executions");
    count(this.counts, "actions", actions.length);
    count(this.counts, "visits", visits.length);
    count(this.counts, "marks", marks.length);
    for (const least of [10, 30]) {
      count(this.counts, `executions of over ${least} actions`, actions.length > least ? 1 : 0);
    }
    const deepest = depthOf(actions);
    for (const least of [3, 5, 8])
      count(this.counts, `executions of depth ${least} and more`, deepest >= least ? 1 : 0);
    const spans = marks.filter(({ kind }) => kind === MarkKind.SPAN);
    count(
      this.counts,
      "undoings announced",
      spans.reduce((sum, { to }) => sum + to, 0),
    );
  }
}

function allRules(): Rule[] {
  return Object.keys(RULES).filter((name): name is Rule => name in RULES);
}

function rulesOfBatch({ results, executions, posted, batch, receipts }: BatchRun): Rule[] {
  const rules: Rule[] = [];
  const taken = results.filter((result) => !("refused" in result));
  const transactions = executions.filter(({ actions }) => actions[0]?.kind === ActionKind.L2TX);
  if (posted.some((execution) => transactionsOf(execution).length > 1)) rules.push("1 joint execution");
  const postedTransactions = posted.filter(({ actions }) => actions[0]?.kind === ActionKind.L2TX);
  const calls = executions.filter(({ actions }) => actions[0]?.kind === ActionKind.CALL);
  const consumable = calls.filter(({ actions }) => actions[0]?.isStatic === false);
  if (taken.length > 1) rules.push("3 several transactions in a batch");
  if (transactions.length > 1) rules.push("3 several L2TXs in a batch");
  if (transactions.length > 0 && consumable.length > 0) rules.push("3 L2TX and CALL in a batch");
  if (new Set(calls.map(triggerOf)).size < calls.length) rules.push("3 equal triggers in a table");
  const visited = executions.flatMap(({ visits }) =>
    visits
      .filter(({ completed }) => completed.rootAfter !== completed.rootBefore)
      .map(({ rollup }) => rollup)
      .filter((rollup) => rollup !== LEDGER_ROLLUP),
  );
  if (new Set(visited).size < visited.length) rules.push("7 several visits in a block");
  const logs = [...(batch === undefined ? [] : [batch]), ...receipts].flatMap((receipt) => receipt.logs);
  const events = parseEventLogs({ abi: rollupsAbi, logs, eventName: ["ExecutionConsumed", "ProxyCreated"] });
  let consumed = 0;
  for (const event of events) {
    if (event.eventName === "ProxyCreated") rules.push("3 proxy made by the manager");
    else {
      consumed++;
      if (event.args.ending > 0) rules.push("3 ending after the first");
    }
  }
  if (consumed < consumable.length + postedTransactions.length)
    rules.push("3 execution that reaches no ending");
  return rules;
}

/** Calls that cross borders inside each other, if nothing is undone. */
function depthOf(actions: RecordedExecution["actions"]): number {
  let depth = 0;
  let deepest = 0;
  for (const { kind } of actions) {
    if (kind === ActionKind.CALL || kind === ActionKind.L2TX) deepest = Math.max(deepest, ++depth);
    else if (kind === ActionKind.RESULT) depth--;
  }
  return deepest;
}
