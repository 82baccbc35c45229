import { assert } from "chai";
import { bytesToHex } from "viem";
import { type BusEntry, committedNames, evaluateRow } from "../../../../circuits/bus/evaluate.ts";
import { FIELD_MODULUS as P } from "../../../../builder/protocol/ids.ts";
import { STEPS } from "../../../../circuits/evm/steps/index.ts";
import { truths } from "../support/bus.ts";
import { assemble } from "./assemble.ts";
import { commit, type CommittedRow, noHash } from "./bus.ts";
import { trace, type Wanted } from "./frames.ts";
import { inverse } from "./lies.ts";

type Truth = ReturnType<typeof truths>;

const WORD = 1n << 256n;
const TABLES = new Set(["range", "and", "power", "opcode", "code"]);

/** Calls that together have a row of every type. */
const CALLS: Wanted[] = [
  {
    code: assemble(
      ...[1n << 90n, (1n << 200n) + 77n, "ADD", 5, "SUB", 70_000, "GT", 3, "LT", WORD - 5n, "SLT", 9, "SGT"],
      ...[1, "EQ", "ISZERO", "NOT", (1n << 140n) - 9n, "AND", 0xabcdn, "OR", (1n << 255n) + 3n, "XOR"],
      ...[
        77,
        "SHR",
        3,
        "SHL",
        130,
        "SHL",
        224,
        "SHR",
        300,
        "SHR",
        "CALLER",
        "TIMESTAMP",
        "COINBASE",
        "GASLIMIT",
      ],
      ...[
        "PC",
        "GAS",
        "CODESIZE",
        "SELFBALANCE",
        "PUSH0",
        "CALLDATALOAD",
        64,
        "CALLDATALOAD",
        "DUP5",
        "SWAP4",
      ],
      ...[
        96,
        "MSTORE",
        96,
        "MLOAD",
        "MSIZE",
        5,
        "SSTORE",
        5,
        "SLOAD",
        "PUSH0",
        5,
        "SSTORE",
        "POP",
        3,
        40,
        33,
        "LOG1",
      ],
      ...["JUMPDEST", 1, "0x610000", "POP", "POP", 68, 32, "RETURN"],
    ),
    data: new Uint8Array(40).fill(200),
    storage: new Map([[5n, 9n]]),
  },
  { code: assemble(4, "JUMP", "0xfe", "JUMPDEST", 1, 11, "JUMPI", "0xfe", "JUMPDEST", "STOP") },
  { code: assemble("PUSH0", 5, "JUMPI", 8, "JUMP", "STOP") },
  { code: assemble(1, 9, "JUMPI") },
  { code: assemble(1, 1, "JUMPI", "JUMPDEST") },
  { code: assemble(2, "JUMP") },
  { code: assemble(9, "PUSH0", "MSTORE", "STOP") },
  { code: assemble("ADD") },
  { code: assemble("0x0c") },
  { code: assemble(1, "SLOAD"), gas: 1_000n },
  { code: assemble(1, 1, "SSTORE"), gas: 3_000n },
  { code: assemble(1n << 30n, "MLOAD") },
  {
    code: assemble(
      ...[
        4,
        "CALLDATALOAD",
        37,
        "CALLDATALOAD",
        9,
        "MSTORE",
        27,
        "MSTORE",
        9,
        "MLOAD",
        30,
        "MLOAD",
        77,
        "MSTORE8",
      ],
      ...[68, 28, "REVERT"],
    ),
    data: Uint8Array.from({ length: 40 }, (_, index) => 90 + index),
  },
  {
    code: assemble(7, 5, "SSTORE", 5, "SLOAD", "PUSH0", 5, "SSTORE", 6, "SLOAD", "0xfe"),
    storage: new Map([[5n, 9n]]),
    undoesFailure: true,
  },
];

/** Values that a prover may choose, though others see them, each with the reason why that is no lie. */
const FREE: Readonly<Record<string, string>> = {
  "end.discards": "says what is true as often as it likes",
  "cut.reads": "likewise",
  "freshMemory.word": "any word that was not handed out yet",
};

