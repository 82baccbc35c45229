import { assert } from "chai";
import type { RowType } from "../../../../circuits/bus/row.ts";
import { STEPS } from "../../../../circuits/evm/steps/index.ts";
import type { TraceRow } from "../../../../builder/kinds/evm/trace/trace-row.ts";
import { assemble } from "./assemble.ts";
import { commit, judge, type Surroundings, type Verdict } from "./bus.ts";
import { trace, type Traced } from "./frames.ts";
import { altered, type Given } from "./lies.ts";

/** Writes slot 5 twice and reads slots 5 and 6, then reverts: entries 0 to 3 that are undone. */
const CODE = assemble(7, 5, "SSTORE", 5, "SLOAD", 8, 5, "SSTORE", 6, "SLOAD", "PUSH0", "PUSH0", "REVERT");
const TABLE: readonly RowType[] = [STEPS.sstore, STEPS.sload];

describe("undoing, attacked", () => {
  let honest: Traced;

  before(async () => {
    honest = await trace({ code: CODE, storage: new Map([[5n, 9n]]), undoesFailure: true });
    const { broken, unbalanced } = judged(honest.frame.rows);
    assert.deepEqual([broken.length, unbalanced.size], [0, 0], "the honest trace");
  });

  function judged(rows: readonly TraceRow[], other: Partial<Surroundings> = {}): Verdict {
    return judge(commit(rows), { ...honest, ...other });
  }

  /** Constraints, look-ups and tuples do not all hold. */
  function refuted(rows: readonly TraceRow[], other: Partial<Surroundings> = {}): void {
    const { broken, unbalanced } = judged(rows, other);
    assert.isAbove(broken.length + unbalanced.size, 0);
  }

  /** The rows with those changed that took part in undoings, by their numbers. */
  function changed(change: (given: Given, count: bigint) => Given | undefined): TraceRow[] {
    return TABLE.reduce<readonly TraceRow[]>(
      (rows, type) => altered(rows, type, (given) => change(given, given.count ?? 0n)),
      honest.frame.rows,
    ).map((row) => row);
  }

  /** All of it at other times, wherever they are told. */
  function retimed(later: bigint): [TraceRow[], Partial<Surroundings>] {
    const lastUndoing = (honest.undoing >> 128n) + later;
    const first = lastUndoing - later - 3n;
    const moved = (time: bigint): bigint => (time < first ? time : time + later);
    const rows = honest.frame.rows.map(({ type, given }) => {
      if (type !== STEPS.end && !TABLE.includes(type)) return { type, given };
      const { newestTime } = given;
      const newest: Given = newestTime === undefined ? {} : { newestTime: moved(newestTime) };
      return { type, given: { ...given, ...newest, lastUndoing } };
    });
    const { tables } = honest;
    const slots = tables.slots.map(({ first: from, last }) => ({
      first: from,
      last: { ...last, time: moved(last.time) },
    }));
    const { accounts, refund } = tables;
    return [rows, { undoing: (lastUndoing << 128n) + 1n, tables: { accounts, refund, slots } }];
  }

  it("what was done before is there again, but for the time", () => {
    const [five, six] = honest.tables.slots;
    assert.deepEqual([five?.last.value, five?.last.warm, six?.last.warm], [9n, false, false]);
    const undoings = honest.frame.rows.filter(
      ({ given: { undone, pc } }) => undone === 1n && pc !== undefined,
    );
    assert.deepEqual(
      undoings.map(({ given }) => given.count),
      [0n, 1n, 2n, 3n],
    );
  });

  it("an undoing is left out", () => {
    for (const left of [0n, 1n, 2n, 3n]) {
      refuted(changed((_, count) => (count === left ? { undone: 0n, lastUndoing: 0n } : undefined)));
      // The others are counted as if it were not there.
      const rows = changed(({ lastUndoing = 0n }, count): Given => {
        if (count === left) return { undone: 0n, lastUndoing: 0n };
        return { count: count > left ? count - 1n : count, lastUndoing: lastUndoing - 1n };
      });
      const end = altered(rows, STEPS.end, ({ count = 0n, lastUndoing = 0n }) => ({
        count: count - 1n,
        lastUndoing: lastUndoing - 1n,
      }));
      const undoing = honest.undoing - (1n << 128n);
      refuted(end, { undoing, end: { ...honest.end, time: honest.end.time - 1n } });
    }
  });

  it("all undoings are left out", () => {
    const rows = changed(() => ({ undone: 0n, lastUndoing: 0n }));
    const kept = altered(rows, STEPS.end, () => ({ undone: 0n, lastUndoing: 0n, count: 0n }));
    refuted(kept);
  });

  it("an undoing is done twice, in the place of another or beside it", () => {
    for (const count of [0n, 1n, 2n])
      refuted(changed((given, own) => (own === count + 1n ? { ...given, count } : undefined)));
    for (const type of TABLE) {
      const twice = honest.frame.rows.find((row) => row.type === type);
      refuted(twice === undefined ? [] : [...honest.frame.rows, twice]);
    }
  });

  it("undoings in another order", () => {
    for (const [one, other] of [
      [0n, 2n],
      [0n, 1n],
      [1n, 2n],
    ] as const) {
      const { lastUndoing = 0n } = honest.frame.rows.find(({ given }) => given.undone === 1n)?.given ?? {};
      const at = (count: bigint): bigint => (count === one ? other : count === other ? one : count);
      // The newest entry of the slot at each undoing, if they happen in the order in which they say.
      const rows = changed((given, count) => ({ ...given, count: at(count) }));
      refuted(rows);
      const times = new Map<bigint, bigint>();
      for (const { given } of rows.filter(({ type }) => TABLE.includes(type)))
        times.set(given.slotLo ?? 0n, given.time ?? 0n);
      const inTurn = rows
        .filter(({ type }) => TABLE.includes(type))
        .toSorted((a, b) => ((a.given.count ?? 0n) > (b.given.count ?? 0n) ? -1 : 1));
      const newest = new Map<bigint, bigint>();
      for (const { given } of inTurn) {
        newest.set(given.count ?? 0n, times.get(given.slotLo ?? 0n) ?? 0n);
        times.set(given.slotLo ?? 0n, lastUndoing - (given.count ?? 0n));
      }
      const chained = TABLE.reduce<readonly TraceRow[]>(
        (all, type) => altered(all, type, ({ count = 0n }) => ({ newestTime: newest.get(count) ?? 0n })),
        rows,
      );
      refuted(chained);
    }
  });

  it("what comes back is not what was there: another word, or warm", () => {
    const lies: Given[] = [{ currentLo: 1n }, { currentHi: 1n }, { originalLo: 1n }];
    for (const lie of lies)
      for (const wanted of [0n, 2n, 3n]) refuted(changed((_, count) => (count === wanted ? lie : undefined)));
    for (const wanted of [0n, 3n])
      refuted(changed((_, count) => (count === wanted ? { warm: 1n } : undefined)));
  });

  it("a row undoes what another did, or what it undid itself", () => {
    const { time } = honest.end;
    const undoings = honest.frame.rows.filter(
      ({ given: { undone, pc } }) => undone === 1n && pc !== undefined,
    );
    for (const { given } of undoings)
      for (const newestTime of [0n, 9n, time - 5n, time - 4n, time - 2n, time - 1n, time])
        if (newestTime !== given.newestTime)
          refuted(changed((_, count) => (count === given.count ? { newestTime } : undefined)));
  });

  it("undoings while the frame still runs, or after what comes next", () => {
    for (const later of [-4n, -1n, 1n, 1n << 20n]) {
      const [rows, told] = retimed(later);
      refuted(rows, told);
      refuted(rows, { ...told, end: { ...honest.end, time: honest.end.time + later } });
    }
  });

  it("another frame's undoings", () => {
    refuted(changed((_, count) => (count === 1n ? { context: 6n } : undefined)));
  });

  it("a refund of what is undone, or none of what is not", async () => {
    const clears = assemble("PUSH0", 5, "SSTORE", "0xfe");
    const storage = new Map([[5n, 9n]]);
    const undone = await trace({ code: clears, storage, undoesFailure: true });
    const counted = { undone: 0n, lastUndoing: 0n, refund: 0n, refundTime: 0n };
    const rows = altered(undone.frame.rows, STEPS.sstore, () => counted);
    assert.isAbove(judge(commit(rows), undone).unbalanced.size, 0);
    const lasting = await trace({ code: assemble("PUSH0", 5, "SSTORE", "STOP"), storage });
    assert.equal(lasting.tables.refund.value, 4_800n);
    const dropped = altered(lasting.frame.rows, STEPS.sstore, () => ({ undone: 1n }));
    assert.isAbove(judge(commit(dropped), lasting).unbalanced.size, 0);
  });

  it("a frame that lasts cannot say that it is undone, nor the other way round", async () => {
    const lasting = await trace({ code: assemble(5, "SLOAD", "STOP"), storage: new Map([[5n, 9n]]) });
    const { count, ...given } = { count: 0n, undone: 1n, lastUndoing: lasting.end.time };
    const rows = altered(lasting.frame.rows, STEPS.end, () => ({ ...given, count }));
    assert.isAbove(judge(commit(rows), lasting).unbalanced.size, 0);
    refuted(altered(honest.frame.rows, STEPS.end, () => ({ undone: 0n, lastUndoing: 0n })));
  });
});
