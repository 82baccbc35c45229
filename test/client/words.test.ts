import { expect } from "chai";
import { encodeAbiParameters, encodeErrorResult, encodeFunctionData, type Hex, parseAbi } from "viem";
import { callTree, type Knowledge, type TraceFrame, treeLines } from "lockstep-client/tree";
import {
  AbiIndex,
  errorInWords,
  plainText,
  quotedText,
  valueInWords,
  visibleJson,
  wellFormedAbi,
} from "lockstep-client/words";
import { expectHarmless, HOSTILE_TEXTS } from "./hostile.ts";

const abi = parseAbi([
  "struct Note { string text; string[] more; }",
  "function tell(string text, Note note, string[] texts) returns (string)",
  "error Refused(string why)",
]);
const address: Hex = `0x${"a1".repeat(20)}`;
const shortened = (given: string): string => given.slice(0, 8);

/** All lines of a tree whose every text is the stranger's. */
function linesWith(text: string): string[] {
  const knowledge: Knowledge = {
    chain: () => "A",
    nameOf: () => text,
    abiOf: () => undefined,
    abis: [abi],
    isProtocol: () => false,
  };
  const note = { text, more: [text, text] };
  const input = encodeFunctionData({ abi, functionName: "tell", args: [text, note, [text]] });
  const frame: TraceFrame = {
    chain: "0x1",
    type: "CALL",
    from: address,
    to: address,
    gas: "0x0",
    gasUsed: "0x0",
    input,
  };
  const calls: TraceFrame[] = [
    { ...frame, output: encodeAbiParameters([{ type: "string" }], [text]) },
    {
      ...frame,
      error: "execution reverted",
      output: encodeErrorResult({ abi, errorName: "Refused", args: [text] }),
    },
    {
      ...frame,
      error: "execution reverted",
      output: encodeErrorResult({ abi: parseAbi(["error Error(string)"]), args: [text] }),
    },
    { ...frame, error: text, output: "0x" },
    { ...frame, error: "execution reverted", revertReason: text, output: "0x" },
    { ...frame, missing: text, warning: text },
  ];
  return treeLines(callTree({ ...frame, calls }, knowledge), knowledge).map((line) => line.text);
}

describe("a stranger's text", () => {
  for (const [what, text] of Object.entries(HOSTILE_TEXTS))
    it(`is harmless in a tree of calls, with ${what}`, () => {
      const lines = linesWith(text);
      expect(lines).to.have.length(7);
      lines.forEach(expectHarmless);
      for (const shown of [plainText(text), quotedText(text)]) expectHarmless(shown);
      const json = JSON.stringify({ [text]: [text] }, null, 2);
      expect(JSON.parse(visibleJson(json))).to.deep.equal({ [text]: [text] });
      expect(visibleJson(json)).to.not.match(/[^\P{C}\n]|\p{DI}/u);
    });

  it("says what it said: letters of all scripts, signs and faces stay", () => {
    for (const text of ["zażółć", "שלום", "数字", "naïve", "a → b", "👍"]) {
      expect(plainText(text).replace("\u200e", "")).to.equal(text);
      expect(quotedText(text).replace("\u200e", "")).to.equal(JSON.stringify(text));
    }
    expect(quotedText("two\nlines\t\u0007")).to.equal('"two\\nlines\\t\\u0007"');
    expect(plainText("two\nlines")).to.equal("two lines");
  });

  it("does not have the numbers behind it drawn in another order", () => {
    const parameters = [{ type: "string" }, { type: "uint256" }, { type: "uint256" }] as const;
    const [text] = [valueInWords("שלום", parameters[0], shortened)];
    expect(text).to.equal('"שלום"\u200e');
    expect(plainText("שלום")).to.equal("שלום\u200e");
  });

  it("is never cut within a character", () => {
    expect(quotedText("👍".repeat(100), 7)).to.equal('"👍👍👍…"');
    expect(plainText("👍".repeat(100), 7)).to.equal("👍👍👍…");
  });

  it("is shown as a string whatever its type, unless it is bytes", () => {
    expect(valueInWords("\u001bx", undefined, shortened)).to.equal('"\\u001bx"');
    expect(valueInWords("0x12", { type: "string" }, shortened)).to.equal('"0x12"');
    expect(valueInWords("0x12", { type: "bytes" }, shortened)).to.equal("0x12");
    expect(valueInWords(address, { type: "bytes20" }, shortened)).to.equal(
      "0xa1a1a1a1a1a1…a1a1a1 (20 bytes)",
    );
    expect(valueInWords(address, { type: "address" }, shortened)).to.equal("0xa1a1a1");
  });
});

describe("an ABI that no compiler wrote", () => {
  const good = parseAbi([
    "function pay(address to, (uint256 a, string[2][] b) c) returns (bool)",
    "error No()",
  ]);

  it("is left out entry by entry", () => {
    const parameter = { name: "x", type: "uint256" };
    const odd: readonly unknown[] = [
      null,
      5,
      "function f()",
      [],
      {},
      { type: "function" },
      { type: "function", name: "f", inputs: null, outputs: [] },
      { type: "function", name: "f", inputs: [null], outputs: [] },
      { type: "function", name: "f\u202e", inputs: [], outputs: [] },
      { type: "function", name: "f", inputs: [{ ...parameter, name: "\u001b[2J" }], outputs: [] },
      { type: "function", name: "f", inputs: [{ ...parameter, type: "Lib.Kind storage" }], outputs: [] },
      { type: "function", name: "f", inputs: [{ ...parameter, type: "uint256[0]" }], outputs: [] },
      { type: "function", name: "f", inputs: [{ ...parameter, type: "uint256[99999999]" }], outputs: [] },
      { type: "function", name: "f", inputs: [{ ...parameter, type: "uint7" }], outputs: [] },
      { type: "function", name: "f", inputs: [{ type: "tuple[]", components: [] }], outputs: [] },
      { type: "function", name: "f", inputs: [nested(40)], outputs: [] },
      { type: "error", name: "E" },
      { type: "event", name: "E", inputs: {} },
      { type: "constructor", inputs: "all" },
    ];
    expect(wellFormedAbi([...odd, ...good])).to.deep.equal(good);
    for (const found of [undefined, null, {}, "abi", { length: 2 }])
      expect(wellFormedAbi(found)).to.deep.equal([]);
  });

  it("cannot have data decoded for ever: 1,000,000 empty structs are not looked for", () => {
    const data: Hex = `0x12345678${"0".repeat(62)}20${"f".repeat(64)}`;
    const inputs = [{ type: "tuple[]", components: [] as never[] }];
    const index = AbiIndex.of([[{ type: "error", name: "E", inputs }]]);
    expect(errorInWords(data, index, shortened)).to.equal(undefined);
  });

  it("has many names for one selector, of which the first that fits the data is used", () => {
    // Both have the selector 0x42966c68.
    const twins = parseAbi(["error burn(uint256 value)", "error collate_propagate_storage(bytes16 x)"]);
    const data = encodeErrorResult({ abi: twins, errorName: "burn", args: [7n] });
    expect(errorInWords(data, AbiIndex.of([twins]), shortened)).to.equal("burn(7)");
    expect(errorInWords(data.slice(0, 40) as Hex, AbiIndex.of([twins]), shortened)).to.equal(undefined);
  });
});

function nested(depth: number): object {
  return depth === 0
    ? { type: "uint256" }
    : { name: "inner", type: "tuple", components: [nested(depth - 1)] };
}
