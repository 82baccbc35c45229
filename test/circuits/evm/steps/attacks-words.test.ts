import { assert } from "chai";
import fc from "fast-check";
import { FIELD_MODULUS as P } from "../../../../builder/protocol/ids.ts";
import type { TraceRow } from "../../../../builder/kinds/evm/trace/trace-row.ts";
import { operandHalves } from "../../../../builder/kinds/evm/trace/words.ts";
import { halves } from "../../../../builder/proving/bus/terms.ts";
import { evaluateRow } from "../../../../circuits/bus/evaluate.ts";
import { STEPS } from "../../../../circuits/evm/steps/index.ts";
import { seedOf } from "../../../contracts/seed.ts";
import { truths } from "../support/bus.ts";
import { assemble, type Part } from "./assemble.ts";
import { commit, type CommittedRow, judge, noHash } from "./bus.ts";
import { trace, type Traced, type Wanted } from "./frames.ts";
import { altered, type Given, inverse, patched, refuse } from "./lies.ts";

const HALF = 1n << 128n;
const WORD = 1n << 256n;
const SEED = seedOf("LOCKSTEP_STEPS_SEED");
const isTrue = truths([]);

function cutOf(half: bigint, exponent: bigint): CommittedRow {
  const [top, rest] = [half >> exponent, half & ((1n << exponent) - 1n)];
  const [row] = commit([{ type: STEPS.cut, given: { top, rest, exponent, reads: 1n } }]);
  assert.isDefined(row);
  return row;
}

/** What a row says of a half; undefined if a constraint or a look-up is false. */
function saidBy({ type, values }: CommittedRow): string | undefined {
  const { broken, entries } = evaluateRow(type, values, noHash);
  const isFalse = entries.some((entry) => entry.times < 0n && isTrue(entry) !== true);
  const said = entries.find(({ tuple }) => tuple === "cut");
  return broken.length > 0 || isFalse ? undefined : said?.elements.join();
}

describe("halves, cut", () => {
  const halfOf = fc.oneof(
    fc.bigInt(0n, HALF - 1n),
    fc.constantFrom(0n, 1n, HALF - 1n, HALF / 2n, HALF / 2n - 1n, 1n << 64n, (1n << 72n) - 1n),
  );
  const exponentOf = fc.bigInt(0n, 128n);

  it("a row says where each half has its parts", () => {
    fc.assert(
      fc.property(halfOf, exponentOf, (half, exponent) => {
        const rest = half % (1n << exponent);
        const parts = [half, exponent, half >> exponent, rest, rest << (128n - exponent)];
        assert.equal(saidBy(cutOf(half, exponent)), parts.join());
      }),
      { seed: SEED },
    );
  });

  it("and no other parts, whatever the quotient is in the field", () => {
    fc.assert(
      fc.property(halfOf, exponentOf, fc.bigInt(-HALF, HALF), (half, exponent, by) => {
        const rest = half & ((1n << exponent) - 1n);
        for (const other of [rest + 1n, rest - 1n, rest + (1n << exponent), rest - (1n << exponent), by]) {
          if (other === rest) continue;
          const top = ((((half - other) * inverse(1n << exponent)) % P) + P) % P;
          const [row] = commit([
            { type: STEPS.cut, given: { top, rest: (other + P) % P, exponent, reads: 1n } },
          ]);
          assert.isDefined(row);
          assert.isUndefined(saidBy(row), `${other} of ${half} at ${exponent}`);
        }
      }),
      { seed: SEED },
    );
  });

  it("by no other power, and at no place that a half does not have", () => {
    for (const exponent of [129n, 136n, 255n, 256n, P - 1n, inverse(2n), (5n * inverse(8n)) % P])
      assert.isUndefined(saidBy(cutOf(0n, exponent < 300n ? exponent : 0n)) && saidBy(patchedTo(exponent)));
    for (const name of ["power lo", "complement lo", "power hi", "complement hi"])
      assert.isUndefined(saidBy(patched(cutOf(77n, 12n), { [name]: 3n })), name);
    for (const exponent of [0n, 63n, 64n, 128n])
      assert.isUndefined(saidBy(patched(cutOf(77n, exponent), { far: exponent < 64n ? 1n : 0n })));
  });

  function patchedTo(exponent: bigint): CommittedRow {
    return patched(cutOf(0n, 0n), { exponent });
  }
});

