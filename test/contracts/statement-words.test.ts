import { expect } from "chai";
import fc from "fast-check";
import { type Address, concatHex, decodeErrorResult, type Hex, keccak256, pad, parseAbi, toHex } from "viem";
import type { Action } from "../../builder/protocol/action.ts";
import { l2txAction } from "../../builder/protocol/action.ts";
import type { Execution, Visit } from "../../builder/protocol/execution.ts";
import { type ChainId, L1 } from "../../builder/protocol/ids.ts";
import {
  type StatementVisit,
  statementWords,
  wholeStatementWords,
} from "../../builder/protocol/statement.ts";
import { batchOf, call, execution, GAS, result, visit } from "./lists.ts";
import { revertData } from "./outcome.ts";
import { deploy, rootAt, type Setup } from "./setup.ts";

const revealingAbi = parseAbi([
  "struct Statement { bytes32 verificationKey; uint256[] words; bytes proof; }",
  "constructor(uint256 bytesPerWord)",
  "error Given(Statement[] statements)",
]);

/** Choices from which a random execution is grown. */
interface Seed {
  readonly transaction: boolean;
  /** Transactions that follow the first one, if it is one and they are any: then there is nothing else. */
  readonly joined: readonly { readonly data: Hex; readonly fails: boolean }[];
  readonly turns: readonly { readonly choice: number; readonly data: Hex; readonly address: Address }[];
}

const bytes = (limit: number) =>
  fc.uint8Array({ maxLength: limit, size: "max" }).map((array): Hex => toHex(array));
const seeds = fc.record({
  transaction: fc.boolean(),
  joined: fc.oneof(
    fc.constant([]),
    fc.array(fc.record({ data: bytes(100), fails: fc.boolean() }), { minLength: 1, maxLength: 3 }),
  ),
  turns: fc.array(
    fc.record({
      choice: fc.nat(99),
      data: bytes(100),
      address: fc.uint8Array({ minLength: 20, maxLength: 20 }).map((array): Address => toHex(array)),
    }),
    { minLength: 1, maxLength: 12, size: "max" },
  ),
});

/** A visit with its actions. */
interface Grown {
  readonly rollup: ChainId;
  readonly actions: Action[];
  readonly before: number;
  readonly after: number;
}

/** Grows a list that the contract takes, together with the visits' actions as found by a walk of its own. */
function grow(seed: Seed, chains: readonly ChainId[], roots: Map<ChainId, number>) {
  const actions: Action[] = [];
  const visits: Visit[] = [];
  const inOrder: Grown[] = [];
  const visited: Grown[] = [];
  const open: { from: ChainId; to: ChainId; begins: boolean }[] = [];

  const record = (action: Action) => {
    actions.push(action);
    for (const chain of new Set([action.from, action.to])) {
      if (chain === L1) continue;
      if (!open.some(({ to }) => to === chain)) continue;
      visited.findLast(({ rollup }) => rollup === chain)?.actions.push(action);
    }
  };
  const enter = (action: Action) => {
    const begins = action.to !== L1 && !open.some(({ to }) => to === action.to);
    if (begins) {
      const before = roots.get(action.to) ?? 0;
      roots.set(action.to, before + 1);
      visited.push({ rollup: action.to, actions: [], before, after: before + 1 });
    }
    open.push({ from: action.from, to: action.to, begins });
    record(action);
  };
  const leave = (data: Hex) => {
    const frame = open.at(-1);
    if (frame === undefined) throw new Error("nothing is open");
    record(result(frame.to, frame.from, data));
    open.pop();
    if (!frame.begins) return;
    const ended = visited.findLast(({ rollup }) => rollup === frame.to);
    if (ended === undefined) throw new Error("a visit that never began");
    visits.push(visit(ended.rollup, rootAt(ended.before), rootAt(ended.after)));
    inOrder.push(ended);
  };

  const [first] = seed.turns;
  if (first === undefined) throw new Error("at least one turn");
  const home = chains[first.choice % chains.length] ?? L1;
  if (seed.transaction && seed.joined.length > 0) {
    const before = roots.get(home) ?? 0;
    roots.set(home, before + 1);
    const all = [{ data: first.data, fails: false }, ...seed.joined];
    const joint = all.flatMap(({ data, fails }) => [
      l2txAction(home, data),
      result(home, L1, fails ? "0x" : data, fails),
    ]);
    const one = { rollup: home, actions: joint, before, after: before + 1 };
    return { list: execution(joint, [visit(home, rootAt(before), rootAt(before + 1))]), visited: [one] };
  }
  enter(
    seed.transaction
      ? l2txAction(home, first.data)
      : call(L1, home, first.address, first.address, { data: first.data }),
  );
  for (const { choice, data, address } of seed.turns.slice(1)) {
    const control = open.at(-1)?.to ?? L1;
    const to = [L1, ...chains][choice % (chains.length + 1)] ?? L1;
    if (choice < 40 && open.length > 1) leave(data);
    else if (to !== control)
      enter(call(control, to, address, address, { data, gas: control === L1 ? 0 : 1 + (choice % 2) * GAS }));
  }
  while (open.length > 0) leave("0x");
  return { list: execution(actions, visits), visited: inOrder };
}

