import { expect } from "chai";
import { network } from "hardhat";
import {
  BaseError,
  type Address,
  ContractFunctionRevertedError,
  decodeAbiParameters,
  encodeAbiParameters,
  type Hex,
  parseAbiParameters,
} from "viem";
import { rootHex } from "../../builder/protocol/execution/encoding.ts";
import { developmentAccount } from "../../builder/devnet/accounts.ts";
import { Deployer } from "../../builder/node/deployment/deployer.ts";
import { encodeVerificationKey } from "../../builder/proving/keys/verification-key.ts";
import { ledgerAbi } from "../../builder/kinds/ledger/abi.ts";
import { ledgerKind } from "../../builder/kinds/ledger/index.ts";
import { groth16ProofSystemAbi, rollupsAbi } from "../../builder/protocol/abi.ts";
import { FIELD_MODULUS, stateRoot } from "../../builder/protocol/ids.ts";
import { accountAt, clientsOf, deploy } from "../core/setup.ts";
import type { BatchValue } from "../../builder/protocol/batch.ts";
import { type AttackedWorld, attackedWorld } from "./world.ts";

type Execution = BatchValue["executions"][number];
type Action = Execution["actions"][number];
type Proof = BatchValue["proofs"][number];

const abi = [...rollupsAbi, ...groth16ProofSystemAbi];
const BASE_FIELD_MODULUS = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
const proofParameters = parseAbiParameters("uint256 commitment, uint256[2] a, uint256[2][2] b, uint256[2] c");

/** A copy of the list with one item replaced. */
function replace<T>(list: readonly T[], at: number, change: (item: T) => T): T[] {
  return list.map((item, index) => (index === at ? change(item) : item));
}

