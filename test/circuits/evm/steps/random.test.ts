import { assert } from "chai";
import { randomGenerator, type Random } from "./random.ts";
import { seedOf } from "../../../contracts/seed.ts";
import { assemble, type Part } from "./assemble.ts";
import { agree } from "./frames.ts";

const PROGRAMS = 150;
const INSTRUCTIONS = 60;

const BINARY = ["ADD", "SUB", "LT", "GT", "SLT", "SGT", "EQ", "AND", "OR", "XOR", "SHL", "SHR"];
const UNARY = ["ISZERO", "NOT"];
const PUSHING = [
  "CALLVALUE",
  "CALLER",
  "CALLDATASIZE",
  "TIMESTAMP",
  "PC",
  "MSIZE",
  "GAS",
  "CODESIZE",
  "ADDRESS",
];

/** Words of every length, and those around which ranges end. */
function word(random: Random): bigint {
  const bits = BigInt(random.below(257));
  const edge = (1n << bits) - BigInt(random.below(3));
  return BigInt.asUintN(256, random.below(2) === 0 ? edge : random.bits(256n) >> (256n - bits));
}

/**
 * Instructions that find their words on the stack, but for some that do not: `depth` is what the program
 * knows to be there.
 */
function program(random: Random): Part[] {
  const parts: Part[] = [];
  let depth = 0;
  const add = (grows: number, ...more: Part[]): void => {
    parts.push(...more);
    depth = Math.max(0, depth + grows);
  };
  const slot = (): Part => random.below(3);
  const offset = (): Part => (random.below(2) === 0 ? 32 * random.below(40) : random.below(1_280));
  const kinds: (() => void)[] = [
    () => add(1, word(random)),
    () => add(1, word(random)),
    () => add(1, random.of(PUSHING)),
    () => add(-1, random.of(BINARY)),
    () => add(-1, random.of(BINARY)),
    () => add(0, random.of(UNARY)),
    () => add(1, word(random), word(random), random.of(BINARY)),
    () => add(1, word(random), random.below(300), random.of(["SHL", "SHR"])),
    () => add(1, `DUP${1 + random.below(Math.min(16, Math.max(1, depth)))}`),
    () => add(0, `SWAP${1 + random.below(Math.min(16, Math.max(1, depth - 2)))}`),
    () => add(-1, "POP"),
    () => add(1, offset(), "MLOAD"),
    () => add(-1, offset(), "MSTORE"),
    () => add(-1, offset(), "MSTORE8"),
    () => add(1, slot(), "SLOAD"),
    () => add(-1, slot(), "SSTORE"),
    () => add(0, random.below(2), slot(), "SSTORE"),
    () => add(1, random.of([32 * random.below(4), random.below(120)]), "CALLDATALOAD"),
    () => add(-1, random.below(100), random.below(100), "LOG1"),
    () => {
      // Over an INVALID, or not.
      const target = assemble(...parts).length;
      const condition = random.below(3) === 0 ? 0 : word(random);
      const width = assemble(condition).length;
      add(0, condition, `0x61${(target + width + 5).toString(16).padStart(4, "0")}`, "JUMPI");
      add(0, condition === 0 ? "JUMPDEST" : "0xfe", "JUMPDEST");
    },
  ];
  for (let i = 0; i < INSTRUCTIONS; i++) {
    if (depth < 4 && random.below(50) > 0) add(1, word(random));
    else random.of(kinds)();
  }
  const length = random.below(200);
  parts.push(
    ...random.of([["STOP"], [length, offset(), "RETURN"], [length, offset(), "REVERT"], [], ["0xfe"]]),
  );
  return parts;
}

describe("rows of execution, random programs", () => {
  const seed = seedOf("LOCKSTEP_STEPS_SEED");

  it(`hold, balance, and end as EthereumJS says (LOCKSTEP_STEPS_SEED=${seed})`, async () => {
    const random = randomGenerator(seed);
    let succeeded = 0;
    for (let i = 0; i < PROGRAMS; i++) {
      const code = assemble(...program(random));
      const data = Uint8Array.from({ length: random.below(100) }, () => random.below(256));
      const gas = random.below(3) === 0 ? BigInt(random.below(60_000)) : 1_000_000n;
      const storage = new Map([[1n, word(random)]]);
      const value = BigInt(random.below(1_000));
      const undoesFailure = random.below(2) === 0;
      const { end } = await agree({ code, data, gas, storage, value, undoesFailure });
      if (end.succeeded) succeeded++;
    }
    assert.isAbove(succeeded, PROGRAMS / 6, "programs that end well");
  });
});
