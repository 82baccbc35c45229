import { expect } from "chai";
import { concatHex, type Hex, keccak256, numberToHex, size, slice } from "viem";
import {
  type BatchValue,
  decodeBatch,
  decodeBatchValue,
  encodeBatchValue,
  POST_BATCH_SELECTOR,
  UnreadableBatchError,
} from "../../builder/protocol/batch.ts";
import { groth16ProofSystemAbi } from "../../builder/protocol/abi.ts";
import { type ChainId, L1 } from "../../builder/protocol/ids.ts";
import { statementWords } from "../../builder/protocol/statement.ts";
import { type PlannerCall, plannerOf } from "./canonical/planner.ts";
import { layOut, type Word } from "./canonical/layout.ts";
import { batchOf, call, execution, proofsFor, REMOTE, REMOTE2, result, simpleCall, visit } from "./lists.ts";
import { expectError, mined, revertData } from "./outcome.ts";
import { deploy, KEY, rootAt, type Setup } from "./setup.ts";
import { encodeProof, forge, toxicKey } from "./toxic-waste.ts";

const [r0, r1, r2] = [rootAt(0), rootAt(1), rootAt(2)];
const BASE_FIELD_MODULUS = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;

describe("Rollups: the one form of a batch", () => {
  let s: Setup;
  let a: ChainId;
  let b: ChainId;
  let batch: BatchValue;
  let data: Hex;
  let words: readonly Word[];
  let verdict: PlannerCall;

  before(async () => {
    s = await deploy();
    ({ a, b } = s);
    const { address: user } = s.actor;
    // Two calls of one rollup, one with data, and one that goes on to another rollup.
    batch = await batchOf(
      s,
      [
        simpleCall(a, user, [r0, r1]),
        simpleCall(a, user, [r1, r2], { data: "0xa9059cbb05", answer: "0x01" }),
        execution(
          [call(L1, b, user, REMOTE), call(b, a, REMOTE, REMOTE2), result(a, b), result(b, L1)],
          [visit(a, r2, rootAt(3)), visit(b, r0, r1)],
        ),
      ],
      {},
    );
    batch.proofs = batch.proofs.map((proof) => ({ ...proof, proof: `0x${"5a".repeat(40)}` }));
    ({ data, words } = layOut(batch));
    verdict = await plannerOf(s);
  });

  const wordNamed = (name: string, among = words): Word => {
    const found = among.find((word) => word.name === name);
    if (found === undefined) throw new Error(`no word is ${name}`);
    return found;
  };
  const put = (bytes: Hex, at: number, part: Hex): Hex =>
    concatHex([
      slice(bytes, 0, at),
      part,
      ...(at + size(part) < size(bytes) ? [slice(bytes, at + size(part))] : []),
    ]);
  const insert = (bytes: Hex, at: number, part: Hex): Hex =>
    concatHex([slice(bytes, 0, at), part, ...(at < size(bytes) ? [slice(bytes, at)] : [])]);
  const word = (value: bigint | number): Hex => numberToHex(BigInt.asUintN(256, BigInt(value)), { size: 32 });
  const add = (bytes: Hex, { at }: Word, more: number): Hex =>
    put(bytes, at, word(BigInt(slice(bytes, at, at + 32)) + BigInt(more)));

  const post = (calldata: Hex) =>
    s.publicClient.call({ to: s.rollups.address, data: calldata, account: s.owner, gas: 16_000_000n });
  const takes = async (calldata: Hex): Promise<void> => {
    await post(calldata);
    decodeBatchValue(keccak256(calldata), calldata);
  };
  const refuses = async (calldata: Hex): Promise<void> => {
    const taken = await post(calldata).then(
      () => true,
      () => false,
    );
    expect(taken, "it was taken").to.equal(false);
    expect((await verdict(calldata))?.errorName).to.equal("NotCanonicalCalldata");
    expect(() => decodeBatchValue(keccak256(calldata), calldata), "by a follower").to.throw(
      UnreadableBatchError,
    );
  };

  it("is what the ABI makes of it, byte for byte", async () => {
    expect(data).to.equal(encodeBatchValue(batch));
    await takes(data);
  });

  it("has no offset that leads back, where another decoder throws and Solidity reads an empty proof", async () => {
    const offset = wordNamed("proofs[0].proof offset");
    const head = wordNamed("proofs[0].rollup").at;
    // A word that is zero, in front of the proof.
    const nothing = wordNamed("executions[0].marks length").at;
    await refuses(put(data, offset.at, word(nothing - head)));
  });

  it("has no byte that means nothing: the first one of where a deposit's data is, which has none", async () => {
    const { data: two, words: its } = layOut(await batchOf(s, batchOfTwo()));
    // Far behind the end there is no data either. It was byte 708 before actions had a gas limit.
    const { at } = wordNamed("executions[0].actions[0].data offset", its);
    expect(at).to.equal(708 + 32);
    await takes(two);
    for (const byte of ["0x80", "0xff"] as const) await refuses(put(two, at, byte));
  });
  const batchOfTwo = () => [
    simpleCall(a, s.actor.address, [r0, r1], { value: 1000n }),
    simpleCall(a, s.actor.address, [r1, r2], { data: "0xa9059cbb" }),
  ];

  it("has zeros where data is padded", async () => {
    const padded = words.filter(({ role, meaning }) => role === "bytes" && meaning < 32);
    expect(padded.map(({ name }) => name)).to.deep.equal([
      "executions[1].actions[0].data",
      "executions[1].actions[1].data",
      "proofs[0].proof",
      "proofs[1].proof",
    ]);
    for (const { at, meaning } of padded) {
      await refuses(put(data, at + meaning, "0x01"));
      await refuses(put(data, at + 31, "0x80"));
    }
  });

  it("has each offset where the encoder puts it, those of empty data and marks too", async () => {
    const offsets = words.filter(({ role }) => role === "offset");
    expect(offsets.length).to.be.greaterThan(25);
    for (const offset of offsets) {
      await refuses(add(data, offset, 32));
      await refuses(add(data, offset, -32));
      await refuses(put(data, offset.at, "0xff"));
    }
    // All of these lead to a zero, as they did before.
    const empty = offsets.filter(({ name }) =>
      /executions\[[02]\]\.(actions\[\d\]\.data|marks) offset/.test(name),
    );
    expect(empty.length).to.equal(8);
    const zero = wordNamed("executions[0].marks length").at;
    for (const { at, name } of empty) {
      const of = name.replace(/\.(data|marks) offset$/, "");
      const start = name.includes("marks")
        ? wordNamed(`${of}.actions offset`).at
        : wordNamed(`${of}.kind`).at;
      if (start < zero) await refuses(put(data, at, word(zero + (name.includes("marks") ? 32 : 0) - start)));
    }
  });

  it("has no number that its type has no room for", async () => {
    const numbers = words.filter(({ role }) => role === "number");
    expect(numbers.length).to.be.greaterThan(60);
    for (const { at, meaning } of numbers) {
      await refuses(put(data, at + 31 - meaning, "0x01"));
      await refuses(put(data, at, "0x80"));
    }
    for (const { at, name } of numbers) {
      if (/\.(failed|isStatic)$/.test(name)) await refuses(put(data, at + 31, "0x02"));
    }
  });

  it("ends with its last proof", async () => {
    for (const more of ["0x00", word(0), word(1), data] as const) await refuses(concatHex([data, more]));
    for (const less of [1, 8, 32, 64, 200]) await refuses(slice(data, 0, size(data) - less));
    await refuses(POST_BATCH_SELECTOR);
  });

  it("has no gaps, and no two arrays in one place", async () => {
    const executions = wordNamed("executions length");
    const proofs = wordNamed("proofs length");
    const toProofs = wordNamed("proofs offset");
    // A word between executions and proofs, and one in front of both.
    await refuses(add(insert(data, proofs.at, word(0)), toProofs, 32));
    const moved = insert(data, executions.at, word(0));
    await refuses(add(add(moved, toProofs, 32), wordNamed("executions offset"), 32));
    // The last execution's marks are those of the first, and its own are not there.
    const own = wordNamed("executions[2].marks length");
    const cut = concatHex([slice(data, 0, own.at), slice(data, own.at + 32)]);
    const shared = wordNamed("executions[0].marks length").at - wordNamed("executions[2].actions offset").at;
    await refuses(put(add(cut, toProofs, -32), wordNamed("executions[2].marks offset").at, word(shared)));
    // Data and marks, both empty.
    const last = wordNamed("executions[2].actions[3].data length");
    const joint = concatHex([slice(data, 0, last.at), slice(data, last.at + 32)]);
    const after = [
      wordNamed("executions[2].visits offset"),
      wordNamed("executions[2].marks offset"),
      toProofs,
    ];
    const toMarks =
      wordNamed("executions[2].marks length").at - 32 - wordNamed("executions[2].actions[3].kind").at;
    const shorter = after.reduce((bytes, offset) => add(bytes, offset, -32), joint);
    await refuses(put(shorter, wordNamed("executions[2].actions[3].data offset").at, word(toMarks)));
  });

  it("has its parts in the order of their declaration", async () => {
    const [executions, proofs] = [wordNamed("executions length"), wordNamed("proofs length")];
    const head = wordNamed("timestamp").at;
    const length = size(data) - proofs.at;
    const swapped = concatHex([
      slice(data, 0, executions.at),
      slice(data, proofs.at),
      slice(data, executions.at, proofs.at),
    ]);
    const toProofs = put(swapped, wordNamed("proofs offset").at, word(executions.at - head));
    await refuses(put(toProofs, wordNamed("executions offset").at, word(executions.at - head + length)));
    // Two executions in each other's place.
    const offsets = [wordNamed("executions[0] offset"), wordNamed("executions[1] offset")];
    const [first, second] = offsets.map(({ at }) => slice(data, at, at + 32));
    if (offsets[0] === undefined || first === undefined || second === undefined)
      throw new Error("no offsets");
    await refuses(put(data, offsets[0].at, concatHex([second, first])));
  });

  it("has its proofs in the order of their first visits", async () => {
    await takes(
      encodeBatchValue({ ...batch, proofs: proofsFor(decodeBatch(keccak256(data), data).executions) }),
    );
    const reason: unknown = await post(
      encodeBatchValue({ ...batch, proofs: batch.proofs.toReversed() }),
    ).catch((error: unknown) => error);
    expectError(revertData(reason), "ProofsNotInOrder", [1n]);
  });
  it("leaves proof bytes alone: (−A, −B, C) is another batch that says the same", async () => {
    const proofSystem = await s.create("Groth16ProofSystem");
    const key = toxicKey("canonical");
    const hash = await s.walletClient.writeContract({
      abi: groth16ProofSystemAbi,
      address: proofSystem,
      functionName: "registerKey",
      args: [key.encoded],
    });
    await mined(s, Promise.resolve(hash));
    const rollup = await s.register({ proofSystem, verificationKeys: [key.hash, KEY] });
    const list = simpleCall(rollup, s.actor.address, [r0, r1], { data: "0x1234" });
    const made = await batchOf(s, [list]);
    const header = {
      l1ChainId: 31337n,
      manager: s.rollups.address,
      rollup,
      timestamp: made.timestamp,
      blobs: 0n,
    };
    const parts = forge(
      key,
      statementWords(header, [{ rootBefore: r0, rootAfter: r1, actions: list.actions }]),
      "honest",
    );
    const negated = {
      ...parts,
      a: [parts.a[0], BASE_FIELD_MODULUS - parts.a[1]] as const,
      b: [parts.b[0], [BASE_FIELD_MODULUS - parts.b[1][0], BASE_FIELD_MODULUS - parts.b[1][1]]] as const,
    };
    const [honest, other] = [parts, negated].map((proof) =>
      encodeBatchValue({
        ...made,
        proofs: [{ rollup, verificationKey: key.hash, visits: [0], proof: encodeProof(proof) }],
      }),
    );
    if (honest === undefined || other === undefined) throw new Error("two batches");
    await takes(honest);
    await takes(other);
    expect(keccak256(other)).not.to.equal(keccak256(honest));
    const proofAt = (words_: readonly Word[]) => wordNamed("proofs[0].proof", words_).at;
    const { words: its } = layOut({
      ...made,
      proofs: [{ rollup, verificationKey: key.hash, visits: [0], proof: encodeProof(parts) }],
    });
    expect(slice(other, 0, proofAt(its)), "all but the proof").to.equal(slice(honest, 0, proofAt(its)));
  });
});
