import { assert } from "chai";
import { assemble, type Part } from "./assemble.ts";
import { agree, type Wanted } from "./frames.ts";

const WORD = 1n << 256n;
const HALF = 1n << 128n;
/** Where halves, signs and the word end. */
const EDGES = [
  0n,
  1n,
  2n,
  HALF / 2n - 1n,
  HALF / 2n,
  HALF - 1n,
  HALF,
  HALF + 1n,
  WORD / 2n - 1n,
  WORD / 2n,
  WORD / 2n + 1n,
  WORD - HALF,
  WORD - 1n,
];

/** Names of the rows that a call used. */
async function rowsOf(wanted: Wanted, watched = true): Promise<string[]> {
  const { frame } = await agree(wanted, watched);
  return frame.rows.map(({ type }) => type.name);
}

/** Runs `parts` and returns the word on top. */
function answering(...parts: Part[]): Uint8Array {
  return assemble(...parts, "PUSH0", "MSTORE", 32, "PUSH0", "RETURN");
}

function pushed(word: bigint, width: number): string {
  return `0x${(0x5f + width).toString(16)}${word.toString(16).padStart(2 * width, "0")}`;
}

describe("rows of execution, where ranges end", () => {
  for (const name of ["ADD", "SUB", "LT", "GT", "SLT", "SGT", "EQ", "AND", "OR", "XOR"])
    it(`${name} of every pair of edges`, async () => {
      for (const top of EDGES) {
        const pairs = EDGES.flatMap((second): Part[] => [second, top, name]);
        await agree({ code: answering(...pairs) });
      }
    });

  for (const name of ["ISZERO", "NOT"])
    it(`${name} of every edge`, async () => {
      await agree({ code: answering(...EDGES.flatMap((word): Part[] => [word, name])) });
    });

  for (const name of ["SHL", "SHR"])
    it(`${name} by amounts at which words and halves end`, async () => {
      const amounts = [0, 1, 7, 63, 64, 65, 127, 128, 129, 191, 192, 193, 224, 255, 256, 257];
      const wide = [...amounts.map(BigInt), HALF - 1n, HALF, HALF + 1n, WORD - 1n];
      const words = [0n, 1n, WORD - 1n, HALF, HALF - 1n, 0xd09de08an << 224n, (1n << 255n) + 1n];
      for (const word of words)
        await agree({ code: answering(...wide.flatMap((amount): Part[] => [word, amount, name])) });
    });

  it("PUSH of every width, filled and cut off by the end of the code", async () => {
    for (let width = 0; width <= 32; width++) {
      const [ones, one] = [(1n << BigInt(8 * width)) - 1n, width === 0 ? 0n : 1n];
      const push = (word: bigint): string => (width === 0 ? "PUSH0" : pushed(word, width));
      await agree({ code: answering(push(ones)) });
      await agree({ code: answering(push(one)) });
      await agree({ code: assemble(push(ones)).subarray(0, Math.max(1, width)) });
    }
  });

  it("DUP and SWAP of every depth", async () => {
    for (let depth = 1; depth <= 16; depth++) {
      const words = Array.from({ length: depth + 1 }, (_, index) => (BigInt(index) << 125n) + 9n);
      await agree({ code: answering(...words, `DUP${depth}`) });
      await agree({ code: answering(...words, `SWAP${depth}`) });
    }
  });

  it("the stack is full with 1,024 words and not before", async () => {
    const full = Array.from({ length: 1023 }, (): Part => "PUSH0");
    assert.include(await rowsOf({ code: assemble(...full, "PUSH0", "STOP") }), "stop");
    assert.include(await rowsOf({ code: assemble(...full, "DUP1", "SWAP16", "POP") }), "stop");
    for (const last of ["PUSH0", "DUP16", "CALLER", "GAS", "MSIZE", "PC", pushed(1n, 3), pushed(1n, 32)])
      assert.include(await rowsOf({ code: assemble(...full, "PUSH0", last) }), "halt");
  });

  it("each instruction lacks words with one too few", async () => {
    const cases: [string, number][] = [
      ["POP", 1],
      ["ADD", 2],
      ["ISZERO", 1],
      ["MSTORE", 2],
      ["JUMPI", 2],
      ["SLOAD", 1],
      ["SSTORE", 2],
      ["RETURN", 2],
      ["LOG3", 5],
      ["DUP16", 16],
      ["SWAP1", 2],
      ["SWAP16", 17],
      ["CALL", 7],
    ];
    for (const [name, words] of cases) {
      const rows = await rowsOf({ code: assemble(...Array<Part>(words - 1).fill("PUSH0"), name) });
      assert.include(rows, "halt", name);
    }
  });

  it("pushes what frame, statement and block are", async () => {
    const names = [
      ["ADDRESS", "ORIGIN", "CALLER", "CALLVALUE", "CALLDATASIZE", "CODESIZE", "GASPRICE", "RETURNDATASIZE"],
      ["COINBASE", "TIMESTAMP", "NUMBER", "PREVRANDAO", "GASLIMIT", "CHAINID", "SELFBALANCE", "BASEFEE"],
      ["BLOBBASEFEE", "PC", "MSIZE", "GAS", "SELFBALANCE"],
    ].flat();
    for (const name of names)
      await agree({ code: answering(name), value: 12_345n, data: new Uint8Array(33).fill(7) });
  });

  it("CALLDATALOAD within the data, at their end and behind it", async () => {
    const data = Uint8Array.from({ length: 70 }, (_, index) => index + 1);
    for (const offset of [0n, 32n, 64n, 70n, 71n, 96n, HALF - 1n, HALF, HALF + 64n, WORD - 32n, WORD - 1n])
      await agree({ code: answering(offset, "CALLDATALOAD"), data });
    await agree({ code: answering(0, "CALLDATALOAD") });
  });

  it("CALLDATALOAD at every place of a word, and of data of any length", async () => {
    for (const length of [1, 4, 16, 31, 32, 33, 36, 68]) {
      const data = Uint8Array.from({ length }, (_, index) => 255 - index);
      const loads = Array.from({ length: length + 2 }, (_, offset): Part[] => [offset, "CALLDATALOAD"]);
      await agree({ code: answering(...loads.flat()), data });
    }
  });

  it("MLOAD and MSTORE at every place of a word", async () => {
    const words = [WORD - 1n, 0n, 1n, HALF, HALF - 1n, 0x0102030405060708090a0b0c0d0e0f10n << 100n];
    for (let offset = 0; offset < 64; offset++) {
      const writes = words.flatMap((word, index): Part[] => [word, offset + 7 * index, "MSTORE"]);
      await agree({ code: answering(...writes, "MSIZE", offset + 3, "MLOAD", "ADD") });
      await agree({ code: assemble(offset, "MLOAD", "MSIZE", 5, 64 + offset, "MSTORE", 128, 0, "RETURN") });
    }
  });

  it("MSTORE8 at every place of a word", async () => {
    const words = [WORD - 1n, 0n, 1n, HALF - 1n, 0x0102030405060708090a0b0c0d0e0f10n << 100n];
    const fill = [WORD / 3n, 0, "MSTORE", WORD - 1n, 32, "MSTORE"] as const;
    for (let offset = 0; offset < 64; offset++) {
      const writes = words.flatMap((word, index): Part[] => [word, offset + 5 * index, "MSTORE8"]);
      await agree({ code: assemble(...fill, ...writes, "MSIZE", 96, 0, "RETURN") });
    }
  });

  it("memory is paid word by word, where it grows", async () => {
    const offsets = [0, 32, 1, 64, 95, 736, 737, 704, 768, 22_528, 22_560, 32, 65_536, 400_000];
    const writes = offsets.flatMap((offset): Part[] => [offset + 1, offset, "MSTORE"]);
    const reads = offsets.flatMap((offset): Part[] => [offset, "MLOAD", "POP"]);
    await agree({ code: assemble(...writes, ...reads, 1_000_000, "MLOAD", "MSIZE", "STOP") });
  });

  it("RETURN and REVERT of any length, and of nothing anywhere", async () => {
    const fill = [WORD - 1n, "PUSH0", "MSTORE", WORD - 2n, 32, "MSTORE", (1n << 200n) - 1n, 64, "MSTORE"];
    for (const name of ["RETURN", "REVERT"]) {
      for (const length of [0, 1, 4, 15, 16, 17, 31, 32, 33, 48, 49, 64, 68, 95, 96, 97, 200, 2_049])
        for (const offset of [0, 32, 1, 15, 16, 17, 28, 31, 36])
          await agree({ code: assemble(...fill, length, offset, name) });
      for (const offset of [1n, HALF, WORD - 1n]) await agree({ code: assemble(...fill, 0, offset, name) });
    }
  });

  it("LOG with and without topics and data, at any offset", async () => {
    for (let topics = 0; topics <= 4; topics++)
      for (const [length, offset] of [
        [0n, WORD - 1n],
        [1n, 31n],
        [32n, 1n],
        [64n, 0n],
        [1_000n, 77n],
      ] as const)
        await agree({
          code: assemble(...Array<Part>(topics).fill(WORD - 1n), length, offset, `LOG${topics}`, "MSIZE"),
        });
  });

  it("SSTORE and SLOAD in every case of EIP-2200 and EIP-3529", async () => {
    const values = [0n, 1n, HALF];
    for (const original of values)
      for (const first of values)
        for (const second of values)
          for (const third of values) {
            const writes = [first, second, third].flatMap((value): Part[] => [value, 5, "SSTORE"]);
            await agree({ code: assemble(...writes, 5, "SLOAD"), storage: new Map([[5n, original]]) });
            await agree({ code: assemble(5, "SLOAD", ...writes), storage: new Map([[5n, original]]) });
          }
  });

  it("SSTORE of a word's other half, and of slots at the edges", async () => {
    const writes = EDGES.flatMap((edge): Part[] => [edge, edge, "SSTORE", edge, "SLOAD", "POP"]);
    await agree({ code: assemble(...writes), storage: new Map([[1n, HALF]]) });
  });

  it("a static frame does not write", async () => {
    for (const name of ["SSTORE", "LOG0", "LOG4", "TSTORE", "CREATE", "CREATE2", "SELFDESTRUCT"]) {
      const code = assemble(...Array<Part>(6).fill("PUSH0"), name);
      assert.include(await rowsOf({ code, isStatic: true }), "halt", name);
    }
    await agree({ code: answering(5, "SLOAD"), isStatic: true });
  });

  it("jumps, taken and not", async () => {
    await agree({ code: assemble(3, "JUMP", "JUMPDEST", "STOP") });
    await agree({ code: assemble(0, WORD - 1n, "JUMPI", 1, 40, "JUMPI", "STOP", "JUMPDEST", "STOP") });
    await agree({ code: assemble(HALF, 22, "JUMPI", "0xfe", "JUMPDEST", "STOP") });
    const countdown = assemble(9, "JUMPDEST", 1, "SWAP1", "SUB", "DUP1", 2, "JUMPI", "STOP");
    await agree({ code: countdown });
  });

  it("jumps to where there is no JUMPDEST", async () => {
    const cases: [string, bigint][] = [
      ["jumpOther", 0n],
      ["jumpOther", 38n],
      ["jumpIntoData", 39n],
      ["jumpIntoData", 40n],
      ["jumpBeyond", 41n],
      ["jumpBeyond", 42n],
      ["jumpBeyond", 1n << 24n],
      ["jumpBeyond", HALF],
      ["jumpBeyond", HALF + 35n],
      ["jumpBeyond", WORD - 1n],
    ];
    for (const [row, target] of cases) {
      const jump = assemble(
        pushed(target, 32),
        "JUMP",
        "STOP",
        "JUMPDEST",
        "STOP",
        "STOP",
        pushed(0x5b5bn, 2),
      );
      assert.include(await rowsOf({ code: jump }), row, `${target}`);
      const jumpi = assemble(pushed(1n, 3), pushed(target, 32), "JUMPI", pushed(0x5b5bn, 2));
      if (target > 0n) assert.include(await rowsOf({ code: jumpi }), row, `JUMPI ${target}`);
    }
  });

  it("opcodes that Osaka does not define, and INVALID", async () => {
    for (const byte of ["0x0c", "0x21", "0x4b", "0xc0", "0xfe", "0xef"])
      assert.include(await rowsOf({ code: assemble(byte) }), "invalid");
  });

  it("gas that is just enough, and one too little", async () => {
    const programs: [string, Uint8Array][] = [
      ["ADD", assemble(1, 2, "ADD", "STOP")],
      ["JUMPI", assemble(0, 0, "JUMPI", "STOP")],
      ["MSTORE", assemble(1, 4_096, "MSTORE", "STOP")],
      ["MLOAD", assemble(65_536, "MLOAD", "STOP")],
      ["MSTORE within a word", assemble(1, 4_097, "MSTORE", "STOP")],
      ["MLOAD within a word", assemble(65_567, "MLOAD", "STOP")],
      ["MSTORE8", assemble(1, 4_127, "MSTORE8", "STOP")],
      ["RETURN within a word", assemble(100, 93, "RETURN")],
      ["RETURN", assemble(100, 64, "RETURN")],
      ["REVERT", assemble(100, 64, "REVERT")],
      ["LOG", assemble(1, 2, 100, 33, "LOG2", "STOP")],
      ["cold SLOAD", assemble(1, "SLOAD", "STOP")],
      ["SSTORE that sets", assemble(1, 1, "SSTORE", "STOP")],
      ["SSTORE that changes nothing", assemble(0, 1, "SSTORE", "STOP")],
      ["GAS", assemble("GAS", "STOP")],
      ["SELFBALANCE", assemble("SELFBALANCE", "STOP")],
    ];
    for (const [name, code] of programs) {
      const { end } = await agree({ code });
      const gas = 1_000_000n - end.gas;
      const enough = name === "SSTORE that changes nothing" ? gas + 101n : gas;
      const exact = await agree({ code, gas: enough });
      assert.equal(exact.end.gas, enough - gas, name);
      const less = await agree({ code, gas: enough - 1n });
      assert.isFalse(less.end.succeeded, name);
      await agree({ code, gas: 1n });
    }
  });

  it("memory that no gas could pay", async () => {
    for (const offset of [1n << 29n, (1n << 29n) - 33n, HALF - 1n, HALF, WORD - 1n]) {
      for (const name of ["MLOAD", "MSTORE", "MSTORE8"])
        assert.include(await rowsOf({ code: assemble("PUSH0", offset, name) }, false), "memoryUnpaid", name);
      for (const name of ["RETURN", "REVERT", "LOG0"]) {
        const [far, long] = [assemble(1, offset, name), assemble(offset, "PUSH0", name)];
        assert.include(await rowsOf({ code: far }, false), "memoryUnpaid", name);
        assert.include(await rowsOf({ code: long }, false), "memoryUnpaid", name);
      }
    }
  });

  it("the end of the code stops", async () => {
    await agree({ code: new Uint8Array() });
    await agree({ code: assemble("PUSH0") });
    await agree({ code: assemble("JUMPDEST") });
  });
});
