import { expect } from "chai";
import { type Hex, keccak256 } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { busProofSystemAbi } from "../../builder/protocol/abi.ts";
import { l2txAction } from "../../builder/protocol/action.ts";
import { evmChainIdOf } from "../../builder/protocol/evm-chain-id.ts";
import type { Execution } from "../../builder/protocol/execution.ts";
import { type ChainId, FIELD_MODULUS as P, L1 } from "../../builder/protocol/ids.ts";
import { wholeStatementWords } from "../../builder/protocol/statement.ts";
import { RollupProxies } from "../../builder/proving/bus/proxies.ts";
import { encodeKeySet } from "../../builder/proving/bus/key-set.ts";
import { encodeBusProofs } from "../../builder/proving/bus/proofs.ts";
import { NO_QUESTIONS } from "../../builder/proving/bus/questions.ts";
import { statementTerms } from "../../builder/proving/bus/statement-tuples.ts";
import { BusProver } from "../proving/bus/bus-prover.ts";
import { batchOf, execution, result, simpleCall, visit } from "./lists.ts";
import { expectRevert, mined } from "./outcome.ts";
import { deploy, rootAt, type Setup } from "./setup.ts";

const [R0, R1, R2] = [rootAt(0), rootAt(1), rootAt(2)];

describe("BusProofSystem behind Rollups", function () {
  this.timeout(120_000);
  let s: Setup;
  let prover: BusProver;
  let proofSystem: `0x${string}`;
  let rollup: ChainId;

  before(async () => {
    s = await deploy();
    prover = await BusProver.open(["bus_any"]);
    proofSystem = await s.create("BusProofSystem", busProofSystemAbi, [RollupProxies.read().initCode]);
    await mined(s, register(encodeKeySet(prover.set)));
    rollup = await s.register({ proofSystem, verificationKeys: [prover.setName] });
  });

  const register = (set: Hex): Promise<Hex> =>
    s.walletClient.writeContract({
      abi: busProofSystemAbi,
      address: proofSystem,
      functionName: "registerKeySet",
      args: [set],
      gas: 16_000_000n,
    });

  /** A batch whose statement is proven, by a proof whose circuit takes whatever L1 sends. */
  async function provenBatch(list: Execution, of = rollup, key = prover.setName) {
    const timestamp = (await s.publicClient.getBlock()).timestamp;
    const header = { l1ChainId: 31_337n, manager: s.rollups.address, rollup: of, timestamp, blobs: 0n };
    const [only] = list.visits;
    if (only === undefined) throw new Error("a visit");
    const words = wholeStatementWords(header, [{ ...only, actions: list.actions }]);
    const answers = { ...NO_QUESTIONS, preimages: [Uint8Array.of(1, 2, 3)] };
    const proofs = await prover.proveTogether(
      {
        parts: [{ key: 0, words: [], sum: (c) => (P - statementTerms(words, answers, c)) % P }],
        words,
        questions: answers,
      },
      { evmChainId: 31_337n, proofSystem },
    );
    const proof = { rollup: of, verificationKey: key, visits: [0], proof: encodeBusProofs(proofs) };
    return await batchOf(s, [list], { timestamp, proofs: [proof] });
  }
  const post = (batch: Awaited<ReturnType<typeof provenBatch>>) => s.rollups.write.postBatch([batch]);
  const simulate = (batch: Awaited<ReturnType<typeof provenBatch>>) => s.rollups.simulate.postBatch([batch]);

  it("is told the statement in words of 32 bytes", async () => {
    expect(await s.rollups.read.dataWordBytesOf([rollup])).to.equal(32n);
    const data: Hex = `0x${"ff".repeat(70)}`;
    await mined(s, post(await provenBatch(simpleCall(rollup, s.owner, [R0, R1], { data, answer: data }))));
  });

  it("decodes what an L2 transaction signs, and the root moves", async () => {
    const account = privateKeyToAccount(keccak256("0x05"));
    const data = await account.signTransaction({
      type: "eip1559",
      chainId: Number(evmChainIdOf(31_337n, rollup)),
      to: s.owner,
      gas: 100_000n,
      maxFeePerGas: 1n,
      nonce: 3,
      data: `0x${"0a".repeat(33)}`,
    });
    const list = execution([l2txAction(rollup, data), result(rollup, L1, "0x01")], [visit(rollup, R0, R2)]);
    await mined(s, post(await provenBatch(list)));
    expect((await s.rollups.read.rollupOf([rollup])).root).to.equal(`0x${R2.toString(16).padStart(64, "0")}`);
  });

  it("refuses another batch with that proof, and sets that are unknown, by name", async () => {
    const batch = await provenBatch(simpleCall(rollup, s.owner, [R2, R1]));
    const other = { ...batch, timestamp: batch.timestamp - 1n };
    await expectRevert(simulate(other), "BusNotBalanced", [0n], busProofSystemAbi);
    const unknown = keccak256("0x01");
    const late = await s.register({ proofSystem, verificationKeys: [unknown] });
    const unregistered = await provenBatch(simpleCall(late, s.owner, [R0, R1]), late, unknown);
    await expectRevert(simulate(unregistered), "UnknownKeySet", [unknown], busProofSystemAbi);
    const foreign = await provenBatch(simpleCall(rollup, s.owner, [R2, R1]), rollup, unknown);
    await expectRevert(simulate(foreign), "UnknownVerificationKey", [rollup, unknown]);
  });
});
