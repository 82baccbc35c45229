import { expect } from "chai";
import { type Address, parseAbi, toFunctionSelector } from "viem";
import { type BatchValue, encodeBatchValue } from "../../builder/protocol/batch.ts";
import { executionValue } from "../../builder/protocol/execution/encoding.ts";
import type { Action } from "../../builder/protocol/action.ts";
import { l2txAction } from "../../builder/protocol/action.ts";
import type { Execution, Mark, Visit } from "../../builder/protocol/execution.ts";
import { type ChainId, chainId, FIELD_MODULUS, L1 } from "../../builder/protocol/ids.ts";
import {
  batchId,
  batchOf,
  call,
  execution,
  proofsFor,
  GAS,
  REMOTE,
  REMOTE2,
  result,
  resume,
  simpleCall,
  step,
  visit,
} from "./lists.ts";
import { eventsOf, expectRevert, mined } from "./outcome.ts";
import { runSteps, program, proxy } from "./run-steps.ts";
import { deploy, KEY, MAX_BATCH_AGE, rootAt, rootHex, type Setup } from "./setup.ts";

const [r0, r1, r2] = [rootAt(0), rootAt(1), rootAt(2)];

describe("Rollups.postBatch", () => {
  let s: Setup;
  let a: ChainId;
  let b: ChainId;
  let user: Address;
  let good: Execution;

  beforeEach(async () => {
    s = await deploy();
    ({ a, b } = s);
    user = s.actor.address;
    good = simpleCall(a, user, [r0, r1]);
  });

  const post = (batch: BatchValue) => s.rollups.simulate.postBatch([batch]);
  /** A batch with one thing changed is refused. */
  const refuses = async (
    errorName: string,
    args: readonly unknown[] | undefined,
    executions: readonly Execution[],
    overrides: Partial<BatchValue> = {},
  ) => expectRevert(post(await batchOf(s, executions, overrides)), errorName, args);
  /** An execution is refused, the second of its batch. */
  const refusesList = (
    errorName: string,
    args: readonly unknown[],
    actions: readonly Action[],
    visits: readonly Visit[],
  ) => refuses(errorName, [1n, ...args], [good, execution(actions, visits)]);

  const refusesTransactions = (
    errorName: string,
    args: readonly unknown[],
    actions: readonly Action[],
    visits: readonly Visit[],
    marks: readonly Mark[] = [],
  ) => refuses(errorName, [0n, ...args], [execution(actions, visits, marks), good]);

  describe("refuses a batch", () => {
    it("without executions", () => refuses("EmptyBatch", [], []));

    it("from the future, or too old", async () => {
      const { timestamp } = await s.publicClient.getBlock();
      await refuses("TimestampInFuture", undefined, [good], { timestamp: timestamp + 1000n });
      await refuses("BatchTooOld", undefined, [good], { timestamp: timestamp - MAX_BATCH_AGE - 1n });
      await post(await batchOf(s, [good], { timestamp: timestamp - MAX_BATCH_AGE + 1n }));
    });

    it("of an unknown rollup", async () => {
      const unknown = chainId(99);
      await refuses("UnknownRollup", [99n], [simpleCall(unknown, user, [r0, r1])]);
    });

    it("bound to blobs that the transaction does not carry", () =>
      refuses("MissingBlob", [0n], [good], { blobCount: 1 }));

    it("with an L2 transaction after a call", () =>
      refuses(
        "TransactionAfterCall",
        [1n],
        [good, execution([l2txAction(a, "0x01"), result(a, L1)], [visit(a, r1, r2)])],
      ));

    it("with more executions than a block can tell apart", async () => {
      // Static ones are not counted.
      const look = simpleCall(a, user, [r0, r0], { isStatic: true });
      await refuses("TooManyExecutions", [193n, 192n], [look, ...Array.from({ length: 193 }, () => good)]);
    });

    it("whose table does not fit one code object", () =>
      refuses("TableTooLarge", undefined, [
        simpleCall(a, user, [r0, r1], { answer: `0x${"ab".repeat(24_600)}` }),
      ]));

    it("with an L2 transaction that does not fit either", () =>
      refuses("TableTooLarge", undefined, [
        execution([l2txAction(a, "0x01"), result(a, L1, `0x${"ab".repeat(24_600)}`)], [visit(a, r0, r1)]),
      ]));

    it("that moves Ether over the border of a rollup with its own token", async () => {
      const native = await s.register({ nativeToken: true });
      await refuses("NativeTokenRollup", [native], [simpleCall(native, user, [r0, r1], { value: 1n })]);
      await refuses(
        "NativeTokenRollup",
        [native],
        [
          execution(
            [
              call(L1, a, user, REMOTE),
              call(a, native, REMOTE, REMOTE2, { value: 1n }),
              result(native, a),
              result(a, L1),
            ],
            [visit(native, r0, r1), visit(a, r0, r1)],
          ),
        ],
      );
      await post(await batchOf(s, [simpleCall(native, user, [r0, r1])]));
    });

    it("inside a batch, and inside an execution", async () => {
      const inner = encodeBatchValue(await batchOf(s, [simpleCall(b, user, [r0, r1])]));
      await program(s, s.other, "0x01", {
        steps: [step(s.rollups.address, inner, { mayFail: true })],
        echoes: true,
      });
      const there = await proxy(s, REMOTE, a);
      const calls = [
        call(a, L1, REMOTE, s.other.address, { data: "0x01", gas: GAS }),
        result(L1, a, toFunctionSelector("Busy()")),
      ];
      const transaction = execution([l2txAction(a, "0x"), ...calls, result(a, L1)], [visit(a, r0, r1)]);
      const byCall = execution([call(L1, a, user, REMOTE), ...calls, result(a, L1)], [visit(a, r1, r2)]);
      const { receipt } = await runSteps(s, [await batchOf(s, [transaction, byCall])], [step(there)]);
      const names = eventsOf(receipt).map(({ eventName }) => eventName);
      expect(names.filter((name) => name === "ExecutionConsumed").length).to.equal(2);
      expect(names).not.to.include("ExecutionFailed");
    });
  });

  describe("refuses proofs", () => {
    it("under a key that is not the rollup's", () =>
      refuses("UnknownVerificationKey", [a, `0x${"22".repeat(32)}`], [good], {
        proofs: proofsFor([good], `0x${"22".repeat(32)}`),
      }));

    it("that cover nothing, what is not there, or not in order", async () => {
      const proof = { rollup: a, verificationKey: KEY, visits: [], proof: "0x" } as const;
      const two = [good, simpleCall(a, user, [r1, r2])];
      const withVisits = (...visits: number[]) => ({ proofs: [{ ...proof, visits }] });
      await refuses("ProofWithoutVisits", [0n], two, withVisits());
      await refuses("BadVisitIndex", [0n, 2n], two, withVisits(0, 1, 2));
      await refuses("BadVisitIndex", [0n, 0n], two, withVisits(1, 0));
      await refuses("BadVisitIndex", [0n, 1n], two, withVisits(0, 1, 1));
      await refuses("VisitNotCovered", [1n], two, withVisits(0));
      await refuses("VisitNotCovered", [0n], two, { proofs: [] });
      await refuses("VisitCoveredTwice", [1n, 1n], two, {
        proofs: [
          { ...proof, visits: [0, 1] },
          { ...proof, visits: [1] },
        ],
      });
      await refuses("VisitOfOtherRollup", [0n, 0n], [good], {
        proofs: [{ ...proof, rollup: b, visits: [0] }],
      });
      const apart = [
        { ...proof, visits: [0] },
        { ...proof, visits: [1] },
      ];
      await refuses("ProofsNotInOrder", [1n], two, { proofs: apart.toReversed() });
      await post(await batchOf(s, two, { proofs: apart }));
    });

    it("that the rollup's proof system refuses", async () => {
      const statements = parseAbi([
        "constructor(uint256 bytesPerWord)",
        "struct Statement { bytes32 verificationKey; uint256[] words; bytes proof; }",
        "error Given(Statement[] statements)",
      ]);
      const strict = await s.register({
        proofSystem: await s.create("RevealingProofSystem", statements, [31]),
      });
      const batch = await batchOf(s, [good, simpleCall(strict, user, [r0, r1])]);
      await expectRevert(post(batch), "Given", undefined, statements);
    });
  });

  describe("refuses a list", () => {
    const open = () => call(L1, a, user, REMOTE);
    const close = () => result(a, L1);
    const atA = () => [visit(a, r1, r2)];

    it("that is empty or does not end", async () => {
      await refusesList("Unfinished", [], [], []);
      await refusesList("Unfinished", [], [open()], atA());
      await refusesList(
        "Unfinished",
        [],
        [open(), call(a, b, REMOTE, REMOTE2), result(b, a)],
        [visit(b, r0, r1), ...atA()],
      );
    });

    it("that goes on after its end", () =>
      refusesList("ActionsAfterEnd", [2n], [open(), close(), open(), close()], atA()));

    it("that breaks the chain of control", async () => {
      await refusesList("BrokenChain", [0n], [call(a, b, REMOTE, REMOTE2), result(b, a)], [visit(b, r0, r1)]);
      await refusesList("BrokenChain", [1n], [open(), result(b, L1)], atA());
      await refusesList("BrokenChain", [1n], [open(), call(a, a, REMOTE, REMOTE2)], atA());
    });

    it("of transactions and anything else, or of two rollups, or that moves a root when all of them failed", async () => {
      const signed = (rollup = a, failed = false): Action[] => [
        l2txAction(rollup, "0x01"),
        result(rollup, L1, "0x", failed),
      ];
      const [opened] = signed();
      if (opened === undefined) throw new Error("no transaction");
      const across = [call(a, b, REMOTE, REMOTE2), result(b, a)];
      const both = [visit(b, r0, r1), visit(a, r0, r1)];
      await refusesTransactions("NotJoint", [2n], [...signed(), ...signed(b)], both);
      await refusesTransactions("NotJoint", [3n], [...signed(), opened, ...across, close()], both);
      await refusesTransactions("NotJoint", [4n], [opened, ...across, close(), ...signed()], both);
      await refusesTransactions("ActionsAfterEnd", [2n], [...signed(), open(), close()], atA());
      await refusesTransactions("Unfinished", [], [...signed(), opened], atA());
      await refusesTransactions("BadMark", [0n], [...signed(), ...signed(), ...signed()], atA(), [
        resume(2, 4),
      ]);
      await refusesTransactions(
        "VisitNotMade",
        [1n],
        [...signed(), ...signed()],
        [visit(a, r0, r1), visit(a, r1, r2)],
      );
      const failed = [...signed(a, true), ...signed(a, true)];
      await refusesTransactions("RootMustNotChange", [0n], failed, [visit(a, r0, r1)]);
    });

    it("that does not start with a trigger, or has one inside", async () => {
      await refusesList("BadTrigger", [0n], [result(L1, a), close()], atA());
      await refusesList(
        "BadTrigger",
        [2n],
        [open(), call(a, L1, REMOTE, user), l2txAction(b, "0x"), result(b, L1), result(L1, a), close()],
        atA(),
      );
    });

    it("with a RESULT that answers another call than the innermost", () =>
      refusesList(
        "ResultNotNested",
        [2n],
        [open(), call(a, b, REMOTE, REMOTE2), result(b, L1), close()],
        [visit(b, r0, r1), ...atA()],
      ));

    it("with unknown kinds", async () => {
      for (const kind of [5, 255]) {
        const value = executionValue(good);
        const actions = value.actions.map((action, at) => (at === 1 ? { ...action, kind } : action));
        const batch = { ...(await batchOf(s, [good])), executions: [{ ...value, actions }] };
        await expectRevert(post(batch), "UnsupportedKind", [0n, 1n, kind]);
      }
    });

    it("with fields that the kind does not use", async () => {
      for (const change of [
        { sender: REMOTE },
        { target: REMOTE },
        { value: 1n },
        { isStatic: true },
        { gas: 1 },
      ]) {
        await refusesList("NotCanonical", [1n], [open(), { ...close(), ...change }], atA());
        await refusesList("NotCanonical", [0n], [{ ...l2txAction(a, "0x"), ...change }, close()], atA());
      }
      await refusesList("NotCanonical", [0n], [{ ...l2txAction(a, "0x"), failed: true }, close()], atA());
      await refusesList("NotCanonical", [0n], [{ ...open(), failed: true }, close()], atA());
      // What L1 calls has what L1 gives it.
      await refusesList("NotCanonical", [0n], [{ ...open(), gas: 1 }, close()], atA());
    });

    it("whose static calls are not", async () => {
      const staticOpen = call(L1, a, user, REMOTE, { isStatic: true });
      const [still, stillB] = [visit(a, r1), visit(b, r0)];
      await refusesList("StaticViolation", [0n], [{ ...staticOpen, value: 1n }, close()], [still]);
      await refusesList(
        "StaticViolation",
        [1n],
        [staticOpen, call(a, b, REMOTE, REMOTE2), result(b, a), close()],
        [still, stillB],
      );
      // L1 would find the inner call by itself.
      const outside = call(a, L1, REMOTE, user, { isStatic: true });
      const inner = [call(L1, b, user, REMOTE, { isStatic: true }), result(b, L1)];
      await refusesList(
        "StaticNotPlayable",
        [2n],
        [staticOpen, outside, ...inner, result(L1, a), close()],
        [stillB, still],
      );
    });

    it("that calls this contract, where a proxy could speak for anybody", () =>
      refusesList(
        "CallToManager",
        [1n],
        [open(), call(a, L1, REMOTE, s.rollups.address), result(L1, a), close()],
        atA(),
      ));

    it("that leave it to the submitter how much gas a transaction's call to L1 gets", async () => {
      const opens = (first: Action, ...then: Action[]) => [first, ...then, close()];
      const out = (from: ChainId, gas = 0) => call(from, L1, REMOTE, s.other.address, { gas });
      const transaction = l2txAction(a, "0x");
      await refusesList("GasNotBound", [1n], opens(transaction, out(a), result(L1, a)), atA());
      // Through another rollup too; the gas of a call between rollups is not L1's yet.
      const across = call(a, b, REMOTE, REMOTE2, { gas: GAS });
      await refusesList(
        "GasNotBound",
        [2n],
        opens(transaction, across, out(b), result(L1, b), result(b, a)),
        [visit(b, r0, r1), ...atA()],
      );
      // After another call to L1 has come back, and in a static call.
      await refusesList(
        "GasNotBound",
        [3n],
        opens(transaction, out(a, GAS), result(L1, a), out(a), result(L1, a)),
        atA(),
      );
      await refusesList(
        "GasNotBound",
        [1n],
        opens(transaction, call(a, L1, REMOTE, s.other.address, { isStatic: true }), result(L1, a)),
        atA(),
      );
    });

    it("whose visits are not those given", async () => {
      const actions = [open(), call(a, b, REMOTE, REMOTE2), result(b, a), close()];
      await refusesList("VisitMismatch", [0n], actions, []);
      await refusesList("VisitMismatch", [1n], actions, [visit(b, r0, r1)]);
      await refusesList("VisitMismatch", [0n], actions, [...atA(), visit(b, r0, r1)]);
      await refusesList("VisitNotMade", [1n], [open(), close()], [...atA(), visit(b, r0, r1)]);
    });

    it("whose visits of one rollup do not follow each other", () =>
      refusesList(
        "VisitsNotChained",
        [1n],
        [
          open(),
          call(a, b, REMOTE, REMOTE2),
          result(b, a),
          call(a, b, REMOTE, REMOTE2),
          result(b, a),
          close(),
        ],
        [visit(b, r0, r1), visit(b, r0, r2), ...atA()],
      ));

    it("with a failed or static visit that changes its root", async () => {
      await refusesList("RootMustNotChange", [0n], [open(), result(a, L1, "0x", true)], atA());
      await refusesList(
        "RootMustNotChange",
        [0n],
        [call(L1, a, user, REMOTE, { isStatic: true }), close()],
        atA(),
      );
    });

    it("with roots that are no field elements", async () => {
      for (const field of ["rootBefore", "rootAfter"] as const) {
        const value = executionValue(good);
        const visits = value.visits.map((one) => ({ ...one, [field]: rootHex(FIELD_MODULUS) }));
        const batch = { ...(await batchOf(s, [good])), executions: [{ ...value, visits }] };
        await expectRevert(post(batch), "RootOutOfField", [rootHex(FIELD_MODULUS)]);
      }
    });

    it("with values that add up to more than 2^128", async () => {
      const most = 2n ** 128n - 1n;
      const batch = await batchOf(s, [
        good,
        execution(
          [
            open(),
            call(a, b, REMOTE, REMOTE2, { value: most }),
            result(b, a),
            call(a, b, REMOTE, REMOTE2, { value: 1n }),
            result(b, a),
            close(),
          ],
          [visit(b, r0, r1), visit(b, r1, r2), ...atA()],
        ),
      ]);
      await expectRevert(post(batch), "ValueTooLarge", [most + 1n]);
    });
  });

  it("posts proofs of several rollups under several proof systems, and tells the batch by its calldata", async () => {
    const elsewhere = await s.register({ proofSystem: await s.create("AcceptingProofSystem") });
    const batch = await batchOf(s, [
      good,
      simpleCall(elsewhere, user, [r0, r1]),
      simpleCall(b, user, [r0, r1]),
    ]);
    const receipt = await mined(s, s.rollups.write.postBatch([batch]));
    const [posted] = eventsOf(receipt);
    expect(posted).to.deep.include({ eventName: "BatchPosted" });
    expect(posted?.args).to.deep.include({ batch: batchId(batch), timestamp: batch.timestamp });
  });
});
