import { expect } from "chai";
import fc from "fast-check";
import { type L1Frame, parseCallTrace } from "../../builder/l1/call-tracer.ts";

const CALLER = "0x00000000000000000000000000000000000000Aa";
const CALLEE = "0x00000000000000000000000000000000000000bB";

describe("a node's call trace", () => {
  const call = { type: "CALL", from: CALLER, to: CALLEE, gas: "0x5208", gasUsed: "0x10", input: "0x12" };

  it("is read with what the node left out, and kept as the node said it", () => {
    expect(parseCallTrace({ ...call, value: "0x7", output: "0x34", nonsense: [1] })).to.deep.equal({
      type: "CALL",
      from: CALLER.toLowerCase(),
      to: CALLEE.toLowerCase(),
      value: 7n,
      gas: 21_000n,
      gasUsed: 16n,
      input: "0x12",
      output: "0x34",
      calls: [],
      raw: { ...call, value: "0x7", output: "0x34", nonsense: [1] },
    });
    const bare = parseCallTrace({ type: "CREATE", from: CALLER, error: "out of gas", calls: [] });
    expect(bare).to.deep.include({ value: 0n, gas: 0n, gasUsed: 0n, input: "0x", output: "0x" });
    expect(bare).to.have.property("error", "out of gas");
    expect(bare).to.not.have.property("to");
    expect(bare?.raw).to.deep.equal({ type: "CREATE", from: CALLER, error: "out of gas" });
  });

  it("has its frames in their order, those of SELFDESTRUCT as well", () => {
    const inner = (gas: string, calls: unknown[] = []) => ({ ...call, gas, calls });
    const gone = { type: "SELFDESTRUCT", from: CALLER, to: CALLEE, gas: "0x0", gasUsed: "0x0", input: "0x" };
    const root = parseCallTrace(inner("0x1", [inner("0x2", [inner("0x3"), gone]), inner("0x4")]));
    const order = (frame: L1Frame): unknown[] => [[frame.type, frame.gas], ...frame.calls.flatMap(order)];
    expect(root && order(root)).to.deep.equal([
      ["CALL", 1n],
      ["CALL", 2n],
      ["CALL", 3n],
      ["SELFDESTRUCT", 0n],
      ["CALL", 4n],
    ]);
  });

  it("may nest as deeply as it likes", () => {
    const depth = 20_000;
    let deepest: unknown = call;
    for (let level = 1; level < depth; level++) deepest = { ...call, calls: [deepest] };
    let levels = 0;
    for (let at = parseCallTrace(deepest); at !== undefined; at = at.calls[0]) levels++;
    expect(levels).to.equal(depth);
  });

  it("is none if any of its frames is none", () => {
    for (const wrong of [
      { type: "STEP" },
      { from: "0x12" },
      { to: 7 },
      { value: "7" },
      { gas: "0x" },
      { gasUsed: null },
      { input: "12" },
      { output: "0xzz" },
      { calls: {} },
      { error: 1 },
    ]) {
      expect(parseCallTrace({ ...call, ...wrong }), JSON.stringify(wrong)).to.equal(undefined);
      expect(parseCallTrace({ ...call, calls: [call, { ...call, ...wrong }] })).to.equal(undefined);
    }
  });

  it("may be anything at all", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (answer) => {
        const read = parseCallTrace(answer);
        expect(read === undefined || typeof answer === "object").to.equal(true);
      }),
    );
  });
});
