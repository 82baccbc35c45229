import { expect } from "chai";
import { encodeErrorResult, encodeFunctionData, getAddress, type Hex, pad, toHex } from "viem";
import { encodeBatchValue } from "../../builder/protocol/batch.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { hashAction } from "../../builder/protocol/action.ts";
import type { Execution } from "../../builder/protocol/execution.ts";
import { type ChainId, L1 } from "../../builder/protocol/ids.ts";
import {
  batchOf,
  call,
  execution,
  REMOTE,
  REMOTE2,
  result,
  simpleCall,
  type Step,
  step,
  triggerHash,
  visit,
} from "./lists.ts";
import { expectError, expectRevert, mined } from "./outcome.ts";
import { runSteps, postAndRun, program, proxy, stateOf } from "./run-steps.ts";
import { deploy, rootAt, rootHex, type Setup } from "./setup.ts";

const PASS_ON = { abi: rollupsAbi, functionName: "passOn" } as const;
const [r0, r1, r2] = [rootAt(0), rootAt(1), rootAt(2)];

describe("Rollups: what is not consumed", () => {
  let s: Setup;
  let a: ChainId;
  let user: Hex;
  let there: Hex;

  beforeEach(async () => {
    s = await deploy();
    a = s.a;
    user = s.actor.address;
    there = await proxy(s, REMOTE, a);
  });

  /** One call after a post, in the same transaction, reverts. */
  const refuses = async (posted: Execution, called: Step, errorName: string, args: readonly unknown[]) => {
    const steps = [step(s.rollups.address, encodeBatchValue(await batchOf(s, [posted]))), called];
    await expectRevert(s.actor.simulate.play([steps], { value: called.value }), errorName, args);
  };

  it("a call with other data, value, sender or target", async () => {
    const base = { value: 5n, data: "0x1234" } as const;
    const posted = simpleCall(a, user, [r0, r1], base);
    const actual = (change: object) => [triggerHash(simpleCall(a, user, [r0, r1], { ...base, ...change }))];
    await refuses(
      posted,
      step(there, "0x1235", { value: 5n }),
      "ExecutionNotFound",
      actual({ data: "0x1235" }),
    );
    await refuses(posted, step(there, "0x1234", { value: 6n }), "ExecutionNotFound", actual({ value: 6n }));
    await refuses(posted, step(there, "0x1234"), "ExecutionNotFound", actual({ value: 0n }));
    const elsewhere = await proxy(s, REMOTE2, a);
    await refuses(posted, step(elsewhere, "0x1234", { value: 5n }), "ExecutionNotFound", [
      hashAction(call(L1, a, user, REMOTE2, base)),
    ]);
    await refuses(
      simpleCall(a, s.other.address, [r0, r1], base),
      step(there, "0x1234", { value: 5n }),
      "ExecutionNotFound",
      actual({}),
    );
  });

  it("a call that was posted as static, and the other way round", async () => {
    const still = simpleCall(a, user, [r0, r0], { isStatic: true });
    const moving = simpleCall(a, user, [r0, r0]);
    await refuses(still, step(there), "ExecutionNotFound", [triggerHash(moving)]);
    await refuses(moving, step(there, "0x", { isStatic: true }), "ExecutionNotFound", [triggerHash(still)]);
  });

  it("a call that a caller tries to pass off as static by giving it little gas", async () => {
    const still = simpleCall(a, user, [r0, r0], { isStatic: true, answer: "0x01" });
    const steps = [step(s.rollups.address, encodeBatchValue(await batchOf(s, [still])))];
    for (let gas = 4_000n; gas <= 60_000n; gas += 500n) steps.push(step(there, "0x", { gas, mayFail: true }));
    const { result: outcomes } = await s.actor.simulate.play([steps]);
    expect(outcomes.slice(1).some(({ success }) => success)).to.equal(false);
    const probes = outcomes.filter(({ data }) => data.length === 2 + 8 + 128);
    for (const { data } of probes) expectError(data, "InsufficientProbeGas");
    expect(probes.length).to.be.greaterThan(0);
  });

  it("Ether that lies at a proxy's address: it is passed on as a call that the proxy makes, or stays", async () => {
    const ahead = await s.rollups.read.proxyOf([REMOTE2, a]);
    await mined(s, s.walletClient.sendTransaction({ to: ahead, value: 7n }));
    const onward = call(L1, a, ahead, REMOTE2, { value: 7n });
    const passOn = step(s.rollups.address, encodeFunctionData({ ...PASS_ON, args: [REMOTE2, a] }));
    await expectRevert(s.actor.simulate.play([[passOn]]), "ExecutionNotFound", [hashAction(onward)]);
    const list = execution([onward, result(a, L1)], [visit(a, r0, r1)]);
    await postAndRun(s, [list], [passOn, passOn]);
    expect(await stateOf(s, a)).to.deep.equal({ root: rootHex(r1), balance: 7n });
    expect(await s.publicClient.getBalance({ address: ahead })).to.equal(0n);
    await expectRevert(s.rollups.simulate.passOn([REMOTE2, 99n]), "UnknownRollup", [99n]);
  });

  it("a second time, in the same block or the next", async () => {
    const once = simpleCall(a, user, [r0, r0]);
    const { outcomes } = await postAndRun(s, [once], [step(there), step(there, "0x", { mayFail: true })]);
    expectError(outcomes[1]?.data ?? "0x", "ExecutionNotFound", [triggerHash(once)]);
    await s.networkHelpers.mine();
    await expectRevert(s.actor.simulate.play([[step(there)]]), "ExecutionNotFound", [triggerHash(once)]);
  });

  it("after a reorganisation to another state", async () => {
    const once = simpleCall(a, user, [r0, r1]);
    const snapshot = await s.networkHelpers.takeSnapshot();
    await postAndRun(s, [once], [step(there)]);
    expect((await stateOf(s, a)).root).to.equal(rootHex(r1));
    await snapshot.restore();
    expect((await stateOf(s, a)).root).to.equal(rootHex(r0));
    await expectRevert(s.actor.simulate.play([[step(there)]]), "ExecutionNotFound", [triggerHash(once)]);
    await postAndRun(s, [once], [step(there)]);
    expect((await stateOf(s, a)).root).to.equal(rootHex(r1));
  });

  it("an execution whose L1 call ends otherwise than the list says", async () => {
    await program(s, s.other, "0x01", { answer: "0xaa" });
    const listed = (said: ReturnType<typeof result>) =>
      execution(
        [
          call(L1, a, user, REMOTE),
          call(a, L1, REMOTE, s.other.address, { data: "0x01" }),
          said,
          result(a, L1),
        ],
        [visit(a, r0, r1)],
      );
    const actual = hashAction(result(L1, a, "0xaa"));
    for (const said of [result(L1, a, "0xab"), result(L1, a, "0xaa", true), result(L1, a)]) {
      await refuses(listed(said), step(there), "UnexpectedAction", [hashAction(said), actual]);
    }
    await postAndRun(s, [listed(result(L1, a, "0xaa"))], [step(there)]);
  });

  it("a call in the middle of an execution that is not the next in it", async () => {
    const again = call(L1, a, s.other.address, REMOTE, { data: "0x02" });
    const wrong = step(there, "0x03", { mayFail: true });
    await program(s, s.other, "0x01", { steps: [wrong], echoes: true });
    const posted = execution(
      [
        call(L1, a, user, REMOTE),
        call(a, L1, REMOTE, s.other.address, { data: "0x01" }),
        again,
        result(a, L1),
        result(L1, a),
        result(a, L1),
      ],
      [visit(a, r0, r1)],
    );
    // The L1 contract sees the mismatch, passes it on as its answer, and that is no action of the list
    // either.
    const seen = encodeErrorResult({
      abi: s.rollups.abi,
      errorName: "UnexpectedAction",
      args: [hashAction(again), hashAction(call(L1, a, s.other.address, REMOTE, { data: "0x03" }))],
    });
    await refuses(posted, step(there), "UnexpectedAction", [
      hashAction(again),
      hashAction(result(L1, a, seen)),
    ]);
  });

  it("another execution's trigger while one is open", async () => {
    const thereB = await proxy(s, REMOTE, s.b);
    await program(s, s.other, "0x01", { steps: [step(thereB)] });
    const posted = execution(
      [
        call(L1, a, user, REMOTE),
        call(a, L1, REMOTE, s.other.address, { data: "0x01" }),
        result(L1, a),
        result(a, L1),
      ],
      [visit(a, r0, r1)],
    );
    const nested = simpleCall(s.b, s.other.address, [r0, r1]);
    const steps = [
      step(s.rollups.address, encodeBatchValue(await batchOf(s, [posted, nested]))),
      step(there),
    ];
    await expectRevert(s.actor.simulate.play([steps]), "UnexpectedAction");
  });

  it("more Ether than is held for the rollup", async () => {
    const posted = execution(
      [
        call(L1, a, user, REMOTE, { value: 3n }),
        call(a, L1, REMOTE, user, { value: 4n }),
        result(L1, a),
        result(a, L1),
      ],
      [visit(a, r0, r1)],
    );
    // Another rollup's Ether is there, but it is not this rollup's.
    const forB = simpleCall(s.b, user, [r0, r1], { value: 100n });
    await postAndRun(s, [forB], [step(await proxy(s, REMOTE, s.b), "0x", { value: 100n })]);
    await refuses(posted, step(there, "0x", { value: 3n }), "InsufficientRollupBalance", [a, 0n, 1n]);
  });

  it("Ether for a rollup with its own token", async () => {
    const native = await s.register({ nativeToken: true });
    const thereNative = await proxy(s, REMOTE, native);
    const posted = simpleCall(native, user, [r0, r1]);
    await refuses(posted, step(thereNative, "0x", { value: 1n }), "NativeTokenRollup", [native]);
  });

  it("an answer of more data than a table could hold", async () => {
    const verbose = await s.create("Verbose");
    const listed = (size: number) =>
      execution(
        [
          call(L1, a, user, REMOTE),
          call(a, L1, REMOTE, verbose, { data: pad(toHex(size)) }),
          result(L1, a, pad("0x", { size })),
          result(a, L1),
        ],
        [visit(a, r0, r1)],
      );
    await refuses(listed(32_769), step(there), "ReturnDataTooLarge", [32_769n]);
    await postAndRun(s, [listed(32_768)], [step(there)]);
  });

  it("a value that no action can carry", async () => {
    const huge = 2n ** 128n;
    await s.networkHelpers.setBalance(s.owner, 2n ** 129n);
    await expectRevert(
      s.actor.simulate.play([[step(there, "0x", { value: huge })]], { value: huge }),
      "ValueTooLarge",
      [huge],
    );
  });

  it("an entry point that is for the contract itself", async () => {
    await expectRevert(
      s.rollups.simulate.runTransaction(["0x", 0n, 0n, 0n], { account: s.owner }),
      "OnlySelf",
      [getAddress(s.owner)],
    );
  });

  it("an execution of an older table first", async () => {
    const first = await batchOf(s, [simpleCall(a, user, [r0, r1], { answer: "0x01" })]);
    const { timestamp } = await s.publicClient.getBlock();
    const second = await batchOf(s, [simpleCall(a, user, [r0, r2], { answer: "0x02" })], { timestamp });
    const { outcomes } = await runSteps(s, [{ ...first, timestamp: timestamp - 1n }, second], [step(there)]);
    expect(outcomes[0]?.data).to.equal("0x02");
  });
});
