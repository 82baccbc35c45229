import { expect } from "chai";
import { encodeAbiParameters, encodeDeployData, getContract, type Hex, keccak256, stringToHex } from "viem";
import hre from "hardhat";
import { rollupsAbi, unprovenProofSystemAbi } from "../../builder/protocol/abi.ts";
import { batchOf, proofsFor, simpleCall } from "./lists.ts";
import { expectError, expectRevert, mined, revertData } from "./outcome.ts";
import { connect, deploy, rootAt } from "./setup.ts";

const KEY = keccak256(stringToHex("lockstep.UNPROVEN: anyone can forge this rollup's state"));

const TEST_KEY = keccak256(stringToHex("lockstep.UNPROVEN: for tests, cheats set this rollup's state"));

/** What it takes for a proof. */
function digestOf(words: readonly bigint[]): Hex {
  return keccak256(
    encodeAbiParameters([{ type: "string" }, { type: "uint256[]" }], ["lockstep.unproven.v1", words]),
  );
}

describe("UnprovenProofSystem", () => {
  const create = async (chainId: number) => {
    const l1 = await connect({ chainId });
    const address = await l1.create("UnprovenProofSystem");
    return { l1, system: getContract({ abi: unprovenProofSystemAbi, address, client: l1.publicClient }) };
  };
  const statement = (words: readonly bigint[], fields: { verificationKey?: Hex; proof?: Hex } = {}) => ({
    verificationKey: KEY,
    words,
    proof: digestOf(words),
    ...fields,
  });

  it("cannot be created anywhere but on a local chain", async () => {
    const { bytecode } = await hre.artifacts.readArtifact("UnprovenProofSystem");
    const data = encodeDeployData({ abi: unprovenProofSystemAbi, bytecode: `0x${bytecode.slice(2)}` });
    for (const chainId of [1, 11155111, 31338]) {
      const l1 = await connect({ chainId });
      await expectRevert(
        l1.publicClient.call({ data }),
        "NotALocalChain",
        [BigInt(chainId)],
        unprovenProofSystemAbi,
      );
    }
    for (const chainId of [1337, 31337]) await create(chainId);
  });

  it("accepts nothing where its code got to in another way", async () => {
    const { system } = await create(31337);
    const elsewhere = await connect({ chainId: 1 });
    const { deployedBytecode } = await hre.artifacts.readArtifact("UnprovenProofSystem");
    await elsewhere.networkHelpers.setCode(system.address, deployedBytecode);
    const there = getContract({
      abi: unprovenProofSystemAbi,
      address: system.address,
      client: elsewhere.publicClient,
    });
    await expectRevert(
      there.read.verify([[statement([1n])]]),
      "NotALocalChain",
      [1n],
      unprovenProofSystemAbi,
    );
    await expectRevert(there.read.verify([[]]), "NotALocalChain", [1n], unprovenProofSystemAbi);
  });

  it("accepts digests of the words under its two keys, and nothing else", async () => {
    const { system } = await create(31337);
    expect(await system.read.UNPROVEN_KEY()).to.equal(KEY);
    expect(await system.read.TEST_KEY()).to.equal(TEST_KEY);
    const [one, two] = [statement([1n, 2n]), statement([], { verificationKey: TEST_KEY })];
    await system.read.verify([[one, two]]);
    await system.read.verify([[]]);
    const other: Hex = `0x${"11".repeat(32)}`;
    await expectRevert(
      system.read.verify([[one, statement([1n], { verificationKey: other })]]),
      "NotTheUnprovenKey",
      [1n, other],
      unprovenProofSystemAbi,
    );
    for (const proof of [
      "0x",
      digestOf([1n, 3n]),
      `${digestOf([1n, 2n])}00`,
      `0x00${digestOf([1n, 2n]).slice(2)}`,
    ]) {
      await expectRevert(
        system.read.verify([[two, statement([1n, 2n], { proof: `0x${proof.slice(2)}` })]]),
        "WordsDiffer",
        [1n, digestOf([1n, 2n])],
        unprovenProofSystemAbi,
      );
    }
  });

  it("finds out a builder that posts for other words than the contract derives", async () => {
    const s = await deploy();
    const proofSystem = await s.create("UnprovenProofSystem");
    const rollup = await s.register({ proofSystem, verificationKeys: [KEY] });
    const executions = [simpleCall(rollup, s.owner, [rootAt(0), rootAt(1)])];
    const batch = await batchOf(s, executions, { proofs: proofsFor(executions, KEY) });
    const error: unknown = await s.rollups.simulate.postBatch([batch]).catch((reason: unknown) => reason);
    const abi = [...rollupsAbi, ...unprovenProofSystemAbi];
    expectError(revertData(error), "WordsDiffer", undefined, abi);
    // The digest it was told of is the one it takes.
    const digest: Hex = `0x${revertData(error).slice(-64)}`;
    const proofs = batch.proofs.map((proof) => ({ ...proof, proof: digest }));
    await mined(s, s.rollups.write.postBatch([{ ...batch, proofs }]));
  });
});
