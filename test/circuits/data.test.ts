import { expect } from "chai";
import fc from "fast-check";
import { FIELD_MODULUS } from "../../builder/protocol/ids.ts";
import { dataWords } from "../../builder/protocol/statement.ts";
import type { Circuit } from "./support/circuit.ts";
import { compileTemplate } from "./support/compile.ts";
import { freeWires } from "./support/pinned.ts";

/** Not a multiple of 31, so that the last word is never full. */
const CAPACITY = 70;
const WORDS = 3;

/** Lengths around every edge: empty, a word's end, the capacity. */
const EDGES = [0, 1, 30, 31, 32, 61, 62, 63, CAPACITY - 1, CAPACITY];

function padded(bytes: Uint8Array): bigint[] {
  return Array.from({ length: CAPACITY }, (_, index) => BigInt(bytes[index] ?? 0));
}

function expectedWords(bytes: Uint8Array): bigint[] {
  const words: bigint[] = dataWords(bytes);
  return [...words, ...Array<bigint>(WORDS - words.length).fill(0n)];
}

function expectedFlags(length: number): bigint[] {
  return Array.from({ length: WORDS }, (_, word) => (31 * word < length ? 1n : 0n));
}

describe("circuits/lib: bytes, packing and lengths", function () {
  this.timeout(120_000);
  let data: Circuit;
  let prefix: Circuit;
  let flags: Circuit;

  before(async function () {
    data = await compileTemplate("lib/action_data.circom", "ActionData", [CAPACITY]);
    prefix = await compileTemplate("lib/prefix_words.circom", "PrefixWords", [CAPACITY]);
    flags = await compileTemplate("lib/word_flags.circom", "WordFlags", [WORDS]);
  });

  for (const length of EDGES) {
    it(`packs ${length} bytes as the statement does, with nothing free`, async function () {
      const bytes = Uint8Array.from({ length }, (_, index) => 255 - index);
      const input = { data: padded(bytes), length: BigInt(length) };
      expect(await data.outputs(input, "words")).to.deep.equal(expectedWords(bytes));
      expect(await data.outputs(input, "present")).to.deep.equal(expectedFlags(length));
      expect(freeWires(data, await data.checked(input))).to.deep.equal([]);
    });
  }

  it("cuts a prefix off longer data", async function () {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: CAPACITY, maxLength: CAPACITY }),
        fc.oneof(fc.constantFrom(...EDGES), fc.nat(CAPACITY)),
        async (bytes, length) => {
          const input = { in: padded(bytes), length: BigInt(length) };
          expect(await prefix.outputs(input, "words")).to.deep.equal(
            expectedWords(bytes.subarray(0, length)),
          );
          expect(await prefix.outputs(input, "present")).to.deep.equal(expectedFlags(length));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("leaves nothing free in a prefix but the bytes behind it", async function () {
    const bytes = Uint8Array.from({ length: CAPACITY }, () => 255);
    for (const length of EDGES) {
      const behind = Array.from({ length: CAPACITY - length }, (_, index) => `in[${length + index}]`);
      const free = freeWires(prefix, await prefix.checked({ in: padded(bytes), length: BigInt(length) }));
      expect(free.filter((name) => !behind.includes(name))).to.deep.equal([]);
    }
  });

  it("refuses a byte behind the end, wherever the end is", async function () {
    for (const length of EDGES.slice(0, -1)) {
      const bytes = new Uint8Array(CAPACITY);
      bytes[length] = 1;
      expect(await data.refuses({ data: padded(bytes), length: BigInt(length) }), `${length}`).to.equal(true);
      bytes[length] = 0;
      bytes[CAPACITY - 1] = 1;
      expect(await data.refuses({ data: padded(bytes), length: BigInt(length) }), `${length}`).to.equal(true);
    }
  });

  it("refuses lengths out of [0, capacity]", async function () {
    for (const length of [BigInt(CAPACITY + 1), 31n * BigInt(WORDS), 1n << 32n, FIELD_MODULUS - 1n]) {
      expect(await data.refuses({ data: padded(new Uint8Array()), length })).to.equal(true);
      expect(await prefix.refuses({ in: padded(new Uint8Array()), length })).to.equal(true);
    }
  });

  it("refuses what is no byte", async function () {
    for (const value of [256n, FIELD_MODULUS - 1n]) {
      const bytes = padded(new Uint8Array());
      bytes[3] = value;
      expect(await data.refuses({ data: bytes, length: 10n })).to.equal(true);
    }
  });

  it("flags the words that exist and the padding of the last one", async function () {
    for (let length = 0; length <= 31 * WORDS; length++) {
      const input = { length: BigInt(length) };
      expect(await flags.outputs(input, "present")).to.deep.equal(expectedFlags(length));
      const padding = Array.from({ length: 31 }, (_, r) => (r === (31 - (length % 31)) % 31 ? 1n : 0n));
      expect(await flags.outputs(input, "padding")).to.deep.equal(padding);
    }
    for (const length of [31n * BigInt(WORDS) + 1n, FIELD_MODULUS - 1n, FIELD_MODULUS - 30n])
      expect(await flags.refuses({ length })).to.equal(true);
  });
});
