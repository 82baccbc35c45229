import { assert } from "chai";
import { committedNames } from "../../../../circuits/bus/evaluate.ts";
import { STEPS } from "../../../../circuits/evm/steps/index.ts";
import type { TraceRow } from "../../../../builder/kinds/evm/trace/trace-row.ts";
import { codeRows } from "../../../../builder/proving/bus/code-rows.ts";
import { FIELD_MODULUS as P } from "../../../../builder/protocol/ids.ts";
import { assemble, type Part } from "./assemble.ts";
import { commit, judge } from "./bus.ts";
import { trace } from "./frames.ts";
import { altered, inverse, refuse } from "./lies.ts";

const HALF = 1n << 128n;

describe("rows of execution, attacked", () => {
  describe("the machine", () => {
    const add: Part[] = [7, 5, "ADD", "POP", 1, "POP", "STOP"];

    it("a state is used twice", () =>
      refuse({ code: assemble(...add) }, ({ frame }) => {
        const pushes = frame.rows.filter(({ type }) => type === STEPS.pushShort);
        return { rows: [...frame.rows, ...pushes.slice(0, 1)] };
      }));

    it("a step is left out", () =>
      refuse({ code: assemble(...add) }, ({ frame }) => ({
        rows: frame.rows.filter(({ type }) => type !== STEPS.addition),
      })));

    it("steps go round in a loop of their own", () =>
      refuse({ code: assemble("JUMPDEST", "PUSH0", "JUMP"), gas: 100n }, ({ frame }) => {
        const state = { gas: 50n, context: 5n, slot: 2n, sp: 0n };
        const rows = [
          { type: STEPS.jumpdest, given: { ...state, time: 1_000n, pc: 0n } },
          { type: STEPS.pushShort, given: { ...state, time: 1_001n, pc: 1n } },
          { type: STEPS.jump, given: { ...state, time: 1_002n, pc: 2n, sp: 1n, targetTime: 1_001n } },
        ];
        return { rows: [...frame.rows, ...rows] };
      }));

    it("gas is given back", () =>
      refuse({ code: assemble(...add) }, ({ frame }) => ({
        rows: altered(frame.rows, STEPS.addition, ({ gas = 0n }) => ({ gas: gas + 100n })),
      })));

    it("the frame ends with more gas than it has", () =>
      refuse({ code: assemble(...add) }, ({ frame, end }) => ({
        rows: altered(frame.rows, STEPS.end, ({ gas = 0n }) => ({ gas: gas + 1n })),
        end: { ...end, gas: end.gas + 1n },
      })));

    it("a frame goes on with gas below 0, and ends well", async () => {
      // 16 steps cost 3 each: what is a success with 10^6 gas is one too few with 47.
      const code = assemble(...Array<Part>(16).fill(1), "STOP");
      const honest = await trace({ code });
      const less = 1_000_000n - 47n;
      const rows = honest.frame.rows.map(({ type, given }) => {
        const { gas } = given;
        return gas === undefined ? { type, given } : { type, given: { ...given, gas: (gas - less + P) % P } };
      });
      const start = { ...honest.start, gas: 47n };
      const verdict = judge(commit(rows), { ...honest, start, end: { ...honest.end, gas: P - 1n } });
      assert.isAbove(verdict.unbalanced.size, 0);
    });
  });

  describe("the stack", () => {
    it("a pop takes what was there before", () =>
      refuse({ code: assemble(7, "POP", 8, "POP", "STOP") }, ({ frame }) => {
        const times = frame.rows.filter(({ type }) => type === STEPS.pop).map(({ given }) => given.topTime);
        return {
          rows: altered(frame.rows, STEPS.pop, (_, index) => ({
            topLo: index === 0 ? 8n : 7n,
            topTime: times[1 - index] ?? 0n,
          })),
        };
      }));

    it("a stack grows above 1,024 words", async () => {
      const code = assemble(...Array<Part>(1_025).fill("PUSH0"));
      const { frame } = await trace({ code });
      const [push] = frame.rows;
      assert.isDefined(push);
      const [row] = commit([{ type: STEPS.pushShort, given: { ...push.given, sp: 1_024n } }]);
      assert.isDefined(row);
      const verdict = judge([row], await trace({ code }));
      assert.isTrue([...verdict.unbalanced.keys()].some((tuple) => tuple === "range(4096)"));
    });

    it("a DUP copies another depth", () =>
      refuse({ code: assemble(1, 2, 3, "DUP2", "STOP") }, ({ frame }) => ({
        rows: altered(frame.rows, STEPS.dup, () => ({ position: 0n, lo: 1n, wordTime: 9n })),
      })));

    it("a frame's words are discarded while it runs", () =>
      refuse({ code: assemble(7, 8, "POP", "POP", "STOP") }, ({ frame }) => {
        const discard = { context: 5n, lo: 7n, time: 9n, position: 0n };
        const rows = frame.rows.filter(({ type, given }) => type !== STEPS.pop || given.topLo !== 7n);
        return { rows: [...rows, { type: STEPS.discardStack, given: discard }] };
      }));
  });

  describe("arithmetic", () => {
    const edges = (name: string): Uint8Array => assemble(HALF - 1n, HALF * HALF - 1n, name, "STOP");

    for (const carry of ["carryLo", "carryHi"])
      it(`ADD without its ${carry}`, () =>
        refuse({ code: edges("ADD") }, ({ frame }) => ({
          rows: altered(frame.rows, STEPS.addition, ({ lo = 0n, hi = 0n }) => ({
            [carry]: 0n,
            ...(carry === "carryLo" ? { lo: lo + HALF, hi: hi - 1n } : { hi: hi + HALF }),
          })),
        })));

    it("a comparison turned round, with the borrow that fits", () =>
      refuse({ code: assemble(3, 5, "LT", "STOP") }, ({ frame }) => ({
        rows: altered(frame.rows, STEPS.comparison, () => ({ less: 1n, borrow: 1n })),
      })));

    it("a comparison whose sign is denied", () =>
      refuse({ code: assemble(1, HALF * HALF - 1n, "SLT", "STOP") }, ({ frame }) => ({
        rows: altered(frame.rows, STEPS.signedComparison, () => ({ topSign: 0n })),
      })));

    it("an AND as the prototype's: limbs flow from one operand into the other", async () => {
      const [x, y] = [0xff0000n | 0xf0f0n, 0x0f0ff0n];
      const honest = await trace({ code: assemble(y, x, "AND", "STOP") });
      const shift = -0xfn;
      const [a, b] = [x + (shift << 16n), y - shift];
      const limb = (of: bigint, i: number): bigint => (of >> BigInt(6 * i)) & 63n;
      const forged = commit(honest.frame.rows).map((row) => {
        if (row.type !== STEPS.bitwise) return row;
        const names = committedNames(row.type);
        // The first half's limbs come first.
        const seen = new Set<string>();
        const values = names.map((name, index) => {
          const at = Number(/limb (\d+)/.exec(name)?.[1] ?? -1);
          if (at < 0 || seen.has(name)) return row.values[index] ?? 0n;
          seen.add(name);
          if (name.startsWith("one")) return limb(a, at);
          return name.startsWith("other") ? limb(b, at) : limb(a, at) & limb(b, at);
        });
        return { ...row, values };
      });
      assert.isAbove(judge(forged, honest).broken.length, 0);
    });

    it("a shift by a power that is another's", () =>
      refuse({ code: assemble(0xd09de08an << 224n, 224, "SHR", "STOP") }, ({ frame }) => ({
        rows: altered(frame.rows, STEPS.shiftFar, () => ({ amount: 97n })),
      })));
  });

  describe("the code", () => {
    it("a JUMP into the middle of a row, as the prototype's: to a DUP1 that is taken for a JUMPDEST", async () => {
      const code = assemble(9, 9, 4, "JUMP", "0xfe", "DUP1", "STOP");
      const place = 8n;
      const row = codeRows(code).find((each) => (each & 0xffffffn) === place);
      assert.isDefined(row);
      const honest = await trace({ code });
      // The sum of target and JUMPDEST is the row of the DUP1.
      const target = row - (0x5bn << 24n);
      const rows = altered(honest.frame.rows, STEPS.jumpOther, () => ({ targetLo: target }));
      const jump = rows.flatMap(({ type, given }) => {
        if (type !== STEPS.jumpOther) return [];
        const { gas = 0n, context = 0n, time = 0n, sp = 0n, pc = 0n, slot = 0n, targetTime = 0n } = given;
        return [{ type: STEPS.jump, given: { gas, context, time, sp, pc, slot, target, targetTime } }];
      });
      const verdict = judge(commit(jump), honest);
      assert.isTrue([...verdict.unbalanced.keys()].some((tuple) => tuple.startsWith("range(")));
    });

    for (const [what, target] of [
      ["push data", 6n],
      ["an instruction that is no JUMPDEST", 5n],
    ] as const)
      it(`a JUMP to ${what}`, async () => {
        const code = assemble(target, "JUMP", "STOP", "STOP", "0x605b", "STOP");
        const honest = await trace({ code });
        const rows = honest.frame.rows.map((row) => {
          if (row.type !== STEPS.jumpOther && row.type !== STEPS.jumpIntoData) return row;
          const {
            gas = 0n,
            context = 0n,
            time = 0n,
            sp = 0n,
            pc = 0n,
            slot = 0n,
            targetTime = 0n,
          } = row.given;
          return { type: STEPS.jump, given: { gas, context, time, sp, pc, slot, target, targetTime } };
        });
        const verdict = judge(commit(rows), honest);
        assert.isTrue([...verdict.unbalanced.keys()].some((tuple) => tuple.startsWith("code(")));
      });

    for (const type of [STEPS.pushNarrow, STEPS.pushShort, STEPS.pushWide])
      it(`${type.name} plays an SSTORE`, async () => {
        const code = assemble(1, 1, "SSTORE", "STOP");
        const honest = await trace({ code });
        const sstore = honest.frame.rows.find((row) => row.type === STEPS.sstore)?.given ?? {};
        const { gas = 0n, context = 0n, time = 0n, sp = 0n, pc = 0n, slot = 0n } = sstore;
        const wanted = pc + (0x55n << 24n);
        const state = { gas, context, time, sp, pc, slot };
        const [width, value] = [
          1n,
          ((wanted - pc - (0x5fn << 24n) - (1n << 40n) - (1n << 48n)) * inverse(1n << 64n)) % P,
        ];
        const plays: TraceRow =
          type === STEPS.pushShort
            ? { type, given: { ...state, one: 1n, value } }
            : type === STEPS.pushNarrow
              ? { type, given: { ...state, width, value } }
              : { type, given: { ...state, width, lo: value } };
        const verdict = judge(commit([plays]), honest);
        assert.isTrue([...verdict.unbalanced.keys()].some((tuple) => tuple.startsWith("range(")));
        // The other way: the value fits, the width is what it takes.
        const odd = ((wanted - pc - (0x5fn << 24n)) * inverse((1n << 40n) + (1n << 48n))) % P;
        if (type === STEPS.pushShort) return;
        const narrow = type === STEPS.pushNarrow;
        const other = { type, given: { ...state, width: odd, ...(narrow ? { value: 0n } : { lo: 0n }) } };
        assert.isAbove(judge(commit([other]), honest).unbalanced.size, 0);
      });

    it("a PUSH of another value", () =>
      refuse({ code: assemble(7, "STOP") }, ({ frame }) => ({
        rows: altered(frame.rows, STEPS.pushShort, () => ({ value: 8n })).map((row) =>
          row.type === STEPS.discardStack ? { ...row, given: { ...row.given, lo: 8n } } : row,
        ),
      })));
  });
});
