import { expect } from "chai";
import { encodeErrorResult, encodeFunctionData, getContract, type Hex, pad, parseAbi } from "viem";
import { type BatchValue, encodeBatchValue } from "../../builder/protocol/batch.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { revertDataOnL1 } from "../../builder/protocol/remote-error.ts";
import type { ChainId } from "../../builder/protocol/ids.ts";
import { batchOf, REMOTE, simpleCall, step, triggerHash } from "./lists.ts";
import { eventsOf, expectError, expectRevert } from "./outcome.ts";
import { runSteps, proxy } from "./run-steps.ts";
import { deploy, rootAt, type Setup } from "./setup.ts";

const [r0, r1] = [rootAt(0), rootAt(1)];
const ORDER: Hex = "0x0a11";

const buyerAbi = parseAbi([
  "constructor(address shop)",
  "error OutOfGas()",
  "function buy(bytes order) payable",
  "function bought() view returns (uint256)",
  "function refused() view returns (uint256)",
  "function lastRefusal() view returns (bytes)",
]);

/** Every error that `relay` itself may raise, with some arguments. */
const OWN_ERRORS: readonly Hex[] = [
  encodeErrorResult({ abi: rollupsAbi, errorName: "ExecutionNotFound", args: [pad("0x77")] }),
  encodeErrorResult({ abi: rollupsAbi, errorName: "UnexpectedAction", args: [pad("0x77"), pad("0x78")] }),
  encodeErrorResult({ abi: rollupsAbi, errorName: "RemoteError", args: ["0x7711"] }),
  encodeErrorResult({ abi: rollupsAbi, errorName: "InsufficientRollupBalance", args: [1n, 2n, 3n] }),
  encodeErrorResult({ abi: rollupsAbi, errorName: "NativeTokenRollup", args: [1n] }),
  encodeErrorResult({ abi: rollupsAbi, errorName: "UnknownRollup", args: [1n] }),
  encodeErrorResult({ abi: rollupsAbi, errorName: "ValueTooLarge", args: [1n] }),
  encodeErrorResult({ abi: rollupsAbi, errorName: "ReturnDataTooLarge", args: [1n] }),
  encodeErrorResult({ abi: rollupsAbi, errorName: "InsufficientCallGas", args: [1n, 2n] }),
  encodeErrorResult({ abi: rollupsAbi, errorName: "InsufficientProbeGas", args: [1n, 2n] }),
];

