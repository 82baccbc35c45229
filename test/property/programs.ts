import fc, { type Arbitrary } from "fast-check";
import {
  type Actor,
  ACTORS,
  countCalls,
  type Holder,
  type Home,
  HOMES,
  type LedgerCall,
  type Operation,
  type Program,
  type Script,
  type Transaction,
  USERS,
  type Who,
} from "./program.ts";

/** Frames inside frames, counted from a transaction's outermost one. */
const MAX_DEPTH = 6;
const MAX_CALLS = 40;
const MAX_TRANSACTIONS = 3;

const small = fc.integer({ min: 0, max: 255 });
const slot = fc.integer({ min: 0, max: 7 });
const size = fc.integer({ min: 0, max: 80 });
/** Mostly: a failure that nobody catches ends everything around it. */
const caught = fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false));
const actor: Arbitrary<Actor> = fc.constantFrom(...ACTORS);
const holder: Arbitrary<Holder> = fc.oneof({ weight: 4, arbitrary: actor }, fc.constantFrom(...USERS));
const who: Arbitrary<Who> = fc.oneof(
  { weight: 12, arbitrary: actor },
  { weight: 3, arbitrary: fc.constant("self" as const) },
  { weight: 3, arbitrary: fc.constant("sender" as const) },
  { weight: 2, arbitrary: fc.constant("child" as const) },
  fc.constantFrom(...USERS),
);
/** Mostly nothing, else something that an actor has, now and then more. */
const value = fc.oneof(
  { weight: 12, arbitrary: fc.constant(0) },
  { weight: 7, arbitrary: fc.integer({ min: 1, max: 400 }) },
  fc.constant(5_000),
);
const amount = fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 0, max: 200 }) }, fc.constant(4_000));

const ending: Arbitrary<Operation> = fc.oneof(
  fc.record({ do: fc.constant("revert" as const), size, tag: small }),
  fc.record({ do: fc.constant("fail" as const) }),
  fc.record({ do: fc.constant("return" as const), size, tag: small }),
);
const look: Arbitrary<Operation> = fc.oneof(
  fc.record({ do: fc.constant("read" as const), slot }),
  fc.record({ do: fc.constant("balance" as const) }),
  fc.record({ do: fc.constant("context" as const) }),
);
const change: Arbitrary<Operation> = fc.oneof(
  fc.record({ do: fc.constant("write" as const), slot, value: small }),
  fc.record({ do: fc.constant("add" as const), slot }),
  fc.record({ do: fc.constant("log" as const), tag: small }),
);
const poke: Arbitrary<Operation> = fc.record({
  do: fc.constant("poke" as const),
  kind: fc.integer({ min: 0, max: 2 }),
});

/** How a script ends: mostly with all that was observed. */
const last: Arbitrary<readonly Operation[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<readonly Operation[]>([]) },
  ending.map((operation) => [operation]),
);

/** A script in whose frame nothing may be changed: what would be a violation without end is left out. */
const staticScript = byDepth((inner): Arbitrary<Operation> => {
  const simple = fc.oneof({ weight: 4, arbitrary: look }, { weight: 1, arbitrary: poke });
  if (inner === undefined) return simple;
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 5, arbitrary: simple },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant("call" as const),
        to: who,
        isStatic: fc.boolean(),
        caught,
        script: inner,
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("delegate" as const), caught, script: inner }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant("ledger" as const),
        isStatic: fc.boolean(),
        caught,
        call: ledgerCall(inner),
      }),
    },
  );
});

const liveScript = byDepth((inner, depth): Arbitrary<Operation> => {
  const simple = fc.oneof({ weight: 5, arbitrary: change }, { weight: 2, arbitrary: look });
  if (inner === undefined) return simple;
  const silent = staticScript(depth - 1);
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 8, arbitrary: simple },
    {
      weight: 9,
      arbitrary: fc.record({ do: fc.constant("call" as const), to: who, value, caught, script: inner }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("call" as const),
        to: who,
        isStatic: fc.constant(true),
        caught,
        script: silent,
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("delegate" as const), caught, script: inner }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant("create" as const),
        salted: fc.boolean(),
        value,
        caught,
        script: inner,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant("ledger" as const), value, caught, call: ledgerCall(inner) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant("ledger" as const),
        isStatic: fc.constant(true),
        caught,
        call: ledgerCall(silent),
      }),
    },
  );
});

function ledgerCall(script: Arbitrary<Script>): Arbitrary<LedgerCall> {
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 2, arbitrary: fc.record({ fn: fc.constant("receive" as const) }) },
    { weight: 2, arbitrary: fc.record({ fn: fc.constant("balanceOf" as const), of: holder }) },
    { weight: 2, arbitrary: fc.record({ fn: fc.constant("transfer" as const), to: holder, amount }) },
    { weight: 3, arbitrary: fc.record({ fn: fc.constant("send" as const), to: holder, amount, script }) },
    { weight: 1, arbitrary: fc.record({ fn: fc.constant("junk" as const), size }) },
  );
}

/** Scripts by how deep they may nest; a quarter of them end with an ending of their own. @param operation for an inner script, if there may be one. */
function byDepth(
  operation: (inner: Arbitrary<Script> | undefined, depth: number) => Arbitrary<Operation>,
): (depth: number) => Arbitrary<Script> {
  const known = new Map<number, Arbitrary<Script>>();
  const script = (depth: number): Arbitrary<Script> => {
    const hit = known.get(depth);
    if (hit !== undefined) return hit;
    const inner = depth === 0 ? undefined : script(depth - 1);
    const made = fc
      .tuple(fc.array(operation(inner, depth), { maxLength: 5 }), last)
      .map(([operations, end]) => [...operations, ...end]);
    known.set(depth, made);
    return made;
  };
  return script;
}

/** Takes calls out that are more than the budget allows. */
function prune(script: Script, budget: { left: number }): Script {
  return script.flatMap((operation): Operation[] => {
    if (!("script" in operation) && operation.do !== "ledger") return [operation];
    const needed = operation.do === "ledger" ? countCalls([operation]) : 1;
    if (needed > budget.left) return [];
    budget.left -= needed;
    return "script" in operation ? [{ ...operation, script: prune(operation.script, budget) }] : [operation];
  });
}

const home: Arbitrary<Home> = fc.constantFrom(...HOMES);

function transaction(depth: number): Arbitrary<Transaction> {
  const common = { from: home, joined: fc.boolean(), value };
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 9, arbitrary: fc.record({ ...common, to: actor, script: liveScript(depth - 1) }) },
    { weight: 1, arbitrary: fc.record({ ...common, ledger: ledgerCall(liveScript(depth - 2)) }) },
  );
}

/** Cases of the property. @param depth frames inside frames. */
export function programs(depth = MAX_DEPTH): Arbitrary<Program> {
  return fc
    .record({
      homes: fc.tuple(home, home, home, home),
      transactions: fc.array(transaction(depth), { minLength: 1, maxLength: MAX_TRANSACTIONS }),
    })
    .map(({ homes, transactions }) => {
      const budget = { left: MAX_CALLS };
      // Ordinary objects, which print as they are written.
      return structuredClone({
        homes,
        transactions: transactions.map((each) =>
          "script" in each ? { ...each, script: prune(each.script, budget) } : each,
        ),
      });
    });
}