describe("words that begin within another, attacked", () => {
  /** A lie that all rows tell alike: those of another call, held against this one's surroundings. */
  async function refuseAsOf(truth: Wanted, lie: Wanted): Promise<void> {
    const honest = await trace(truth);
    const other = await trace(lie);
    const { end } = other;
    assert.notDeepEqual(end.output, honest.end.output, "another answer");
    const verdict = judge(commit(other.frame.rows), { ...honest, end });
    assert.isAbove(verdict.broken.length + verdict.unbalanced.size, 0);
  }

  function answering(...parts: Part[]): Uint8Array {
    return assemble(...parts, "PUSH0", "MSTORE", 32, "PUSH0", "RETURN");
  }

  /** The words left on the stack as the row's new result has them. */
  function following(rows: readonly TraceRow[], before: bigint, after: bigint): TraceRow[] {
    const [old, now] = [halves(before), halves(after)];
    return altered(rows, STEPS.discardStack, ({ lo, hi }) =>
      lo === old.lo && hi === old.hi ? now : undefined,
    );
  }

  describe("calldata", () => {
    const data = Uint8Array.from({ length: 68 }, (_, index) => index + 1);
    const code = (offset: number): Uint8Array => answering(offset, "CALLDATALOAD");

    it("bytes behind the end that are not 0", async () => {
      for (const offset of [37, 48, 60, 67])
        await refuseAsOf(
          { code: code(offset), data },
          { code: code(offset), data: Uint8Array.from([...data, 9]) },
        );
    });

    it("another word for the next", async () => {
      const swapped = Uint8Array.from([...data.subarray(0, 32), ...data.subarray(64), ...data.subarray(36)]);
      await refuseAsOf({ code: code(4), data }, { code: code(4), data: swapped });
      await refuseAsOf({ code: code(20), data }, { code: code(20), data: swapped });
    });

    it("another place", async () => {
      for (const [offset, far, bytes] of [
        [4, 0n, 5n],
        [4, 1n, 4n],
        [4, 1n, P - 12n],
        [20, 0n, 4n],
        [20, 0n, 20n],
      ] as const)
        await refuse({ code: assemble(offset, "CALLDATALOAD", "STOP"), data }, ({ frame }) => ({
          rows: altered(frame.rows, STEPS.calldataAcross, () => ({ far, bytes })),
        }));
    });

    it("a word of which there is none, behind the word behind the last", () =>
      refuse({ code: assemble(100, "CALLDATALOAD", "STOP"), data }, ({ frame }) => ({
        rows: frame.rows.map(({ type, given }) => {
          if (type !== STEPS.calldataBeyond) return { type, given };
          const { gas = 0n, context = 0n, time = 0n, sp = 0n, pc = 0n, slot = 0n, offsetTime = 0n } = given;
          const state = { gas, context, time, sp, pc, slot, offsetTime };
          return { type: STEPS.calldataAcross, given: { ...state, index: 3n, bytes: 4n } };
        }),
      })));

    it("parts that are none of the word's, in the row that cuts and in the row that asks", async () => {
      const honest = await trace({ code: assemble(4, "CALLDATALOAD", "STOP"), data });
      const rows = commit(honest.frame.rows);
      const across = rows.find(({ type }) => type === STEPS.calldataAcross);
      assert.isDefined(across);
      const names = ["first top", "first rest", "first raised", "middle top", "middle raised", "last top"];
      for (const name of names)
        for (const by of [1n, HALF]) {
          const forged = rows.map((row) => (row === across ? addedTo(row, name, by) : row));
          assert.isAbove(judge(forged, honest).unbalanced.size, 0, name);
        }
    });
  });

  describe("memory", () => {
    const two = [(0x1111n << 240n) + 7n, 0, "MSTORE", (0x2222n << 240n) + 9n, 32, "MSTORE"] as const;

    it("a load of a neighbour as it was before the last store", async () => {
      for (const name of ["first", "second"] as const) {
        const at = name === "first" ? 0 : 32;
        const code = assemble(...two, 5, at, "MSTORE", 8, "MLOAD", "STOP");
        await refuse({ code }, (honest) => {
          const stores = honest.frame.rows
            .filter(({ type }) => type === STEPS.mstore)
            .map(({ given }) => given);
          const stale = stores[name === "first" ? 0 : 1] ?? {};
          const load = honest.frame.rows.find(({ type }) => type === STEPS.mloadAcross)?.given ?? {};
          const { valueLo = 0n, valueHi = 0n, time = 0n } = stale;
          const found = { [`${name}Lo`]: valueLo, [`${name}Hi`]: valueHi, [`${name}Time`]: time };
          const before = across(load);
          const rows = altered(honest.frame.rows, STEPS.mloadAcross, () => found);
          // The store that came between takes the load's entry for the older one.
          const between = altered(rows, STEPS.mstore, (_, index) =>
            index === 2 ? { wordTime: load.time ?? 0n } : undefined,
          );
          const left = altered(between, STEPS.discardMemory, ({ index }) =>
            index === BigInt(at / 32) ? { time: stores[2]?.time ?? 0n } : undefined,
          );
          return { rows: following(left, before, across({ ...load, ...found })) };
        });
      }
    });

    it("a store that changes what stands before it, or behind", async () => {
      const code = assemble(...two, WORD - 1n, 8, "MSTORE", "STOP");
      const honest = await trace({ code });
      const rows = commit(honest.frame.rows);
      for (const name of ["before rest", "behind rest", "upper top", "upper raised", "lower raised"]) {
        const forged = rows.map((row) => (row.type === STEPS.mstoreAcross ? addedTo(row, name, 1n) : row));
        assert.isAbove(judge(forged, honest).unbalanced.size, 0, name);
      }
    });

    it("a byte's store that changes other bytes, or writes another byte", async () => {
      const honest = await trace({ code: assemble(...two, 0x1234n, 9, "MSTORE8", "STOP") });
      const rows = commit(honest.frame.rows);
      for (const name of ["from rest", "value rest", "byte raised", "behind rest"])
        for (const by of [1n, 256n]) {
          const forged = rows.map((row) => (row.type === STEPS.mstore8 ? addedTo(row, name, by) : row));
          assert.isAbove(judge(forged, honest).unbalanced.size, 0, name);
        }
      for (const [far, bytes] of [
        [0n, 10n],
        [1n, 9n],
        [1n, P - 7n],
      ] as const)
        await refuse({ code: assemble(...two, 0x1234n, 9, "MSTORE8", "STOP") }, ({ frame }) => ({
          rows: altered(frame.rows, STEPS.mstore8, () => ({ far, bytes })),
        }));
    });

    it("a store that writes one of the two words only", () =>
      refuse({ code: assemble(...two, WORD - 1n, 8, "MSTORE", "STOP") }, (honest) => {
        const store = honest.frame.rows.find(({ type }) => type === STEPS.mstoreAcross)?.given ?? {};
        const { secondLo = 0n, secondHi = 0n, secondTime = 0n } = store;
        return {
          rows: altered(honest.frame.rows, STEPS.discardMemory, ({ index }) =>
            index === 1n ? { lo: secondLo, hi: secondHi, time: secondTime } : undefined,
          ),
        };
      }));

    it("an access at a word's beginning that pays for the next word too", () =>
      refuse({ code: assemble("PUSH0", "MLOAD", "STOP") }, ({ frame, end }) => {
        const load = frame.rows.find(({ type }) => type === STEPS.mload)?.given ?? {};
        const { gas = 0n, context = 0n, time = 0n, sp = 0n, pc = 0n, slot = 0n, offsetTime = 0n } = load;
        const state = { gas, context, time, sp, pc, slot, offsetTime };
        const rows = frame.rows.map((row): TraceRow => {
          if (row.type === STEPS.mload) return { type: STEPS.mloadAcross, given: state };
          if (row.type === STEPS.end) {
            const { given } = row;
            const { gas: left = 0n, discards = 0n } = given;
            return {
              type: STEPS.end,
              given: { ...given, gas: left - 3n, words: 2n, fresh: 2n, discards: discards + 1n },
            };
          }
          if (row.type === STEPS.stop)
            return { type: STEPS.stop, given: { ...row.given, gas: (row.given.gas ?? 0n) - 3n } };
          return row;
        });
        const more: TraceRow[] = [
          { type: STEPS.freshMemory, given: { index: 1n, context, word: 1n } },
          { type: STEPS.discardMemory, given: { context, time, index: 1n } },
          { type: STEPS.cut, given: { exponent: 128n, reads: 3n } },
        ];
        return { rows: [...rows, ...more], end: { ...end, gas: end.gas - 3n } };
      }));

    it("growth by the second word that is not paid", () =>
      refuse({ code: assemble(8, "MLOAD", "STOP") }, ({ frame }) => ({
        rows: altered(frame.rows, STEPS.mloadAcross, () => ({ words: 2n })),
      })));

    it("another place", async () => {
      for (const [far, bytes] of [
        [0n, 9n],
        [1n, 8n],
        [1n, P - 8n],
      ] as const)
        for (const [name, type] of [
          ["MLOAD", STEPS.mloadAcross],
          ["MSTORE", STEPS.mstoreAcross],
        ] as const)
          await refuse({ code: assemble(...two, 3, 8, name, "STOP") }, ({ frame }) => ({
            rows: altered(frame.rows, type, () => ({ far, bytes })),
          }));
    });

    function across(given: Given): bigint {
      const { firstHi = 0n, firstLo = 0n, secondHi = 0n, secondLo = 0n } = given;
      const [first, second] = [firstHi * HALF + firstLo, secondHi * HALF + secondLo];
      return (((first << 256n) | second) >> (256n - 64n)) % WORD;
    }
  });

  describe("what a frame returns", () => {
    const fill = [WORD - 1n, "PUSH0", "MSTORE", WORD - 2n, 32, "MSTORE", WORD - 3n, 64, "MSTORE"] as const;
    const code = (length: number, offset: number): Uint8Array => assemble(...fill, length, offset, "REVERT");
    const longer = ({ end }: Traced, bytes: Uint8Array): Traced["end"] => ({ ...end, output: bytes });

    it("bytes behind the end", async () => {
      for (const [length, offset] of [
        [4, 28],
        [20, 28],
        [36, 4],
        [36, 16],
      ] as const) {
        const honest = await trace({ code: code(length, offset) });
        const rows = altered(honest.frame.rows, STEPS.returnAcross, ({ more }) =>
          more === 0n ? { left: 32n } : undefined,
        );
        // All words hold, and the border takes the words as they are then.
        const whole = rows.filter(({ type }) => type === STEPS.returnAcross);
        assert.isNotEmpty(whole);
        const output = Uint8Array.from([...honest.end.output, ...new Uint8Array(32).fill(255)]);
        const verdict = judge(commit(rows), {
          ...honest,
          end: longer(honest, output.subarray(0, 32 * whole.length)),
        });
        assert.isAbove(verdict.broken.length + verdict.unbalanced.size, 0);
      }
    });

    it("a word that is said to be the last though there is more, or the other way round", async () => {
      await refuse({ code: code(40, 4) }, (honest) => ({
        rows: honest.frame.rows
          .filter(({ type, given }) => type !== STEPS.returnAcross || given.more === 1n)
          .map((row) =>
            row.type === STEPS.returnAcross ? { ...row, given: { ...row.given, more: 0n } } : row,
          ),
        end: longer(honest, honest.end.output.subarray(0, 32)),
      }));
      await refuse({ code: code(32, 4) }, ({ frame }) => ({
        rows: altered(frame.rows, STEPS.returnAcross, () => ({ more: 1n })),
      }));
    });

    it("from another place, or as what begins with a word", async () => {
      for (const within of [0n, 5n, 20n])
        await refuse({ code: code(40, 4) }, ({ frame }) => ({
          rows: altered(
            altered(frame.rows, STEPS.return, () => ({ within })),
            STEPS.returnAcross,
            () => ({ far: within >> 4n, bytes: within & 15n }),
          ),
        }));
      await refuse({ code: code(0, 4) }, ({ frame }) => ({
        rows: altered(frame.rows, STEPS.return, () => ({ within: 4n, count: 1n })),
      }));
    });

    it("a word as it was before the last store", () =>
      refuse({ code: assemble(...fill, 1, 32, "MSTORE", 20, 28, "RETURN") }, (honest) => {
        const stores = honest.frame.rows
          .filter(({ type }) => type === STEPS.mstore)
          .map(({ given }) => given);
        const { valueLo = 0n, valueHi = 0n, time = 0n } = stores[1] ?? {};
        const stale = { secondTime: time, ...operandHalves("second", valueHi * HALF + valueLo) };
        const ended = honest.end.time;
        const rows = altered(
          altered(honest.frame.rows, STEPS.returnAcross, () => stale),
          STEPS.mstore,
          (_, index) => (index === 3 ? { wordTime: ended } : undefined),
        );
        const output = Uint8Array.from([...new Uint8Array(20).fill(255)]);
        return { rows, end: longer(honest, output) };
      }));
  });
});

/** A row with a committed value that is more by so much. */
function addedTo(row: CommittedRow, name: string, by: bigint): CommittedRow {
  const index = row.type.wires
    .filter(({ kind }) => kind === "given" || kind === "hint")
    .findIndex((wire) => "name" in wire && wire.name === name);
  if (index < 0) throw new RangeError(`${row.type.name} commits to no ${name}`);
  return { ...row, values: row.values.with(index, ((row.values[index] ?? 0n) + by) % P) };
}
