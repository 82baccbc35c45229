import fc, { type Arbitrary } from "fast-check";
import {
  type Actor,
  ACTORS,
  countCalls,
  type Holder,
  type Home,
  HOMES,
  type LedgerCall,
  NEWCOMER,
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
const MAX_TRANSACTIONS = 4;

/** Operations that belong together. */
type Phrase = readonly Operation[];

const small = fc.integer({ min: 0, max: 255 });
const slot = fc.integer({ min: 0, max: 7 });
const size = fc.integer({ min: 0, max: 80 });
/** Mostly: an uncaught failure ends everything around it. */
const caught = fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false));
const actor: Arbitrary<Actor> = fc.constantFrom(...ACTORS);
/** Those who can be called by name from everywhere. */
const called: Arbitrary<Actor> = fc.constantFrom(...ACTORS.filter((each) => each !== NEWCOMER));
const holder: Arbitrary<Holder> = fc.oneof({ weight: 4, arbitrary: actor }, fc.constantFrom(...USERS));
const who: Arbitrary<Who> = fc.oneof(
  { weight: 12, arbitrary: called },
  { weight: 2, arbitrary: fc.constant("self" as const) },
  { weight: 5, arbitrary: fc.constant("sender" as const) },
  { weight: 3, arbitrary: fc.constant("child" as const) },
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
  { weight: 3, arbitrary: fc.record({ do: fc.constant("read" as const), slot }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("balance" as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("context" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("look" as const) }) },
);
const change: Arbitrary<Operation> = fc.oneof(
  fc.record({ do: fc.constant("write" as const), slot, value: small }),
  fc.record({ do: fc.constant("add" as const), slot }),
  fc.record({ do: fc.constant("log" as const), tag: small }),
);
const measure: Arbitrary<Operation> = fc.record({
  do: fc.constant("measure" as const),
  kind: fc.integer({ min: 0, max: 5 }),
  who,
  slot,
});
const poke: Arbitrary<Operation> = fc.record({
  do: fc.constant("poke" as const),
  kind: fc.integer({ min: 0, max: 2 }),
});

/** How a script ends: mostly with all that was observed. */
const last: Arbitrary<Phrase> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Phrase>([]) },
  ending.map((operation) => [operation]),
);

/** A script in whose frame nothing may be changed: what would be a violation without end is left out. */
const staticScript = byDepth((inner): Arbitrary<Phrase> => {
  const simple = fc.oneof({ weight: 5, arbitrary: look }, { weight: 1, arbitrary: poke });
  if (inner === undefined) return single(simple);
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 5, arbitrary: single(simple) },
    {
      weight: 6,
      arbitrary: single(
        fc.record({
          do: fc.constant("call" as const),
          to: who,
          isStatic: fc.boolean(),
          caught,
          script: inner,
        }),
      ),
    },
    {
      weight: 1,
      arbitrary: single(fc.record({ do: fc.constant("delegate" as const), caught, script: inner })),
    },
    {
      weight: 1,
      arbitrary: single(
        fc.record({
          do: fc.constant("ledger" as const),
          isStatic: fc.boolean(),
          caught,
          call: ledgerCall(inner),
        }),
      ),
    },
  );
});

const liveScript = byDepth((inner, depth): Arbitrary<Phrase> => {
  const simple = fc.oneof(
    { weight: 5, arbitrary: change },
    { weight: 2, arbitrary: look },
    { weight: 1, arbitrary: measure },
  );
  if (inner === undefined) return single(simple);
  const silent = staticScript(depth - 1);
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 16, arbitrary: single(simple) },
    {
      weight: 16,
      arbitrary: single(
        fc.record({ do: fc.constant("call" as const), to: who, value, caught, script: inner }),
      ),
    },
    { weight: 4, arbitrary: single(view(silent)) },
    {
      weight: 2,
      arbitrary: single(fc.record({ do: fc.constant("delegate" as const), caught, script: inner })),
    },
    { weight: 2, arbitrary: single(creation(inner)) },
    {
      weight: 4,
      arbitrary: single(
        fc.record({ do: fc.constant("ledger" as const), value, caught, call: ledgerCall(inner) }),
      ),
    },
    {
      weight: 2,
      arbitrary: single(
        fc.record({
          do: fc.constant("ledger" as const),
          isStatic: fc.constant(true),
          caught,
          call: ledgerCall(silent),
        }),
      ),
    },
    { weight: 1, arbitrary: single(payment) },
    { weight: 2, arbitrary: takenBack(inner) },
    { weight: 2, arbitrary: reentry(inner) },
    { weight: 2, arbitrary: again(inner) },
    { weight: 2, arbitrary: freshSender(inner, silent) },
    { weight: 2, arbitrary: quotes(inner, silent) },
  );
});

function single(operation: Arbitrary<Operation>): Arbitrary<Phrase> {
  return operation.map((each) => [each]);
}

