import { expect } from "chai";
import hre from "hardhat";
import { concatHex, encodeFunctionData, type Hex, keccak256, numberToHex, pad } from "viem";
import { groth16ProofSystemAbi } from "../../builder/protocol/abi.ts";
import { FIELD_MODULUS, fieldElement, L1, stateRoot, type StateRoot } from "../../builder/protocol/ids.ts";
import { snapshots } from "./gas-snapshot.ts";
import { type Action, l2txAction } from "../../builder/protocol/action.ts";
import type { Execution } from "../../builder/protocol/execution.ts";
import { batchOf, execution, REMOTE, result, simpleCall, step, visit } from "./lists.ts";
import { mined } from "./outcome.ts";
import { runSteps, proxy } from "./run-steps.ts";
import { connect, deploy, rootAt, type Setup } from "./setup.ts";
import { encodeProof, forge, toxicKey } from "./toxic-waste.ts";

/** Block times are fixed, since they are part of calldata. */
const EPOCH = 4_102_444_800n;

/** Looks like any number, so that what is stored again is as different as in practice. */
const chance = (n: number): bigint => BigInt(keccak256(numberToHex(n, { size: 32 })));
/** A `transfer` as it is posted: 100 bytes in, a word out, the root changes. */
const calldata = (n: number): Hex =>
  `0xa9059cbb${"00".repeat(31)}07${"00".repeat(12)}${"5a".repeat(20)}${"00".repeat(24)}${(chance(n) % 2n ** 63n).toString(16).padStart(16, "0")}`;
/** The n-th root of the rollup. */
const rootOf = (n: number): StateRoot => (n === 0 ? rootAt(0) : stateRoot(chance(n) % FIELD_MODULUS));
const ANSWER = pad("0x1");
/** Answers with its calldata, which costs nearly nothing: 15 gas and 3 for each of 4 words. */
const IDENTITY = "0x0000000000000000000000000000000000000004";
const IDENTITY_GAS = 15n + 3n * 4n;

/** All that has to fit into one code object (EIP-170). */
const CONTRACTS = [
  "Rollups",
  "ExecutionPlanner",
  "CrossChainProxy",
  "Groth16ProofSystem",
  "BusProofSystem",
] as const;

/** Where metadata have a hash of sources: "ipfs" in CBOR, and the beginning of a SHA-256 multihash. */
const HASH_OF_SOURCES = "64697066735822";

describe("Code", () => {
  for (const name of [...CONTRACTS, "CrossChainManager"])
    it(`of ${name} does not depend on what else was compiled`, async () => {
      const { bytecode } = await hre.artifacts.readArtifact(name);
      expect(bytecode).not.to.include(HASH_OF_SOURCES);
    });
});

