import { expect } from "chai";
import fc from "fast-check";
import { type Hex, keccak256, numberToHex, zeroAddress } from "viem";
import { joinTransactions } from "../../builder/batch/join-transactions.ts";
import { loadWith, NO_LOAD } from "../../builder/batch/limits.ts";
import type { CompletedVisit } from "../../builder/kinds/kind.ts";
import { callAction, l2txAction, resultAction } from "../../builder/protocol/action.ts";
import { walkExecution } from "../../builder/protocol/execution/walk.ts";
import { type ChainId, chainId, L1, stateRoot } from "../../builder/protocol/ids.ts";
import type { RecordedExecution } from "../../builder/simulate/recording/recorded-execution.ts";
import { seedOf } from "../contracts/seed.ts";

const SEED = seedOf("LOCKSTEP_JOIN_SEED");
const [a, b] = [chainId(1), chainId(2)];

/** A transaction of a batch: the rollup that it is for, and whether it calls L1. */
interface Planned {
  readonly rollup: ChainId;
  readonly callsL1: boolean;
}

const dataOf = (number: number): Hex => numberToHex(number, { size: 4 });

function record({ rollup, callsL1 }: Planned, number: number): RecordedExecution {
  const out = { from: rollup, to: L1, sender: zeroAddress, target: zeroAddress, value: 0n, isStatic: false };
  const actions = [
    l2txAction(rollup, dataOf(number)),
    ...(callsL1
      ? [
          callAction({ ...out, gas: 1, data: "0x" }),
          resultAction({ from: L1, to: rollup, failed: false, data: "0x" }),
        ]
      : []),
    resultAction({ from: rollup, to: L1, failed: false, data: "0x01" }),
  ];
  const root = (n: number) => stateRoot(BigInt(n));
  const completed = { rootBefore: root(number), rootAfter: root(number + 1), actions, record: [number] };
  return { actions, visits: [{ rollup, completed }], marks: [] };
}

/** Numbers of the transactions in each execution. */
function joined(
  planned: readonly Planned[],
  most: ReadonlyMap<ChainId, number>,
  before: ReadonlySet<number> = new Set(),
): number[][] {
  const join = (visits: readonly CompletedVisit[]): CompletedVisit => ({
    rootBefore: visits[0]?.rootBefore ?? stateRoot(0n),
    rootAfter: visits.at(-1)?.rootAfter ?? stateRoot(0n),
    actions: visits.flatMap(({ actions }) => actions),
    record: visits.flatMap(({ record }) => record as number[]),
  });
  const executions = joinTransactions(planned.map(record), {
    jointOf: (rollup) => {
      const limit = most.get(rollup);
      return limit === undefined ? undefined : { most: limit, join };
    },
    before: new Set([...before].map((number) => keccak256(dataOf(number)))),
  });
  return executions.map(({ actions, visits }) => {
    // It is an execution, with the visits that it has.
    expect(walkExecution(actions, []).visits).to.have.length(visits.length);
    return visits[0]?.completed.record as number[];
  });
}

describe("transactions of a batch that become one execution", () => {
  const alone = (rollup: ChainId): Planned => ({ rollup, callsL1: false });
  const calling = (rollup: ChainId): Planned => ({ rollup, callsL1: true });
  const ten = new Map([[a, 10]]);

  it("are those of a rollup that follow each other", () => {
    expect(joined([alone(a), alone(a), alone(a)], ten)).to.deep.equal([[0, 1, 2]]);
  });

  it("are no more than the kind says", () => {
    const all = Array.from({ length: 7 }, () => alone(a));
    expect(joined(all, new Map([[a, 3]]))).to.deep.equal([[0, 1, 2], [3, 4, 5], [6]]);
    expect(joined(all, new Map([[a, 1]]))).to.have.length(7);
    expect(joined(all, new Map())).to.have.length(7);
  });

  it("may have others of other rollups between them, that touch L1 no more than they do", () => {
    expect(joined([alone(a), alone(b), alone(a)], ten)).to.deep.equal([[0, 2], [1]]);
    expect(joined([alone(a), calling(b), alone(a)], ten)).to.deep.equal([[0], [1], [2]]);
    expect(joined([alone(a), calling(a), alone(a), alone(a)], ten)).to.deep.equal([[0], [1], [2, 3]]);
  });

  it("are not of two batches", () => {
    const all = Array.from({ length: 4 }, () => alone(a));
    expect(joined(all, ten, new Set([0, 1]))).to.deep.equal([
      [0, 1],
      [2, 3],
    ]);
  });

  it(`are each in one place, in their rollup's order, and L1's calls keep theirs (LOCKSTEP_JOIN_SEED=${String(SEED)})`, () => {
    const planned = fc.array(fc.record({ rollup: fc.constantFrom(a, b), callsL1: fc.boolean() }), {
      maxLength: 12,
    });
    const limit = fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined });
    fc.assert(
      fc.property(planned, limit, limit, fc.nat({ max: 12 }), (all, mostA, mostB, first) => {
        const most = new Map(
          [[a, mostA] as const, [b, mostB] as const].flatMap(([rollup, n]) =>
            n === undefined ? [] : [[rollup, n] as const],
          ),
        );
        const before = new Set([...all.keys()].filter((number) => number < first));
        const groups = joined(all, most, before);
        const order = groups.flat();
        expect(order.toSorted((x, y) => x - y)).to.deep.equal([...all.keys()]);
        for (const rollup of [a, b]) {
          const own = order.filter((number) => all[number]?.rollup === rollup);
          expect(own).to.deep.equal(own.toSorted((x, y) => x - y));
        }
        // What calls L1 has before it and behind it what it had.
        for (const [place, number] of order.entries())
          if (all[number]?.callsL1 === true)
            expect(order.slice(0, place).toSorted((x, y) => x - y)).to.deep.equal([...Array(number).keys()]);
        for (const group of groups) {
          expect(new Set(group.map((number) => all[number]?.rollup)).size).to.equal(1);
          expect(new Set(group.map((number) => before.has(number))).size).to.equal(1);
          const rollup = all[group[0] ?? 0]?.rollup ?? a;
          expect(group.length).to.be.at.most(most.get(rollup) ?? 1);
        }
        // A visit each is what counts against a batch's limits, as they come in one by one.
        const load = all.reduce(
          (sum, each, number) => loadWith(sum, [record(each, number)], (rollup) => most.get(rollup) ?? 1),
          NO_LOAD,
        );
        expect(load.visits).to.equal(joined(all, most).length);
        // What a batch planned of the first of them by itself, it plans with others behind them.
        const plannedAlone = joined(all.slice(0, first), most);
        expect(groups.filter(([number]) => number !== undefined && before.has(number))).to.deep.equal(
          plannedAlone,
        );
      }),
      { seed: SEED },
    );
  });
});