// ---------------------------------------------------------------------------- what chance alone rarely makes

/** Ether for an actor whose proxy may not exist. */
const payment: Arbitrary<Operation> = fc.record({
  do: fc.constant("call" as const),
  to: fc.constant<Actor>(NEWCOMER),
  value: fc.integer({ min: 1, max: 50 }),
  caught,
  script: fc.constant<Script>([]),
});

function view(script: Arbitrary<Script>): Arbitrary<Operation & { readonly do: "call" }> {
  return fc.record({
    do: fc.constant("call" as const),
    to: who,
    isStatic: fc.constant(true),
    caught,
    script,
  });
}

function creation(script: Arbitrary<Script>): Arbitrary<Operation> {
  return fc.record({
    do: fc.constant("create" as const),
    salted: fc.boolean(),
    value,
    caught,
    script,
  });
}

/** What touches a slot and an account, and tells what that cost. */
function touches(place: number, account: Who): Arbitrary<Phrase> {
  return fc.subarray<Operation>([
    { do: "measure", kind: 1, who: account, slot: place },
    { do: "write", slot: place, value: 50 },
    { do: "measure", kind: 2, who: account, slot: place },
    { do: "measure", kind: 3, who: account, slot: place },
    { do: "read", slot: place },
    { do: "measure", kind: 4, who: account, slot: place },
    { do: "measure", kind: 0, who: account, slot: place },
  ]);
}

/** A call that fails and is caught, and then more of the same accounts and slots. */
function takenBack(inner: Arbitrary<Script>): Arbitrary<Phrase> {
  return fc
    .tuple(who, slot)
    .chain(([to, place]) =>
      fc.tuple(fc.constant(to), inner, touches(place, to), touches(place, to), inner, fc.boolean()),
    )
    .map(([to, script, before, after, again, isSame]) => [
      { do: "call", to, caught: true, script: [...before, ...script, { do: "fail" }] },
      ...after,
      { do: "call", to, caught: true, script: isSame ? [...before, ...script] : [...after, ...again] },
    ]);
}

/**
 * A frame that makes a call and reverts, and the same call once more, with the callee asking its caller for
 * what has changed.
 */
function again(inner: Arbitrary<Script>): Arbitrary<Phrase> {
  return fc
    .tuple(who, slot, inner, small, fc.boolean(), fc.boolean())
    .map(([to, place, script, word, isViewed, isAsked]) => {
      const question: Operation = {
        do: "call",
        to: "sender",
        caught: true,
        isStatic: isViewed,
        script: [{ do: "read", slot: place }],
      };
      const call: Operation = {
        do: "call",
        to,
        caught: true,
        script: [...(isAsked ? [question] : []), ...script],
      };
      return [
        { do: "delegate", caught: true, script: [call, { do: "revert", size: 2, tag: 1 }] },
        { do: "write", slot: place, value: word },
        call,
      ];
    });
}

/** The callee enters its caller again, in a frame that it undoes; the caller goes on with what was undone. */
function reentry(inner: Arbitrary<Script>): Arbitrary<Phrase> {
  return fc
    .tuple(who, slot)
    .chain(([to, place]) =>
      fc.tuple(
        fc.constant(to),
        touches(place, to),
        fc.boolean(),
        inner,
        touches(place, to),
        fc.boolean(),
        caught,
      ),
    )
    .map(([to, undone, isDelegated, script, after, isUndone, isCaught]) => {
      const back: Operation = { do: "call", to: "sender", caught: true, script: [...undone, ...script] };
      const frame: Script = isUndone ? [back, { do: "revert", size: 3, tag: 7 }] : [back];
      const around: Operation = isDelegated
        ? { do: "delegate", caught: true, script: frame }
        : { ...back, script: [...undone, ...script, ...(isUndone ? [{ do: "fail" } as const] : [])] };
      return [{ do: "call", to, caught: isCaught, script: [around] }, ...after];
    });
}

/** Something that was just created calls others, who look at it and call it back. */
function freshSender(inner: Arbitrary<Script>, silent: Arbitrary<Script>): Arbitrary<Phrase> {
  const glance: Operation = { do: "context" };
  const back = fc.record({
    do: fc.constant("call" as const),
    to: fc.constant("sender" as const),
    isStatic: fc.boolean(),
    caught: fc.constant(true),
    script: silent,
  });
  const isStatic = fc.boolean();
  return fc
    .tuple(creation(inner), called, back, isStatic, inner, fc.boolean())
    .map(([create, to, answer, isView, script, isLive]) => [
      create,
      {
        do: "call",
        to: "child",
        caught: true,
        isStatic: isView && !isLive,
        script: [
          {
            do: "call",
            to,
            caught: true,
            isStatic: isView,
            script: isView ? [glance, answer] : [glance, answer, ...script],
          },
        ],
      },
    ]);
}