describe("forged batches against real proofs", function () {
  this.timeout(600_000);
  let world: AttackedWorld;

  before(async () => {
    world = await attackedWorld();
  });
  after(() => world.l1.close());

  /** Name of the error with which L1 answers the batch; undefined if it takes it. */
  async function verdict(batch: BatchValue, rollups: Address = world.rollups): Promise<string | undefined> {
    return await verdictOf(world.l1.reader, batch, rollups);
  }

  async function verdictOf(
    reader: Pick<AttackedWorld["l1"]["reader"], "simulateContract">,
    batch: BatchValue,
    rollups: Address,
  ): Promise<string | undefined> {
    const call = { address: rollups, abi, functionName: "postBatch", args: [batch] } as const;
    return await reader
      .simulateContract({ ...call, account: accountAt(5), gas: 16_000_000n })
      .then(() => undefined, errorName);
  }

  const inExecution = (
    batch: BatchValue,
    at: number,
    change: (execution: Execution) => Execution,
  ): BatchValue => ({
    ...batch,
    executions: replace(batch.executions, at, change),
  });
  const inAction = (
    batch: BatchValue,
    execution: number,
    action: number,
    fields: Partial<Action>,
  ): BatchValue =>
    inExecution(batch, execution, (old) => ({
      ...old,
      actions: replace(old.actions, action, (item) => ({ ...item, ...fields })),
    }));
  const inProof = (batch: BatchValue, at: number, change: (proof: Proof) => Proof): BatchValue => ({
    ...batch,
    proofs: replace(batch.proofs, at, change),
  });
  const proofOf = (batch: BatchValue, at: number): Hex => batch.proofs[at]?.proof ?? "0x";
  const withPoints = (proof: Proof, change: (points: ProofPoints) => ProofPoints): Proof => ({
    ...proof,
    proof: encodeAbiParameters(proofParameters, change(decodeAbiParameters(proofParameters, proof.proof))),
  });
  type ProofPoints = readonly [
    bigint,
    readonly [bigint, bigint],
    readonly [readonly [bigint, bigint], readonly [bigint, bigint]],
    readonly [bigint, bigint],
  ];

  it("takes the honest ones: what follows fails for the change alone", async () => {
    expect(await verdict(world.honest)).to.equal(undefined);
    expect(await verdict(world.elsewhere)).to.equal(undefined);
  });

  describe("refuses, as not proven,", () => {
    const other: Address = "0x00000000000000000000000000000000000000aa";
    const forgeries: Record<string, (batch: BatchValue) => BatchValue> = {
      "another sender": (batch) => inAction(batch, 0, 0, { sender: other }),
      "another target": (batch) => inAction(batch, 0, 0, { target: other }),
      "another value": (batch) => inAction(batch, 0, 0, { value: 1001n }),
      "other calldata": (batch) =>
        inAction(batch, 1, 0, {
          data: changeTail(dataOf(batch), "02"),
        }),
      "longer calldata": (batch) => inAction(batch, 1, 0, { data: `${dataOf(batch)}00` }),
      "another result": (batch) => inAction(batch, 1, 1, { data: `0x${"00".repeat(31)}02` }),
      "a result with more data": (batch) => inAction(batch, 0, 1, { data: "0x00" }),
      "a static flag": (batch) =>
        inExecution(inAction(batch, 0, 0, { isStatic: true, value: 0n }), 0, (execution) => ({
          ...execution,
          visits: execution.visits.map((visit) => ({ ...visit, rootAfter: visit.rootBefore })),
        })),
      "a failure instead of the success": (batch) =>
        inExecution(inAction(batch, 1, 1, { failed: true }), 1, (execution) => ({
          ...execution,
          visits: execution.visits.map((visit) => ({ ...visit, rootAfter: visit.rootBefore })),
        })),
      "another root after": (batch) =>
        inExecution(batch, 1, (execution) => ({
          ...execution,
          visits: execution.visits.map((visit) => ({ ...visit, rootAfter: rootHex(stateRoot(7n)) })),
        })),
      "another root before": (batch) =>
        inExecution(batch, 1, (execution) => ({
          ...execution,
          visits: execution.visits.map((visit) => ({ ...visit, rootBefore: rootHex(stateRoot(7n)) })),
        })),
      "another timestamp": (batch) => ({ ...batch, timestamp: batch.timestamp - 1n }),
      "an execution left out": (batch) => ({
        ...batch,
        executions: batch.executions.slice(0, 1),
        proofs: batch.proofs.slice(1).map((proof) => ({ ...proof, visits: [0] })),
      }),
      "proofs of the same batch swapped": (batch) => ({
        ...batch,
        proofs: batch.proofs.map((proof, at) => ({ ...proof, proof: proofOf(batch, 1 - at) })),
      }),
      "the proof of the same call on another rollup": (batch) =>
        inProof(batch, 0, (proof) => ({ ...proof, proof: proofOf(world.elsewhere, 0) })),
      "the other instance's key": (batch) =>
        inProof(batch, 0, (proof) => ({ ...proof, verificationKey: world.keys.ledger2 })),
      "one proof for two visits": (batch) => ({
        ...batch,
        proofs: batch.proofs.slice(0, 1).map((proof) => ({ ...proof, visits: [0, 1] })),
      }),
      "another commitment": (batch) =>
        inProof(batch, 0, (proof) => withPoints(proof, ([, a, b, c]) => [1n, a, b, c])),
      "A negated": (batch) =>
        inProof(batch, 0, (proof) =>
          withPoints(proof, ([z, a, b, c]) => [z, [a[0], BASE_FIELD_MODULUS - a[1]], b, c]),
        ),
      "C negated": (batch) =>
        inProof(batch, 0, (proof) =>
          withPoints(proof, ([z, a, b, c]) => [z, a, b, [c[0], BASE_FIELD_MODULUS - c[1]]]),
        ),
      "C exchanged for A": (batch) =>
        inProof(batch, 0, (proof) => withPoints(proof, ([z, a, b]) => [z, a, b, a])),
    };
    for (const [name, forge] of Object.entries(forgeries)) {
      it(name, async () => {
        expect(await verdict(forge(world.honest))).to.equal("InvalidProof");
      });
    }
  });

  it("refuses a batch made for another contract", async () => {
    const twin = (await deploy(world.l1, "Rollups", [600n])).address;
    await registerLedger(
      new Deployer(world.l1.url, developmentAccount(0)),
      twin,
      world.proofSystem,
      Object.values(world.keys),
    );
    expect(await verdict(world.honest, twin)).to.equal("InvalidProof");
  });

  it("refuses a batch made for another EVM chain, under the same addresses", async () => {
    const server = await network.createServer(
      { network: "default", override: { chainId: 1337 } },
      "127.0.0.1",
      0,
    );
    const { port } = await server.listen();
    try {
      const url = `http://127.0.0.1:${port}`;
      const deployer = new Deployer(url, developmentAccount(0));
      const rollups = await deployer.create("Rollups.sol", [600n]);
      expect(rollups).to.equal(world.rollups);
      const proofSystem = await deployer.create("proofs/Groth16ProofSystem.sol");
      for (const key of world.verificationKeys) {
        const args = [encodeVerificationKey(key)];
        await deployer.call(proofSystem, { abi: groth16ProofSystemAbi, functionName: "registerKey", args });
      }
      await registerLedger(deployer, rollups, proofSystem, Object.values(world.keys));
      const { reader } = clientsOf(url);
      expect(await verdictOf(reader, world.honest, rollups)).to.equal("InvalidProof");
    } finally {
      await server.close();
    }
  });

  it("refuses points off the curve, coordinates out of the field and commitments ≥ p, each by name", async () => {
    const forge = (change: (points: ProofPoints) => ProofPoints): BatchValue =>
      inProof(world.honest, 1, (proof) => withPoints(proof, change));
    const offCurve = [
      forge(([z, a, b, c]) => [z, [a[0], a[1] + 1n], b, c]),
      forge(([z, a, b, c]) => [z, a, [[b[0][0] + 1n, b[0][1]], b[1]], c]),
      forge(([z, a, b, c]) => [z, a, b, [c[0] + 1n, c[1]]]),
      forge(([z, a, b, c]) => [z, [a[0] + BASE_FIELD_MODULUS, a[1]], b, c]),
      forge(([z, a, b, c]) => [z, a, b, [c[0], c[1] + BASE_FIELD_MODULUS]]),
    ];
    for (const batch of offCurve) expect(await verdict(batch)).to.equal("ProofNotOnCurve");
    expect(await verdict(forge(([z, a, b, c]) => [z + FIELD_MODULUS, a, b, c]))).to.equal(
      "CommitmentOutOfField",
    );
    const cut = inProof(world.honest, 1, (proof) => ({ ...proof, proof: changeTail(proof.proof, "") }));
    expect(await verdict(cut)).to.equal("ProofLength");
  });

  it("refuses a key that is not the rollup's, and a proof handed to another rollup", async () => {
    const unknown = inProof(world.honest, 0, (proof) => ({
      ...proof,
      verificationKey: `0x${"11".repeat(32)}`,
    }));
    expect(await verdict(unknown)).to.equal("UnknownVerificationKey");
    const moved = inProof(world.honest, 0, (proof) => ({ ...proof, rollup: world.second }));
    expect(await verdict(moved)).to.equal("VisitOfOtherRollup");
  });

  it("takes a replay, in the same block and in the next, but nothing is played twice", async () => {
    const { reader, node, writer } = world.l1;
    const snapshot = await node.snapshot();
    const post = async (nonce: number) =>
      await writer(accountAt(5)).writeContract({
        address: world.rollups,
        abi: rollupsAbi,
        functionName: "postBatch",
        args: [world.honest],
        gas: 6_000_000n,
        nonce,
      });
    try {
      await node.setAutomine(false);
      const first = await post(0);
      const second = await post(1);
      const calls: Hex[] = [];
      for (const raw of world.triggers.slice(0, 1)) {
        calls.push(await reader.sendRawTransaction({ serializedTransaction: raw }));
      }
      await node.mine({ blocks: 1 });
      await node.setAutomine(true);
      const statusOf = async (hash: Hex): Promise<string> =>
        (await reader.getTransactionReceipt({ hash })).status;
      expect(await statusOf(first)).to.equal("success");
      expect(await statusOf(second)).to.equal("success");
      for (const hash of calls) expect(await statusOf(hash)).to.equal("success");
      expect(await verdict(world.honest)).to.equal(undefined);
      // In another second, it is another batch: proofs are bound to their time.
      const other = { ...world.honest, timestamp: world.honest.timestamp + 1n };
      expect(await verdict(other)).to.equal("InvalidProof");
      // The second call was posted for a block that has passed.
      // Hardhat runs eth_call in the latest block itself, where the table still stands.
      await node.mine({ blocks: 1 });
      const late = await reader
        .simulateContract({
          account: accountAt(1),
          address: world.ledgerProxy,
          abi: [...ledgerAbi, ...rollupsAbi],
          functionName: "transfer",
          args: [0n, accountAt(2).address, 1n],
        })
        .then(() => undefined, errorName);
      expect(late).to.equal("ExecutionNotFound");
    } finally {
      await node.setAutomine(true);
      await node.revert({ id: snapshot });
    }
    expect(await verdict(world.honest)).to.equal(undefined);
  });
});

/** Calldata of the second call. */
function dataOf(batch: BatchValue): Hex {
  return batch.executions[1]?.actions[0]?.data ?? "0x";
}

/** The bytes with the last one replaced. */
function changeTail(bytes: Hex, tail: string): Hex {
  return `0x${bytes.slice(2, -2)}${tail}`;
}

function errorName(error: unknown): string {
  const reverted =
    error instanceof BaseError ? error.walk((cause) => cause instanceof ContractFunctionRevertedError) : null;
  if (reverted instanceof ContractFunctionRevertedError) {
    return reverted.data?.errorName ?? reverted.signature ?? "without data";
  }
  throw error;
}

async function registerLedger(
  deployer: Deployer,
  rollups: Address,
  proofSystem: Address,
  verificationKeys: readonly Hex[],
): Promise<void> {
  const genesisRoot = rootHex(await ledgerKind.genesisRoot());
  const registration = {
    owner: accountAt(0).address,
    proofSystem,
    verificationKeys,
    genesisRoot,
    nativeToken: false,
    verificationDelay: 0,
  };
  await deployer.call(rollups, { abi: rollupsAbi, functionName: "register", args: [registration] });
}