function isLookUp({ tuple }: BusEntry): boolean {
  return TABLES.has(tuple);
}

describe("rows of execution, forged value by value", () => {
  const rows: { row: CommittedRow; truth: Truth }[] = [];

  before(async () => {
    const seen = new Map<string, number>();
    for (const call of CALLS) {
      const { frame, start } = await trace(call);
      const truth = truths([{ slot: start.slot, code: bytesToHex(start.code) }]);
      for (const [at, row] of commit(frame.rows).entries()) {
        // Rows of what is undone are more than those of what lasts.
        const name = `${row.type.name}${frame.rows[at]?.given.undone === 1n ? ", undone" : ""}`;
        const count = (seen.get(name) ?? 0) + 1;
        seen.set(name, count);
        if (count <= 2) rows.push({ row, truth });
      }
    }
    const missing = Object.values(STEPS).filter(({ name }) => !seen.has(name));
    assert.deepEqual(
      missing.map(({ name }) => name),
      [],
    );
  });

  /** What a row takes from others and gives to others; undefined if it, or a look-up, is wrong. */
  function exchange(
    { type }: CommittedRow,
    values: readonly bigint[],
    truth: Truth,
  ): { readonly taken: string; readonly given: string } | undefined {
    const { broken, entries } = evaluateRow(type, values, noHash);
    if (broken.length > 0) return undefined;
    if (entries.some((entry) => isLookUp(entry) && truth(entry) !== true)) return undefined;
    const text = (sent: boolean): string =>
      entries
        .filter((entry) => !isLookUp(entry) && entry.times > 0n === sent)
        .map(({ tuple, elements, times }) => `${tuple} ${elements.join(",")} ${times}`)
        .join("; ");
    return { taken: text(false), given: text(true) };
  }

  /** Names of what can be changed so that a row takes the same from others and gives them something else. */
  function survivors(
    changes: (names: readonly string[]) => Iterable<ReadonlyMap<number, bigint>>,
  ): Set<string> {
    const found = new Set<string>();
    for (const { row, truth } of rows) {
      const names = committedNames(row.type);
      const honest = exchange(row, row.values, truth);
      assert.isDefined(honest, row.type.name);
      for (const change of changes(names)) {
        const values = row.values.map((value, index) => (((value + (change.get(index) ?? 0n)) % P) + P) % P);
        if (values.every((value, index) => value === row.values[index])) continue;
        const forged = exchange(row, values, truth);
        if (forged?.taken !== honest.taken || forged.given === honest.given) continue;
        found.add([...change.keys()].map((index) => `${row.type.name}.${names[index] ?? ""}`).join(" with "));
      }
    }
    return found;
  }

  it("what a row gives follows from what it takes: no value can be changed alone", () => {
    const deltas = [1n, -1n, 2n, 1n << 12n, 1n << 64n, 1n << 128n, inverse(2n), inverse(1n << 64n)];
    const found = survivors(function* (names) {
      for (const index of names.keys()) for (const delta of deltas) yield new Map([[index, delta]]);
    });
    assert.deepEqual(
      [...found].filter((name) => !(name in FREE)),
      [],
    );
  });

  it("nor two neighbours together, so that one gives the other what it takes", () => {
    const ratios = [-1n, -(1n << 12n), -(1n << 128n), 1n];
    const found = survivors(function* (names) {
      for (const one of names.keys())
        for (let other = Math.max(0, one - 6); other <= one + 6 && other < names.length; other++)
          if (one !== other)
            for (const ratio of ratios)
              yield new Map([
                [one, 1n],
                [other, ratio],
              ]);
    });
    const ofFree = (name: string): boolean => name.split(" with ").some((part) => part in FREE);
    assert.deepEqual(
      [...found].filter((name) => !ofFree(name)),
      [],
    );
  }).timeout(180_000);
});
