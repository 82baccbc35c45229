import { assert } from "chai";
import { STEPS } from "../../../../circuits/evm/steps/index.ts";
import { assemble, type Part } from "./assemble.ts";
import { commit, judge } from "./bus.ts";
import { trace } from "./frames.ts";
import { altered, refuse } from "./lies.ts";

const WORD = 1n << 256n;

describe("tables of execution, attacked", () => {
  describe("storage", () => {
    const twice = assemble(5, "SLOAD", "POP", 5, "SLOAD", "STOP");
    const storage = new Map([[5n, 9n]]);

    it("the first access is made twice", () =>
      refuse({ code: twice, storage }, ({ frame }) => ({
        rows: altered(frame.rows, STEPS.sload, (_, index) =>
          index === 1 ? { warm: 0n, entryTime: 0n } : undefined,
        ),
      })));

    it("an access is claimed to be warm", () =>
      refuse({ code: twice, storage }, ({ frame }) => ({
        rows: altered(frame.rows, STEPS.sload, () => ({ warm: 1n })),
      })));

    it("a slot of another account", () =>
      refuse({ code: twice, storage }, ({ frame }) => ({
        rows: altered(frame.rows, STEPS.sload, () => ({ addressLo: 77n })),
      })));

    it("a wrong original", () =>
      refuse({ code: assemble(1, 5, "SSTORE", 9, 5, "SSTORE", "STOP"), storage }, ({ frame }) => ({
        rows: altered(frame.rows, STEPS.sstore, () => ({ originalLo: 1n })),
      })));

    it("an SSTORE below the sentry", () =>
      refuse({ code: assemble(9, 5, "SSTORE", "STOP"), storage, gas: 2_306n }, ({ frame, end }) => ({
        rows: frame.rows.map(({ type, given }) => ({
          type: type === STEPS.halt ? STEPS.sstore : type,
          given: type === STEPS.halt ? {} : given,
        })),
        end: { ...end, succeeded: true },
      })));

    it("a refund given twice", () =>
      refuse({ code: assemble("PUSH0", 5, "SSTORE", 1, 5, "SSTORE", "STOP"), storage }, ({ frame }) => ({
        rows: altered(frame.rows, STEPS.sstore, (_, index) => (index === 1 ? { refund: 9_600n } : undefined)),
      })));
  });

  describe("memory", () => {
    const code = assemble(7, 32, "MSTORE", 32, "MLOAD", 32, 32, "RETURN");

    it("a word begins twice", () =>
      refuse({ code }, ({ frame }) => {
        const fresh = frame.rows.filter(({ type }) => type === STEPS.freshMemory);
        return {
          rows: altered([...frame.rows, ...fresh], STEPS.freshMemory, ({ word = 0n }, index) =>
            index === 1 ? { index: word + 1n } : undefined,
          ).map((row) =>
            row.type === STEPS.mload ? { ...row, given: { ...row.given, lo: 0n, wordTime: 0n } } : row,
          ),
        };
      }));

    it("a load takes what was there before the store", () =>
      refuse({ code }, ({ frame }) => ({
        rows: altered(frame.rows, STEPS.mload, () => ({ lo: 0n, wordTime: 0n })),
      })));

    it("growth is not paid", () =>
      refuse({ code }, ({ frame }) => ({
        rows: altered(frame.rows, STEPS.mstore, () => ({ words: 2n })),
      })));

    it("a RETURN of what lies behind the data", () =>
      refuse({ code: assemble(WORD - 1n, "PUSH0", "MSTORE", 5, "PUSH0", "RETURN") }, ({ frame, end }) => ({
        rows: altered(frame.rows, STEPS.returnLastWord, () => ({ left: 6n })),
        end: { ...end, output: new Uint8Array(6).fill(255) },
      })));

    it("a RETURN of fewer bytes", () =>
      refuse({ code }, ({ frame, end }) => ({
        rows: altered(frame.rows, STEPS.return, () => ({ length: 0n, count: 0n })),
        end: { ...end, output: new Uint8Array() },
      })));
  });

  it("calldata behind the end that are not 0, and data that are taken for 0", async () => {
    const data = new Uint8Array(32).fill(1);
    await refuse({ code: assemble(32, "CALLDATALOAD", "STOP"), data }, ({ frame }) => ({
      rows: frame.rows.map(({ type, given }) => {
        if (type !== STEPS.calldataBeyond) return { type, given };
        const { gas = 0n, context = 0n, time = 0n, sp = 0n, pc = 0n, slot = 0n, offsetTime = 0n } = given;
        const state = { gas, context, time, sp, pc, slot, offsetTime };
        return { type: STEPS.calldataLoad, given: { ...state, index: 1n, lo: 5n } };
      }),
    }));
    await refuse({ code: assemble("PUSH0", "CALLDATALOAD", "STOP"), data }, ({ frame }) => ({
      rows: frame.rows
        .map(({ type, given }) => {
          if (type !== STEPS.calldataLoad) return { type, given };
          const { gas = 0n, context = 0n, time = 0n, sp = 0n, pc = 0n, slot = 0n, offsetTime = 0n } = given;
          return {
            type: STEPS.calldataBeyond,
            given: { gas, context, time, sp, pc, slot, offsetTime, size: 32n },
          };
        })
        .map((row) =>
          row.type === STEPS.discardStack ? { ...row, given: { ...row.given, lo: 0n, hi: 0n } } : row,
        ),
    }));
  });

  describe("halts that are not due", () => {
    /** The last step of a program that goes well, in the place of which a halt is claimed. */
    const claims: [string, Part[], keyof typeof STEPS, Record<string, bigint>][] = [
      ["out of gas", [1, 2, "ADD"], "halt", { unpaid: 1n, least: 3n, class: 1n, pops: 2n, pushes: 1n }],
      [
        "at a dearer price",
        [1, 2, "ADD"],
        "halt",
        { unpaid: 1n, least: 1n << 20n, class: 1n, pops: 2n, pushes: 1n },
      ],
      [
        "words that are there",
        [1, 2, "ADD"],
        "halt",
        { lacks: 1n, least: 3n, class: 1n, pops: 2n, pushes: 1n },
      ],
      [
        "another instruction",
        [1, 2, "ADD"],
        "halt",
        { lacks: 1n, least: 100n, class: 0xf1n, pops: 7n, pushes: 1n },
      ],
      ["a full stack", [1, 2, "ADD"], "halt", { full: 1n, least: 3n, class: 1n, pops: 2n, pushes: 1n }],
      ["what does not write", [1, 2, "ADD"], "halt", { least: 3n, class: 1n, pops: 2n, pushes: 1n }],
      ["a static frame", [1, 2, "SSTORE"], "halt", { least: 2_301n, class: 0x55n, pops: 2n, writes: 1n }],
      ["an INVALID", [1, 2, "ADD"], "invalid", {}],
      ["a cold SLOAD", [1, "SLOAD"], "sloadUnpaid", {}],
      ["a dear SSTORE", [1, 2, "SSTORE"], "sstoreUnpaid", {}],
      ["dear memory", ["PUSH0", "MLOAD"], "memoryUnpaid", { mload: 1n, needed: 1n << 20n }],
      ["a jump behind the code", [3, "JUMP", "JUMPDEST"], "jumpBeyond", { length: 2n }],
      ["a jump to another class", [3, "JUMP", "JUMPDEST"], "jumpOther", { class: 1n }],
      ["a row of contents as the target", [3, "JUMP", "JUMPDEST"], "jumpOther", { class: 0x100n }],
      ["a jump into data", [3, "JUMP", "JUMPDEST"], "jumpIntoData", { width: 3n, value: 3n }],
    ];
    for (const [what, parts, name, given] of claims)
      it(what, async () => {
        const honest = await trace({ code: assemble(...parts, "STOP") });
        const { rows } = honest.frame;
        const steps = rows.filter(({ given: { pc } }) => pc !== undefined);
        const at = steps.findIndex(({ type }) => !type.name.startsWith("push"));
        const last = steps[at];
        assert.isDefined(last);
        const { gas = 0n, context = 0n, time = 0n, sp = 0n, pc = 0n, slot = 0n } = last.given;
        const type = STEPS[name];
        const names = new Set(type.wires.flatMap((wire) => (wire.kind === "given" ? [wire.name] : [])));
        const kept = Object.fromEntries(Object.entries(last.given).filter(([key]) => names.has(key)));
        const claim = { ...kept, gas, context, time, sp, pc, slot, ...given };
        const verdict = judge(commit([...steps.slice(0, at), { type, given: claim }]), honest);
        // Of what would be missing in any case, nothing is looked at: only constraints, tables and the code.
        const untrue = [...verdict.unbalanced.keys()].filter((tuple) =>
          /^(range|opcode|code|attribute)\(/.test(tuple),
        );
        assert.isAbove(verdict.broken.length + untrue.length, 0);
      });
  });

  it("success where a halt was due", async () => {
    const claims: [Part[], bigint, boolean][] = [
      [[1, 2, "ADD", "STOP"], 8n, false],
      [[1, "SLOAD", "STOP"], 2_000n, false],
      [[1, 1_024, "MSTORE", "STOP"], 60n, false],
      [[1, 1, "SSTORE", "STOP"], 1_000_000n, true],
      [[1, 1, "LOG0", "STOP"], 1_000_000n, true],
    ];
    for (const [parts, gas, isStatic] of claims) {
      const code = assemble(...parts);
      const due = await trace({ code, gas, isStatic });
      assert.isFalse(due.end.succeeded);
      // The rows of a frame that had enough, and might write.
      const rich = await trace({ code });
      const less = 1_000_000n - gas;
      const rows = rich.frame.rows.map(({ type, given }) =>
        given.gas === undefined ? { type, given } : { type, given: { ...given, gas: given.gas - less } },
      );
      const end = { ...rich.end, gas: rich.end.gas - less };
      const verdict = judge(commit(rows), { ...rich, start: due.start, end });
      assert.isAbove(verdict.broken.length + verdict.unbalanced.size, 0, parts.join(" "));
    }
  });
});