describe("Contracts that catch failures of other chains", () => {
  let s: Setup;
  let a: ChainId;
  let there: Hex;
  let buyer: Hex;

  beforeEach(async () => {
    s = await deploy();
    ({ a } = s);
    there = await proxy(s, REMOTE, a);
    buyer = await s.create("ThriftyBuyer", buyerAbi, [there]);
  });

  const contract = () =>
    getContract({
      abi: buyerAbi,
      address: buyer,
      client: { public: s.publicClient, wallet: s.walletClient },
    });
  const refusal = (data: Hex) => simpleCall(a, buyer, [r0, r0], { data: ORDER, answer: data, failed: true });
  const sale = () => simpleCall(a, buyer, [r0, r1], { data: ORDER });
  const order = (gas = 0n) => step(buyer, encodeBuy(), gas === 0n ? {} : { gas, mayFail: true });
  const counts = async () => ({
    bought: await contract().read.bought(),
    refused: await contract().read.refused(),
  });
  /** What the proxy itself reverts with. */
  const raw = async (batch: BatchValue): Promise<Hex> => {
    const { outcomes } = await runSteps(s, [batch], [step(there, ORDER, { mayFail: true })]);
    return outcomes[0]?.data ?? "0x";
  };

  it("go on when the remote contract refuses, and when it sells", async () => {
    await runSteps(s, [await batchOf(s, [refusal("0xdeadbeef01")])], [order()]);
    expect(await counts()).to.deep.equal({ bought: 0n, refused: 1n });
    expect(await contract().read.lastRefusal()).to.equal("0xdeadbeef01");
    await runSteps(s, [await batchOf(s, [sale()])], [order()]);
    expect(await counts()).to.deep.equal({ bought: 1n, refused: 1n });
  });

  it("cannot be driven by leaving the batch out", async () => {
    await expectRevert(s.actor.simulate.play([[order()]]), "ExecutionNotFound", [triggerHash(sale())]);
    // Nor by posting it for other roots, nor inside of another execution that does not foresee it.
    const other = simpleCall(a, buyer, [r1, r1], { data: ORDER, answer: "0xdead", failed: true });
    const batch = await batchOf(s, [other]);
    const steps = [step(s.rollups.address, encodeBatchValue(batch)), order()];
    await expectRevert(s.actor.simulate.play([steps]), "ExecutionNotFound");
    expect(await counts()).to.deep.equal({ bought: 0n, refused: 0n });
  });

  it("cannot be driven by little gas, nor by tables that make a look-up dear", async () => {
    const dummy = await batchOf(s, [simpleCall(s.b, REMOTE, [r0, r0])]);
    const batch = await batchOf(s, [sale()]);
    const inFront = Array.from({ length: 12 }, (_, at) => ({
      ...dummy,
      timestamp: dummy.timestamp - BigInt(at),
    }));
    const seen = new Set<string>();
    for (let gas = 30_000n; gas < 420_000n; gas += 6_000n) {
      const snapshot = await s.networkHelpers.takeSnapshot();
      const { outcomes } = await runSteps(s, [batch, ...inFront], [order(gas)]);
      const { bought, refused } = await counts();
      expect(refused, `refused with ${String(gas)} gas`).to.equal(0n);
      expect(bought === 1n).to.equal(outcomes[0]?.success);
      seen.add(outcomes[0]?.success === true ? "bought" : (outcomes[0]?.data.slice(0, 10) ?? ""));
      await snapshot.restore();
    }
    expect([...seen]).to.include.members([
      "bought",
      encodeErrorResult({ abi: buyerAbi, errorName: "OutOfGas" }),
    ]);
  }).timeout(120_000);

  it("tell a remote contract that imitates Lockstep's errors from Lockstep", async () => {
    for (const imitation of OWN_ERRORS) {
      await runSteps(s, [await batchOf(s, [refusal(imitation)])], [order()]);
      expect(await contract().read.lastRefusal()).to.equal(imitation);
      const failing = simpleCall(a, s.actor.address, [r0, r0], {
        data: ORDER,
        answer: imitation,
        failed: true,
      });
      const seen = await raw(await batchOf(s, [failing]));
      expectError(seen, "RemoteError", [imitation]);
      expect(revertDataOnL1(imitation)).to.equal(seen);
    }
    expect(await counts()).to.deep.equal({ bought: 0n, refused: BigInt(OWN_ERRORS.length) });
  });

  it("get everything else as the remote contract says it, byte for byte", async () => {
    for (const data of ["0x", "0x00", "0xb2c4aa", "0xdeadbeef", "0xdeadbeef01"] as const) {
      const failing = simpleCall(a, s.actor.address, [r0, r0], { data: ORDER, answer: data, failed: true });
      expect(await raw(await batchOf(s, [failing]))).to.equal(data);
      expect(revertDataOnL1(data)).to.equal(data);
    }
    // Errors that only other entry points raise can only be the remote contract's.
    const busy = encodeErrorResult({ abi: rollupsAbi, errorName: "Busy" });
    const failing = simpleCall(a, s.actor.address, [r0, r0], { data: ORDER, answer: busy, failed: true });
    expect(await raw(await batchOf(s, [failing]))).to.equal(busy);
  });

  it("see a real miss as it is", async () => {
    const { outcomes, receipt } = await runSteps(s, [], [step(there, ORDER, { mayFail: true })]);
    expectError(outcomes[0]?.data ?? "0x", "ExecutionNotFound");
    expect(eventsOf(receipt)).to.deep.equal([]);
  });
});

function encodeBuy(): Hex {
  return encodeFunctionData({ abi: buyerAbi, functionName: "buy", args: [ORDER] });
}