describe("Gas and code size", () => {
  const snapshot = snapshots("gas.json");

  const chainOf = (s: Setup, count: number, first = 0) =>
    Array.from({ length: count }, (_, at) =>
      simpleCall(s.a, s.actor.address, [rootOf(first + at), rootOf(first + at + 1)], {
        data: calldata(first + at),
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
    // Storage that is written in every block is not fresh after the first batch; the tables' is made ready.
    await mined(s, s.rollups.write.prepareTables([1, 400]));
    await mined(s, s.rollups.write.postBatch([await batchOf(s, chainOf(s, 1), { timestamp: EPOCH })]));
    let clock = EPOCH;
    const at = async () => {
      clock += 100n;
      await time.increaseTo(clock);
      return { timestamp: clock };
    };
    const posts = new Map<number, bigint>();
    for (const count of [1, 2, 8, 100]) {
      const batch = await batchOf(s, chainOf(s, count, 1_000 * count), await at());
      const { gasUsed } = await mined(s, s.rollups.write.postBatch([batch]));
      posts.set(count, gasUsed);
      snapshot(`postBatch, ${String(count)} executions`, gasUsed);
    }
    // A call's own share: the same transaction with one more and one less of them.
    const calls = async (count: number, first: number, target = there) => {
      const batch = await batchOf(s, chainOf(s, 3, first), await at());
      const steps = Array.from({ length: count }, (_, index) => step(target, calldata(first + index)));
      return (await runSteps(s, [batch], steps)).receipt.gasUsed;
    };
    await calls(1, 0);
    // What the actor takes for each of its steps, told from calls of the identity precompile. They leave
    // nothing consumed, so that what comes after them does not meet its own bits.
    const idle = await calls(1, 10, IDENTITY);
    const one = await calls(1, 1);
    const idle2 = await calls(3, 20, IDENTITY);
    const three = await calls(3, 2);
    const consumed = (three - one - idle2 + idle) / 2n + IDENTITY_GAS;
    snapshot("consumed call, warm", consumed);
    // Everything but verification, caller and callee.
    const posted = ((posts.get(8) ?? 0n) - (posts.get(2) ?? 0n)) / 6n;
    snapshot("one more call, posted and consumed", posted + consumed);
    expect(posted + consumed < 60_000n, "one more call costs less than 60 kgas").to.equal(true);
  });

  /** As in practice: a batch, and behind it the transaction that consumes, for which everything is cold. */
  it("of posting in one transaction and consuming in the next", async () => {
    const s = await deploy();
    const { time } = s.networkHelpers;
    const { provider } = s.connection;
    const there = await proxy(s, REMOTE, s.a);
    let clock = EPOCH;
    let first = 0;
    const block = async (count: number, consumed: number) => {
      clock += 100n;
      await time.increaseTo(clock);
      const batch = await batchOf(s, chainOf(s, count, first), { timestamp: clock });
      const steps = Array.from({ length: consumed }, (_, at) => step(there, calldata(first + at)));
      first += consumed;
      await provider.request({ method: "evm_setAutomine", params: [false] });
      const gas = 16_000_000n;
      const sent = [
        await s.rollups.write.postBatch([batch], { gas }),
        await s.actor.write.play([steps], { gas }),
      ];
      await s.networkHelpers.mine();
      await provider.request({ method: "evm_setAutomine", params: [true] });
      const receipts = await Promise.all(sent.map((hash) => mined(s, Promise.resolve(hash))));
      expect(new Set(receipts.map(({ blockNumber }) => blockNumber)).size).to.equal(1);
      return receipts.map(({ gasUsed }) => gasUsed);
    };
    // Slots of the tables, of consumption and of roots are not fresh afterwards.
    const [grown = 0n] = await block(100, 1);
    snapshot("first batch ever, 100 executions", grown);
    for (const count of [1, 2, 8, 100]) {
      const [post = 0n, play = 0n] = await block(count, count);
      snapshot(`${String(count)} executions posted, and consumed by one transaction`, post + play);
    }
    const [post1 = 0n, one = 0n] = await block(100, 1);
    const [post2 = 0n, two = 0n] = await block(100, 2);
    snapshot("100 executions posted again", post1);
    snapshot("a transaction that consumes one of 100 executions", one);
    snapshot("a transaction that consumes two of them", two);
    expect(post2 > post1 - 10_000n).to.equal(true);
  });

  /** Signed transfers of Ether on one rollup, of 110 bytes each. */
  it("of eight transactions of a rollup, as eight visits and as one", async () => {
    const s = await deploy();
    const { time } = s.networkHelpers;
    await time.increaseTo(EPOCH);
    const transfer = (n: number): Action[] => [
      l2txAction(
        s.a,
        concatHex([
          numberToHex(chance(n), { size: 32 }),
          pad("0x", { size: 46 }),
          pad(numberToHex(n), { size: 32 }),
        ]),
      ),
      result(s.a, L1, "0x01"),
    ];
    const each = (count: number, first: number) =>
      Array.from({ length: count }, (_, at) =>
        execution(transfer(first + at), [visit(s.a, rootOf(first + at), rootOf(first + at + 1))]),
      );
    const joint = (count: number, first: number) => [
      execution(Array.from({ length: count }, (_, at) => transfer(first + at)).flat(), [
        visit(s.a, rootOf(first), rootOf(first + count)),
      ]),
    ];
    let clock = EPOCH;
    const gasOf = async (executions: readonly Execution[]) => {
      clock += 100n;
      await time.increaseTo(clock);
      const batch = await batchOf(s, executions, { timestamp: clock });
      return (await mined(s, s.rollups.write.postBatch([batch]))).gasUsed;
    };
    // The root's slot is not fresh afterwards.
    await gasOf(each(1, 0));
    const apart = await gasOf(each(8, 1));
    const together = await gasOf(joint(8, 9));
    snapshot("postBatch, 8 transactions in 8 visits", apart);
    snapshot("postBatch, 8 transactions in 1 visit", together);
    expect(together * 4n < apart * 3n, "a quarter less, without what proofs take").to.equal(true);
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

  for (const name of CONTRACTS) {
    it(`of ${name}'s code, which fits`, async () => {
      const { deployedBytecode } = await hre.artifacts.readArtifact(name);
      const bytes = deployedBytecode.length / 2 - 1;
      expect(bytes).to.be.at.most(24_576);
      snapshot(`${name}, bytes of code`, bytes);
    });
  }
});
