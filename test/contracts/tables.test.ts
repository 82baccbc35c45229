import { expect } from "chai";
import { concatHex, encodeFunctionData, type Hex, keccak256, numberToHex } from "viem";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import type { Execution } from "../../builder/protocol/execution.ts";
import { type ChainId, L1 } from "../../builder/protocol/ids.ts";
import { batchOf, call, execution, REMOTE, result, simpleCall, step, triggerHash, visit } from "./lists.ts";
import { expectError, expectRevert, mined } from "./outcome.ts";
import { runSteps, proxy } from "./run-steps.ts";
import { deploy, rootAt, rootHex, type Setup } from "./setup.ts";

const [r0, r1, r2] = [rootAt(0), rootAt(1), rootAt(2)];

describe("Rollups: tables", () => {
  let s: Setup;
  let a: ChainId;
  let b: ChainId;
  let user: Hex;
  let there: Hex;

  beforeEach(async () => {
    s = await deploy();
    ({ a, b } = s);
    user = s.actor.address;
    there = await proxy(s, REMOTE, a);
  });

  /** As many executions of one rollup as one table can tell apart, none of which is called. */
  const dummies = (rollup: ChainId) =>
    Array.from({ length: 192 }, () => simpleCall(rollup, REMOTE, [r0, r0]));

  it("of others take nobody's place: 192 dummies stop neither another batch of the block nor one behind it", async () => {
    const full = await batchOf(s, dummies(b));
    const wanted = await batchOf(s, [
      simpleCall(a, user, [r0, r1], { answer: "0x01" }),
      simpleCall(a, user, [r1, r2], { answer: "0x02" }),
    ]);
    const { provider } = s.connection;
    await provider.request({ method: "evm_setAutomine", params: [false] });
    const gas = 16_000_000n;
    const stranger = { account: s.stranger, gas };
    const sent = [
      await s.rollups.write.postBatch([full], stranger),
      await s.rollups.write.postBatch([wanted], { gas }),
      await s.rollups.write.postBatch([{ ...full, timestamp: full.timestamp - 1n }], stranger),
      await s.actor.write.play([[step(there), step(there)]], { gas }),
    ];
    await s.networkHelpers.mine();
    await provider.request({ method: "evm_setAutomine", params: [true] });
    const receipts = await Promise.all(sent.map((hash) => mined(s, Promise.resolve(hash))));
    expect(new Set(receipts.map(({ blockNumber }) => blockNumber)).size).to.equal(1);
    expect((await s.rollups.read.rollupOf([a])).root).to.equal(rootHex(r2));
  });

  it("consume each its own: what one has consumed, the same place of another has not", async () => {
    const thereB = await proxy(s, REMOTE, b);
    const first = await batchOf(s, [simpleCall(a, user, [r0, r1], { answer: "0x01" })]);
    const second = await batchOf(s, [simpleCall(b, user, [r0, r1], { answer: "0x02" })]);
    const { outcomes } = await runSteps(
      s,
      [first, second],
      [
        step(there),
        step(thereB),
        step(there, "0x", { mayFail: true }),
        step(thereB, "0x", { mayFail: true }),
      ],
    );
    expect(outcomes.map(({ success }) => success)).to.deep.equal([true, true, false, false]);
    for (const { data } of outcomes.slice(2)) expectError(data, "ExecutionNotFound");
  });

  it("are left behind with their block, though they stay in storage", async () => {
    const batch = await batchOf(s, [simpleCall(a, user, [r0, r1])]);
    await mined(s, s.rollups.write.postBatch([batch]));
    await s.networkHelpers.mine();
    await expectRevert(s.actor.simulate.play([[step(there)]]), "ExecutionNotFound");
    // A table of the next block that is shorter than the one before it.
    const other = await batchOf(s, [simpleCall(b, user, [r0, r1])]);
    const { outcomes } = await runSteps(s, [other], [step(there, "0x", { mayFail: true })]);
    expectError(outcomes[0]?.data ?? "0x", "ExecutionNotFound");
  });

  it("are found by whole keys: one that agrees in what the index shows is another", async () => {
    const calling = (n: number, answer: Hex): Execution =>
      simpleCall(a, user, [r0, r0], { data: numberToHex(n), answer });
    const keyOf = (item: Execution) => keccak256(concatHex([triggerHash(item), rootHex(r0)]));
    // What the index shows of a key are its first two bytes, and its last ones say where it stands.
    const tagOf = (item: Execution) => keyOf(item).slice(0, 6);
    const posted = calling(1, "0x01");
    let n = 2;
    while (tagOf(calling(n, "0x02")) !== tagOf(posted)) n++;
    const twin = calling(n, "0x02");
    const [one, two] = [step(there, numberToHex(1)), step(there, numberToHex(n), { mayFail: true })];
    const alone = await runSteps(s, [await batchOf(s, [posted])], [two, one]);
    expectError(alone.outcomes[0]?.data ?? "0x", "ExecutionNotFound", [triggerHash(twin)]);
    expect(alone.outcomes[1]?.data).to.equal("0x01");
    for (const both of [
      [posted, twin],
      [twin, posted],
    ]) {
      const { outcomes } = await runSteps(s, [await batchOf(s, both)], [one, two]);
      expect(outcomes.map(({ data }) => data)).to.deep.equal(["0x01", "0x02"]);
    }
  }).timeout(60_000);

  it("give back every byte, wherever in a slot it stands", async () => {
    // Each answer moves what comes after it on by another number of bytes.
    const looks = Array.from({ length: 70 }, (_, at) => {
      const data = numberToHex(at + 1);
      const answer: Hex = `0x${"c5".repeat(at)}${"00".repeat(at % 3)}`;
      return execution(
        [call(L1, a, user, REMOTE, { data, isStatic: true }), result(a, L1, answer)],
        [visit(a, r0)],
      );
    });
    const steps = looks.map((_, at) => step(there, numberToHex(at + 1), { isStatic: true }));
    const { outcomes } = await runSteps(s, [await batchOf(s, looks)], steps);
    for (const [at, { actions }] of looks.entries())
      expect(outcomes[at]?.data, `answer ${String(at)}`).to.equal(actions[1]?.data);
  });

  it("take no storage that the fullest block so far has not taken", async () => {
    const one = (n: number) => simpleCall(a, user, [rootAt(n), rootAt(n + 1)]);
    const grown = await slotsOf(async () => {
      await runSteps(s, [await batchOf(s, [...dummies(b).slice(0, 60), one(0)])], [step(there)]);
    });
    expect(grown.size).to.be.greaterThan(60);
    for (let block = 1; block < 4; block++) {
      const again = await slotsOf(async () => {
        await runSteps(s, [await batchOf(s, [one(block)]), await batchOf(s, [one(block)])], [step(there)]);
      });
      for (const slot of again) expect(grown.has(slot), `slot ${slot} was there`).to.equal(true);
    }
  });

  it("can be made room for, which costs what they would, and touches no live one", async () => {
    const batch = await batchOf(s, [simpleCall(a, user, [r0, r1], { answer: `0x${"7a".repeat(2_000)}` })]);
    const snapshot = await s.networkHelpers.takeSnapshot();
    const unprepared = await mined(s, s.rollups.write.postBatch([batch]));
    await snapshot.restore();
    await mined(s, s.rollups.write.prepareTables([1, 100]));
    const prepared = await mined(s, s.rollups.write.postBatch([batch]));
    expect(Number(unprepared.gasUsed - prepared.gasUsed)).to.be.within(60 * 17_000, 75 * 17_200);
    await snapshot.restore();
    const prepare = step(s.rollups.address, encodePrepare(1, 40));
    const { outcomes } = await runSteps(s, [batch], [prepare, step(there)]);
    expect(outcomes[1]?.data).to.equal(`0x${"7a".repeat(2_000)}`);
  });

  /** Slots of `Rollups` that are written while `act` sends its transaction. */
  async function slotsOf(act: () => Promise<void>): Promise<Set<string>> {
    await act();
    const { transactions } = await s.publicClient.getBlock();
    const [hash] = transactions;
    const trace: unknown = await s.connection.provider.request({
      method: "debug_traceTransaction",
      params: [hash, { disableMemory: true, disableStorage: true }],
    });
    return new Set(stored(trace));
  }
});

function encodePrepare(first: number, count: number): Hex {
  return encodeFunctionData({ abi: rollupsAbi, functionName: "prepareTables", args: [first, count] });
}

/** Slots named by every SSTORE. */
function stored(trace: unknown): string[] {
  if (typeof trace !== "object" || trace === null || !("structLogs" in trace)) throw new Error("no trace");
  const { structLogs } = trace;
  if (!Array.isArray(structLogs)) throw new Error("no trace");
  return structLogs.flatMap((log: unknown) => {
    if (typeof log !== "object" || log === null || !("op" in log) || !("stack" in log)) return [];
    if (log.op !== "SSTORE" || !Array.isArray(log.stack)) return [];
    return [BigInt(String(log.stack.at(-1))).toString(16)];
  });
}