for (const [bytesPerWord, wordsOfStatement] of [
  [31, statementWords],
  [32, wholeStatementWords],
] as const)
  describe(`Statements.sol, with data in words of ${bytesPerWord} bytes`, () => {
    let s: Setup;
    let chains: ChainId[];

    before(async () => {
      s = await deploy();
      const revealing = await s.create("RevealingProofSystem", revealingAbi, [bytesPerWord]);
      chains = [await s.register({ proofSystem: revealing }), await s.register({ proofSystem: revealing })];
    });

    /** The statements that the contract derives from a batch. */
    const given = async (executions: readonly Execution[]) => {
      const batch = await batchOf(s, executions);
      const error: unknown = await s.rollups.simulate.postBatch([batch]).catch((reason: unknown) => reason);
      const { args } = decodeErrorResult({ abi: revealingAbi, data: revertData(error) });
      return { batch, statements: args[0] };
    };

    it("derives the words that the builder derives, for random executions", async () => {
      let joint = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(seeds, { minLength: 1, maxLength: 3 }), async (many) => {
          const roots = new Map<ChainId, number>();
          joint += many.filter(({ transaction, joined }) => transaction && joined.length > 0).length;
          const grown = many
            .toSorted((x, y) => Number(y.transaction) - Number(x.transaction))
            .map((seed) => grow(seed, chains, roots));
          const { batch, statements } = await given(grown.map(({ list }) => list));
          const visited = grown.flatMap((one) => one.visited);
          expect(statements.length).to.equal(batch.proofs.length);
          batch.proofs.forEach(({ rollup }, at) => {
            const visits = visited
              .filter((one) => one.rollup === rollup)
              .map((one): StatementVisit => ({
                rootBefore: rootAt(one.before),
                rootAfter: rootAt(one.after),
                actions: one.actions,
              }));
            const id = chains.find((chain) => chain === rollup);
            if (id === undefined) throw new Error("a rollup of this test");
            const words = wordsOfStatement(
              {
                l1ChainId: 31337n,
                manager: s.rollups.address,
                rollup: id,
                timestamp: batch.timestamp,
                blobs: 0n,
              },
              visits,
            );
            expect(statements[at]?.words).to.deep.equal(words);
          });
        }),
        { numRuns: 40, seed: 20261123, verbose: true },
      );
      expect(joint, "visits of several transactions").to.be.greaterThan(10);
    });

    it("binds to chain id, contract, timestamp, roots and every field of every action", async () => {
      const [home, other] = chains;
      if (home === undefined || other === undefined) throw new Error("two rollups");
      const base = [
        call(L1, home, s.owner, s.stranger, { value: 7n, data: "0x0102" }),
        call(home, other, s.owner, s.stranger, { value: 3n }),
        result(other, home, "0x", true),
        result(home, L1, "0x05"),
      ];
      const visits = [visit(other, rootAt(0)), visit(home, rootAt(0), rootAt(1))];
      const wordsOf = async (actions: readonly Action[], from = visits) =>
        keccak256(
          concatHex(
            (await given([execution(actions, from)])).statements.flatMap(({ words }) =>
              words.map((word) => pad(toHex(word))),
            ),
          ),
        );
      const change = (at: number, fields: Partial<Action>) =>
        base.map((action, index) => (index === at ? { ...action, ...fields } : action));
      const seen = new Set([await wordsOf(base)]);
      const changed = [
        change(0, { value: 8n }),
        change(0, { sender: s.stranger }),
        change(0, { target: s.owner }),
        change(0, { data: "0x010200" }),
        change(0, { data: "0x0103" }),
        change(1, { value: 4n }),
        change(1, { gas: 1 }),
        change(1, { isStatic: true, value: 0n }),
        change(2, { failed: false }),
        change(3, { data: "0x" }),
      ];
      for (const actions of changed) seen.add(await wordsOf(actions));
      seen.add(await wordsOf(base, [visit(other, rootAt(0)), visit(home, rootAt(0), rootAt(2))]));
      expect(seen.size).to.equal(changed.length + 2);
    });
  });
