import {
  ACTORS,
  HOMES,
  type LedgerCall,
  type Operation,
  type Program,
  type Script,
  type Transaction,
} from "./program.ts";

/** Programs that are tried at most: each takes as long as a run. */
const MOST_TRIALS = 400;

/**
 * Takes away from a program whatever can be taken away while it still fails.
 * @param fails whether a program fails in the way that matters.
 * @returns one from which nothing more can be taken, if the trials sufficed.
 */
export async function minimise(
  program: Program,
  fails: (program: Program) => Promise<boolean>,
  mostTrials = MOST_TRIALS,
): Promise<Program> {
  let smallest = program;
  let trials = 0;
  search: for (;;) {
    for (const candidate of smaller(smallest)) {
      if (trials++ >= mostTrials) return smallest;
      if (!(await fails(candidate))) continue;
      smallest = candidate;
      continue search;
    }
    return smallest;
  }
}

/** Programs that are one step smaller, the greatest steps first. */
export function* smaller(program: Program): Generator<Program> {
  const { homes, transactions } = program;
  for (const less of without(transactions)) if (less.length > 0) yield { ...program, transactions: less };
  for (const [at, transaction] of transactions.entries())
    for (const simpler of transactionsBelow(transaction))
      yield { ...program, transactions: transactions.with(at, simpler) };
  for (const actor of ACTORS)
    for (const home of HOMES)
      if (home < homes[actor]) {
        const [a, b, c, d] = homes.with(actor, home);
        if (a !== undefined && b !== undefined && c !== undefined && d !== undefined)
          yield { ...program, homes: [a, b, c, d] };
      }
}

function* transactionsBelow(transaction: Transaction): Generator<Transaction> {
  const { value = 0, joined = false, from } = transaction;
  if ("script" in transaction) {
    for (const script of scriptsBelow(transaction.script)) yield { ...transaction, script };
  } else {
    for (const ledger of ledgerCallsBelow(transaction.ledger)) yield { ...transaction, ledger };
  }
  if (value > 0) yield { ...transaction, value: 0 };
  if (joined) yield { ...transaction, joined: false };
  if (from > 0) yield { ...transaction, from: 0 };
}

function* scriptsBelow(script: Script): Generator<Script> {
  yield* without(script);
  for (const [at, operation] of script.entries())
    for (const simpler of operationsBelow(operation)) yield script.toSpliced(at, 1, ...simpler);
}

/** What may stand in the place of an operation. */
function* operationsBelow(operation: Operation): Generator<Script> {
  if ("script" in operation) {
    yield operation.script;
    for (const script of scriptsBelow(operation.script)) yield [{ ...operation, script }];
  }
  if (operation.do === "ledger") {
    for (const call of ledgerCallsBelow(operation.call)) yield [{ ...operation, call }];
    if (operation.call.fn === "send") yield operation.call.script;
  }
  if ("value" in operation && operation.do !== "write" && (operation.value ?? 0) > 0)
    yield [{ ...operation, value: operation.value === 1 ? 0 : 1 }];
  if (operation.do === "create" && operation.salted === true) yield [{ ...operation, salted: false }];
  if ("isStatic" in operation && operation.isStatic === true) yield [{ ...operation, isStatic: false }];
  if (operation.do === "call" && operation.to !== 0) yield [{ ...operation, to: 0 }];
  if (operation.do === "write" && operation.value > 1) yield [{ ...operation, value: 1 }];
  if ("slot" in operation && operation.slot > 0) yield [{ ...operation, slot: 0 }];
  if ("size" in operation && operation.size > 0) yield [{ ...operation, size: 0 }];
  if ("tag" in operation && operation.tag > 0) yield [{ ...operation, tag: 0 }];
}

function* ledgerCallsBelow(call: LedgerCall): Generator<LedgerCall> {
  if (call.fn !== "receive") yield { fn: "receive" };
  if (call.fn === "send") for (const script of scriptsBelow(call.script)) yield { ...call, script };
  if ("amount" in call && call.amount > 0) yield { ...call, amount: 0 };
}

/** The list without some of its items, many at a time first. */
function* without<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let size = items.length; size > 0; size = size >> 1)
    for (let at = 0; at < items.length; at += size) yield items.toSpliced(at, size);
}
