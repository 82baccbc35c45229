import { expect } from "chai";
import { encodeErrorResult, encodeFunctionData, encodeFunctionResult, type Hex, parseAbi } from "viem";
import { callTree, type Knowledge, type TraceFrame, treeLines } from "lockstep-client/tree";

const abi = parseAbi([
  "function pay(address to, uint256 amount) returns (bool)",
  "error Broke(uint256 missing)",
]);
const [ALICE, SHOP, TILL, PROXY, MANAGER]: Hex[] = ["a1", "50", "71", "b0", "e0"].map(
  (byte): Hex => `0x${byte.repeat(20)}`,
);
const input = encodeFunctionData({ abi, functionName: "pay", args: [ALICE!, 7n] });
const output = encodeFunctionResult({ abi, functionName: "pay", result: true });

const knowledge: Knowledge = {
  chain: (chain) => (chain === "0x0" ? "L1" : "A"),
  nameOf: (_chain, address) => ({ [ALICE!]: "alice", [SHOP!]: "Shop", [TILL!]: "Till" })[address],
  abiOf: () => undefined,
  abis: [abi],
  isProtocol: (_chain, address) => address === MANAGER,
};

const frame = (to: Hex, fields: Partial<TraceFrame> = {}): TraceFrame => ({
  chain: "0x0",
  type: "CALL",
  from: ALICE!,
  to,
  gas: "0x100",
  gasUsed: "0x10",
  input,
  ...fields,
});
/** A call through a proxy: the proxy's frame, its manager's, and what ran on the other chain. */
const across = (callee: TraceFrame | undefined, fields: Partial<TraceFrame> = {}): TraceFrame => {
  const reached = callee === undefined ? { missing: "it was undone" } : { calls: [callee] };
  return frame(PROXY!, { ...fields, calls: [frame(MANAGER!, { input: "0x", crossing: "0x1", ...reached })] });
};
const lines = (root: TraceFrame): string[] =>
  treeLines(callTree(root, knowledge), knowledge).map(
    ({ prefix, chain, text }) => `${prefix}${chain} ${text}`,
  );

describe("the call tree in words", () => {
  it("leaves out proxies and the protocol, and names functions, arguments and results", () => {
    const callee = frame(TILL!, { chain: "0x1", output, value: "0xde0b6b3a7640000" });
    expect(lines(frame(SHOP!, { output, calls: [across(callee)] }))).to.deep.equal([
      "L1 Shop.pay(alice, 7) → true",
      "└─ A Till.pay(alice, 7) with 1 ETH from L1 → true",
    ]);
  });

  it("says why a call failed, and what it took along", () => {
    const error = encodeErrorResult({ abi, errorName: "Broke", args: [3n] });
    const failing = frame(SHOP!, {
      error: "execution reverted",
      output: error,
      calls: [across(frame(TILL!, { chain: "0x1", output }))],
    });
    expect(lines(frame(SHOP!, { output, calls: [failing, frame(TILL!, { output })] }))).to.deep.equal([
      "L1 Shop.pay(alice, 7) → true",
      "├─ L1 Shop.pay(alice, 7) ✗ Broke(3)",
      "│  └─ A Till.pay(alice, 7) from L1 → true (undone)",
      "└─ L1 Till.pay(alice, 7) → true",
    ]);
  });

  it("says what is not there, and shows data that no ABI tells of as it is", () => {
    expect(
      lines(frame(SHOP!, { input: "0x12345678", output: "0x01", calls: [across(undefined)] })),
    ).to.deep.equal(["L1 Shop 0x12345678 → 0x01", "└─ L1 0xb0b0b0…b0b0.pay(alice, 7) (on A: it was undone)"]);
  });
});
