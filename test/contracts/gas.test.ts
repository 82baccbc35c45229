import { expect } from "chai";
import hre from "hardhat";
import { encodeFunctionData, type Hex, pad } from "viem";
import { groth16ProofSystemAbi } from "../../builder/protocol/abi.ts";
import { fieldElement } from "../../builder/protocol/ids.ts";
import { snapshots } from "./gas-snapshot.ts";
import { batchOf, REMOTE, simpleCall, step } from "./lists.ts";
import { mined } from "./outcome.ts";
import { play, proxy } from "./play.ts";
import { connect, deploy, rootAt, type Setup } from "./setup.ts";
import { encodeProof, forge, toxicKey } from "./toxic-waste.ts";

/** Block times are fixed, since they are part of calldata. */
const EPOCH = 4_102_444_800n;

/** A `transfer` as it is posted: 100 bytes in, a word out, the root changes. */
const CALLDATA: Hex = `0xa9059cbb${"00".repeat(31)}07${"00".repeat(12)}${"5a".repeat(20)}${"00".repeat(24)}0de0b6b3a7640000`;
const ANSWER = pad("0x1");
/** Answers with its calldata, which costs nearly nothing: 15 gas and 3 for each of 4 words. */
const IDENTITY = "0x0000000000000000000000000000000000000004";
const IDENTITY_GAS = 15n + 3n * 4n;

describe("Gas and code size", () => {
  const snapshot = snapshots("gas.json");

  const chainOf = (s: Setup, count: number, first = 0) =>
    Array.from({ length: count }, (_, at) =>
      simpleCall(s.a, s.actor.address, [rootAt(first + at), rootAt(first + at + 1)], {
        data: CALLDATA,
        answer: ANSWER,
      }),
    );

  it("of proxies, batches and consumed calls", async () => {
    const s = await deploy();
    const { time } = s.networkHelpers;
    await time.increaseTo(EPOCH);
    const created = await mined(s, s.rollups.write.createProxy([REMOTE, s.a]));
    snapshot("createProxy", created.gasUsed);
    const there = await proxy(s, REMOTE, s.a);
    // Storage that is written in every block is not fresh after the first batch.
    await mined(s, s.rollups.write.postBatch([await batchOf(s, chainOf(s, 1), { timestamp: EPOCH })]));
    let clock = EPOCH;
    const at = async () => {
      clock += 100n;
      await time.increaseTo(clock);
      return { timestamp: clock };
    };
    const posts = new Map<number, bigint>();
    for (const count of [1, 2, 8, 100]) {
      const batch = await batchOf(s, chainOf(s, count), await at());
      const { gasUsed } = await mined(s, s.rollups.write.postBatch([batch]));
      posts.set(count, gasUsed);
      snapshot(`postBatch, ${String(count)} executions`, gasUsed);
    }
    // A call's own share: the same transaction with one more and one less of them.
    const calls = async (count: number, first: number, target = there) => {
      const batch = await batchOf(s, chainOf(s, 3, first), await at());
      const steps = Array.from({ length: count }, () => step(target, CALLDATA));
      return (await play(s, [batch], steps)).receipt.gasUsed;
    };
    await calls(1, 0);
    const [one, three] = [await calls(1, 1), await calls(3, 2)];
    // What the actor takes for each of its steps, told from calls of the identity precompile.
    const [idle, idle2] = [await calls(1, 5, IDENTITY), await calls(3, 5, IDENTITY)];
    const consumed = (three - one - idle2 + idle) / 2n + IDENTITY_GAS;
    snapshot("consumed call, warm", consumed);
    // DESIGN section 4: everything but verification, caller and callee.
    const posted = ((posts.get(8) ?? 0n) - (posts.get(2) ?? 0n)) / 6n;
    snapshot("one more call, posted and consumed", posted + consumed);
    expect(posted + consumed < 60_000n, "one more call costs less than 60 kgas").to.equal(true);
  });

  it("of verifying proofs under two keys", async () => {
    const l1 = await connect();
    const address = await l1.create("Groth16ProofSystem");
    const keys = [toxicKey("one"), toxicKey("two")];
    for (const { encoded } of keys) {
      const data = encodeFunctionData({
        abi: groth16ProofSystemAbi,
        functionName: "registerKey",
        args: [encoded],
      });
      const hash = await l1.walletClient.sendTransaction({ to: address, data });
      const { gasUsed } = await l1.publicClient.waitForTransactionReceipt({ hash });
      if (encoded === keys[0]?.encoded) snapshot("registerKey", gasUsed);
    }
    const words = Array.from({ length: 24 }, (_, at) => fieldElement(BigInt(at) << 200n));
    const statements = Array.from({ length: 8 }, (_, at) => {
      const key = keys[at % 2];
      if (key === undefined) throw new Error("two keys");
      return {
        verificationKey: key.hash,
        words,
        proof: encodeProof(forge(key, words, `gas ${String(at)}`)),
      };
    });
    for (const count of [1, 2, 8]) {
      const data = encodeFunctionData({
        abi: groth16ProofSystemAbi,
        functionName: "verify",
        args: [statements.slice(0, count)],
      });
      const hash = await l1.walletClient.sendTransaction({ to: address, data });
      const { gasUsed, status } = await l1.publicClient.waitForTransactionReceipt({ hash });
      expect(status).to.equal("success");
      snapshot(`Groth16 verify, ${String(count)} proofs`, gasUsed);
    }
  });

  for (const name of ["Rollups", "ExecutionPlanner", "CrossChainProxy", "Groth16ProofSystem"]) {
    it(`of ${name}'s code, which fits`, async () => {
      const { deployedBytecode } = await hre.artifacts.readArtifact(name);
      const bytes = deployedBytecode.length / 2 - 1;
      expect(bytes).to.be.at.most(24_576);
      snapshot(`${name}, bytes of code`, bytes);
    });
  }
});