/** The same question before and after a change. */
function quotes(inner: Arbitrary<Script>, silent: Arbitrary<Script>): Arbitrary<Phrase> {
  return fc
    .tuple(view(silent), who, inner)
    .map(([question, to, script]) => [question, { do: "call", to, caught: true, script }, question]);
}

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

/**
 * Scripts by how deep they may nest; a quarter of them end with an ending of their own.
 * @param phrase for an inner script, if there may be one.
 */
function byDepth(
  phrase: (inner: Arbitrary<Script> | undefined, depth: number) => Arbitrary<Phrase>,
): (depth: number) => Arbitrary<Script> {
  const known = new Map<number, Arbitrary<Script>>();
  const script = (depth: number): Arbitrary<Script> => {
    const hit = known.get(depth);
    if (hit !== undefined) return hit;
    const inner = depth === 0 ? undefined : script(depth - 1);
    const made = fc
      .tuple(fc.array(phrase(inner, depth), { maxLength: 5 }), last)
      .map(([phrases, end]) => [...phrases.flat(), ...end]);
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

// ------------------------------------------------------------------------------------------------- newcomers

/**
 * Puts an actor in the place of the newcomer where it is called, or where it is paid without being called.
 */
function replace(script: Script, isPaid: boolean): Script {
  const other = (called: Holder): Holder => (called === NEWCOMER && isPaid ? 0 : called);
  return script.map((operation): Operation => {
    if (operation.do === "ledger" && operation.call.fn === "send") {
      const { call } = operation;
      return {
        ...operation,
        call: { ...call, to: other(call.to), script: replace(call.script, isPaid) },
      };
    }
    if (!("script" in operation)) return operation;
    const inner = replace(operation.script, isPaid);
    if (operation.do === "call" && operation.to === NEWCOMER && !isPaid)
      return { ...operation, to: 0, script: inner };
    return { ...operation, script: inner };
  });
}

/**
 * The newcomer is paid before it has proxies, or it does something itself, but not both: until it has a
 * proxy, what it is paid on another chain is not in its hands.
 */
function settleNewcomer(transaction: Transaction, homes: Program["homes"], isPaid: boolean): Transaction {
  if (!("script" in transaction)) {
    const { ledger } = transaction;
    if (ledger.fn !== "send") return transaction;
    const to = ledger.to === NEWCOMER && isPaid ? 0 : ledger.to;
    return { ...transaction, ledger: { ...ledger, to, script: replace(ledger.script, isPaid) } };
  }
  const script = replace(transaction.script, isPaid);
  if (transaction.to !== NEWCOMER) return { ...transaction, script };
  return isPaid ? { ...transaction, to: 0, script } : { ...transaction, from: homes[NEWCOMER], script };
}

/** Whether the newcomer is called by those only who can: on its home chain, or with nothing but Ether. */
export function isWellFormed({ homes, transactions }: Program): boolean {
  const scripts = transactions.map((each) =>
    "script" in each ? each.script : [{ do: "ledger", call: each.ledger } as const],
  );
  const isPaid = scripts.some((script) => names(script, "call"));
  const acts = transactions.some((each) => "script" in each && each.to === NEWCOMER);
  const isAtHome = transactions.every(
    (each) => !("script" in each) || each.to !== NEWCOMER || each.from === homes[NEWCOMER],
  );
  return isAtHome && (!isPaid || (!acts && !scripts.some((script) => names(script, "ledger"))));
}

/** Whether the newcomer is called somewhere. */
function names(script: Script, by: "call" | "ledger"): boolean {
  return script.some((operation) => {
    if (operation.do === "ledger") {
      if (operation.call.fn !== "send") return false;
      return (by === "ledger" && operation.call.to === NEWCOMER) || names(operation.call.script, by);
    }
    if (!("script" in operation)) return false;
    return (
      (by === "call" && operation.do === "call" && operation.to === NEWCOMER) || names(operation.script, by)
    );
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

/**
 * Cases of the property.
 * @param depth frames inside frames.
 */
export function programs(depth = MAX_DEPTH): Arbitrary<Program> {
  const some = transaction(depth);
  return fc
    .record({
      homes: fc.tuple(home, home, home, home),
      isPaid: fc.integer({ min: 0, max: 7 }).map((number) => number === 7),
      transactions: fc.oneof(
        { weight: 1, arbitrary: fc.array(some, { minLength: 1, maxLength: 1 }) },
        { weight: 4, arbitrary: fc.array(some, { minLength: 2, maxLength: MAX_TRANSACTIONS }) },
      ),
    })
    .map(({ homes, isPaid, transactions }) => {
      const budget = { left: MAX_CALLS };
      // Ordinary objects, which print as they are written.
      return structuredClone({
        homes,
        transactions: transactions
          .map((each) => ("script" in each ? { ...each, script: prune(each.script, budget) } : each))
          .map((each) => settleNewcomer(each, homes, isPaid)),
      });
    });
}
