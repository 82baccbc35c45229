import { expect } from "chai";
import {
  type Address,
  encodeErrorResult,
  encodeFunctionData,
  encodeFunctionResult,
  type Hex,
  parseAbi,
} from "viem";
import { Names } from "../../builder/devnet/names.ts";
import { executionLines } from "../../builder/cli/show/execution-lines.ts";
import {
  type Action,
  ActionKind,
  l2txAction,
  revertAction,
  revertContinueAction,
} from "../../builder/protocol/action.ts";
import { type Execution, MarkKind } from "../../builder/protocol/execution.ts";
import { chainId } from "../../builder/protocol/ids.ts";

const zero: Address = "0x0000000000000000000000000000000000000000";
const account = (digit: number): Address => `0x${digit.toString().repeat(40)}`;
const [payer, till, shop] = [account(1), account(2), account(3)];
const abi = parseAbi([
  "function pay(uint256 amount) returns (bool)",
  "function look() view returns (uint256)",
  "error Closed(address by)",
]);
const names = new Names(
  new Map([
    [0n, "L1"],
    [1n, "A"],
  ]),
  [
    { chain: 0n, address: payer, name: "Payer" },
    { chain: 1n, address: till, name: "Till", abi },
    // The same address is another contract elsewhere.
    { chain: 0n, address: till, name: "Shop", abi },
  ],
);
const base = {
  sender: zero,
  target: zero,
  value: 0n,
  failed: false,
  isStatic: false,
  gas: 0,
  data: "0x" as Hex,
};
const call = (from: bigint, to: bigint, more: Partial<Action>): Action => ({
  ...base,
  kind: ActionKind.CALL,
  from: chainId(from),
  to: chainId(to),
  ...more,
});
const result = (from: bigint, to: bigint, data: Hex, failed = false): Action => ({
  ...base,
  kind: ActionKind.RESULT,
  from: chainId(from),
  to: chainId(to),
  data,
  failed,
});
const pay = (amount: bigint): Hex => encodeFunctionData({ abi, functionName: "pay", args: [amount] });
const paid: Hex = encodeFunctionResult({ abi, functionName: "pay", result: true });
const execution = (actions: Action[], marks: Execution["marks"] = []): Execution => ({
  actions,
  visits: [],
  marks,
});

describe("traces of executions", () => {
  it("nest calls, and name functions, errors and contracts by the chain that they are on", () => {
    const closed = encodeErrorResult({ abi, errorName: "Closed", args: [payer] });
    const lines = executionLines(
      execution([
        call(0n, 1n, { sender: payer, target: till, data: pay(5n), value: 10n ** 18n }),
        call(1n, 0n, { sender: till, target: till, data: "0x12345678", isStatic: true }),
        result(0n, 1n, closed, true),
        result(1n, 0n, paid),
      ]),
      names,
    );
    expect(lines).to.deep.equal([
      "L1 → A  Payer calls Till.pay(5) with 1 ETH",
      "  A → L1  Till reads Shop 0x12345678…",
      "  L1 → A  fails: Closed(Payer)",
      "A → L1  returns true",
    ]);
  });

  it("go back to where L1 went on after undoing what it did", () => {
    const lines = executionLines(
      execution(
        [
          call(0n, 1n, { sender: payer, target: till, data: pay(1n) }),
          call(1n, 0n, { sender: till, target: shop, data: "0x" }),
          call(0n, 1n, { sender: shop, target: till, data: pay(2n) }),
          result(1n, 0n, paid),
          result(0n, 1n, "0x"),
          result(1n, 0n, paid),
        ],
        [{ kind: MarkKind.RESUME, at: 2, to: 4 }],
      ),
      names,
    );
    expect(lines.map((line) => line.length - line.trimStart().length)).to.deep.equal([0, 2, 4, 4, 4, 2, 0]);
    expect(lines[4]).to.equal("    L1 undid that, and went on otherwise");
  });

  it("tell of frames of rollups that revert, without taking them for calls", () => {
    const lines = executionLines(
      execution([
        l2txAction(chainId(1), "0x02ff"),
        call(1n, 0n, { sender: till, target: shop, data: "0x" }),
        result(0n, 1n, "0x"),
        revertAction(chainId(1), 0),
        revertContinueAction(chainId(1)),
        result(1n, 0n, "0x01"),
      ]),
      names,
    );
    expect(lines[0]).to.equal("L1 → A  a transaction signed for A, 2 bytes");
    expect(lines[3]).to.match(/^ {2}A → L1 {2}a frame of A reverts/);
    expect(lines[4]).to.match(/^ {2}L1 → A/);
    expect(lines[5]).to.equal("A → L1  returns 0x01");
  });
});
