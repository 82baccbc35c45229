import { invert } from "@noble/curves/abstract/modular.js";
import { expect } from "chai";
import { concatHex, type Hex, keccak256, numberToHex, size, sliceHex } from "viem";
import { busProofSystemAbi as abi } from "../../builder/protocol/abi.ts";
import { FIELD_MODULUS as P } from "../../builder/protocol/ids.ts";
import { encodeKeySet, hashKeySet } from "../../builder/proving/bus/key-set.ts";
import { type BusProof, encodeBusProofs } from "../../builder/proving/bus/proofs.ts";
import { NO_QUESTIONS } from "../../builder/proving/bus/questions.ts";
import { statementTerms } from "../../builder/proving/bus/statement-tuples.ts";
import { compress, termsOf } from "../../builder/proving/bus/terms.ts";
import {
  type BusChallenges,
  drawChallenges,
  equationCoefficients,
  seedOf,
} from "../../builder/proving/bus/transcript.ts";
import { encodeG1, encodeG2, type G2Point } from "../../builder/proving/keys/verification-key.ts";
import { BusProver, type Part } from "../proving/bus/bus-prover.ts";
import { snapshots } from "./gas-snapshot.ts";
import { busStatement, type BusStatement, type BusSystem, createBusSystem } from "./bus-system.ts";
import { put } from "./canonical/mutate.ts";
import { expectRevert } from "./outcome.ts";
import { strayG2 } from "./toxic-waste.ts";

/** Bytes of a set before its keys, of a key, and of a proof. */
const HEADER = 352;
const KEY = 512;
const PROOF = 384;

const WORDS = [11n, 22n, 33n, 44n, 55n];
/** A statement of five words in two proofs under two keys. */
const PARTS: readonly Part[] = [
  { key: 0, words: WORDS.slice(0, 2) },
  { key: 1, words: WORDS.slice(2) },
];

describe("BusProofSystem", function () {
  this.timeout(120_000);
  let s: BusSystem;
  let prover: BusProver;
  let honest: readonly BusProof[];

  before(async () => {
    s = await createBusSystem();
    prover = await BusProver.open(["bus_words_2_0", "bus_words_3_2"]);
    await s.register(prover.set);
    ({ proofs: honest } = await prover.proveTogether({ parts: PARTS, words: WORDS }, s.where));
  });

  const statement = (proofs: readonly BusProof[] | Hex, words: readonly bigint[] = WORDS, set?: Hex) =>
    busStatement(set ?? prover.setName, words, typeof proofs === "string" ? proofs : { proofs, codes: [] });
  const verify = (...statements: BusStatement[]) => s.verify(statements);
  const refuses = (errorName: string, args: readonly unknown[] | undefined, ...statements: BusStatement[]) =>
    expectRevert(verify(...statements), errorName, args, abi);
  const refusesAnyhow = async (what: string, ...statements: BusStatement[]) => {
    const outcome = await verify(...statements).then(
      () => "accepted",
      () => "refused",
    );
    expect(outcome, what).to.equal("refused");
  };

  describe("proofs", () => {
    it("of all the words of a statement are accepted, several together, of several statements", async () => {
      await verify(statement(honest));
      await verify();
      const words = [1n, 2n, 3n, 4n, 5n];
      const parts = [
        { key: 0, words: words.slice(0, 2) },
        { key: 1, words: words.slice(2) },
      ];
      const { proofs: other } = await prover.proveTogether({ parts, words }, s.where);
      await verify(statement(honest), statement(other, words), statement(honest));
      const small = { parts: [{ key: 0, words: [7n, 8n] }], words: [7n, 8n] };
      const { proofs: few } = await prover.proveTogether(small, s.where);
      await verify(statement(few, [7n, 8n]), statement(other, words));
    });

    it("draw the challenges that TypeScript draws, and L1 sends what it says", async () => {
      const challenges = challengesOf(honest);
      const received = honest.reduce((sum, { sum: part }) => (sum + part) % P, 0n);
      expect((received + statementTerms(WORDS, NO_QUESTIONS, challenges)) % P).to.equal(0n);
    });

    it("are refused when any word of them is another, or cut, or longer", async () => {
      const bytes = encodeBusProofs({ proofs: honest, codes: [] });
      for (let at = 0; at < size(bytes); at += 32) {
        const changed = BigInt(sliceHex(bytes, at, at + 32)) ^ 1n;
        await refusesAnyhow(`word ${at / 32}`, statement(put(bytes, at, numberToHex(changed, { size: 32 }))));
      }
      for (const length of [0, 32, PROOF - 1, PROOF + 32])
        await refuses(
          "ProofLength",
          [0n, BigInt(length)],
          statement(length === 0 ? "0x" : sliceHex(bytes, 0, length)),
        );
      // What is behind would be questions.
      await refuses("QuestionsLength", [0n], statement(`${bytes}00`));
    });

    it("are refused dropped, doubled or in another order", async () => {
      const [one, two] = honest;
      if (one === undefined || two === undefined) throw new Error("two proofs");
      for (const list of [[one], [two], [two, one], [one, two, two], [one, one, two], [one, one]])
        await refuses("BusNotBalanced", [0n], statement(list));
    });

    it("are refused for other words, one more or one less", async () => {
      for (const index of WORDS.keys())
        await refuses(
          "BusNotBalanced",
          [0n],
          statement(
            honest,
            WORDS.map((w, i) => (i === index ? w + 1n : w)),
          ),
        );
      await refuses("BusNotBalanced", [0n], statement(honest, [...WORDS, 0n]));
      await refuses("BusNotBalanced", [0n], statement(honest, WORDS.slice(1)));
      await refuses("BusNotBalanced", [0n], statement(honest, []));
      // Words are not taken modulo the field's order.
      await refuses("BusNotBalanced", [0n], statement(honest, [P + 11n, ...WORDS.slice(1)]));
    });

    it("do not tell of other words, whatever their part of the bus is said to be", async () => {
      const wrong = WORDS.map((word) => word + 1n);
      const parts = [
        { key: 0, words: wrong.slice(0, 2) },
        { key: 1, words: wrong.slice(2) },
      ];
      const { proofs } = await prover.proveTogether({ parts, words: WORDS }, s.where);
      await refuses("BusNotBalanced", [0n], statement(proofs));
      const challenges = challengesOf(proofs);
      const missing =
        proofs.reduce((sum, { sum: part }) => sum + part, statementTerms(WORDS, NO_QUESTIONS, challenges)) %
        P;
      const [one, ...rest] = proofs;
      if (one === undefined) throw new Error("a proof");
      const balanced = [{ ...one, sum: (one.sum + P - missing) % P }, ...rest];
      await refuses("InvalidProof", [], statement(balanced));
    });

    it("bind their parts of the bus before the equations are added up", async () => {
      // Two proofs under one key receive the words twice. False parts balance the bus, and their weighted sum
      // is what it was under the coefficients that these proofs had.
      const words = [7n, 8n];
      const part = { key: 0, words };
      const { proofs } = await prover.proveTogether({ parts: [part, part], words }, s.where);
      const [one, two] = proofs;
      if (one === undefined || two === undefined) throw new Error("two proofs");
      const commitments = [one, two].map(({ key, proof }) => ({ key, d: proof.d }));
      const opening = { ...s.where, set: prover.setName, words, commitments, codes: [] };
      const missing = (one.sum + two.sum + statementTerms(words, NO_QUESTIONS, drawChallenges(opening))) % P;
      expect(missing).to.not.equal(0n);
      const seen = [{ seed: seedOf(opening), proofs: { proofs, codes: [] } }];
      const [first = 0n, second = 0n] = equationCoefficients(seen, 2);
      const by = (missing * invert((first - second + P) % P, P)) % P;
      const forged = [
        { ...one, sum: (one.sum + second * by) % P },
        { ...two, sum: (two.sum + (P - first) * by) % P },
      ];
      await refuses("BusNotBalanced", [0n], statement([one, two], words));
      await refuses("InvalidProof", [], statement(forged, words));
    });

    it("commit to their words before the challenges: for known ones other words have the same sum", async () => {
      const challenges: BusChallenges = { beta: 5n, gamma: 1_000_003n };
      const words = [7n, 8n];
      // Receiving a at 0 and b at 1 with 1/(γ − f(a)) + 1/(γ − f(b)) as for the true words.
      const target = statementTerms(words, NO_QUESTIONS, challenges);
      const a = 70n;
      const rest =
        (target - termsOf([{ name: "word", fields: { lo: a, index: 0n, hi: 0n } }], challenges) + P) % P;
      const f = (challenges.gamma - invert(rest, P) + P) % P;
      const b = (f - compress({ name: "word", fields: { lo: 0n, index: 1n, hi: 0n } }, challenges) + P) % P;
      const fields = { lo: b, index: 1n, hi: 0n };
      expect(termsOf([{ name: "word", fields }], challenges)).to.equal(rest);
      const part = { key: 0, words: [a, { lo: b, hi: 0n }] };
      const forged = await prover.prove(part, await prover.commit(part), challenges);
      expect((forged.sum + target) % P, "balanced under challenges known beforehand").to.equal(0n);
      await refuses("BusNotBalanced", [0n], statement([forged], words));
    });

    it("do not balance another statement's bus", async () => {
      const [one, two] = honest;
      if (one === undefined || two === undefined) throw new Error("two proofs");
      const more = { ...one, sum: (one.sum + 1n) % P };
      const less = { ...one, sum: (one.sum + P - 1n) % P };
      await refuses("BusNotBalanced", [0n], statement([more, two]), statement([less, two]));
      await refuses("BusNotBalanced", [1n], statement(honest), statement([more, two]));
    });

    it("are refused under a set that was not registered, another set, and another key", async () => {
      const reversed = { ...prover.set, keys: [...prover.set.keys].reverse() };
      await refuses("UnknownKeySet", [hashKeySet(reversed)], statement(honest, WORDS, hashKeySet(reversed)));
      await s.register(reversed);
      await refuses("BusNotBalanced", [0n], statement(honest, WORDS, hashKeySet(reversed)));
      const unknown = keccak256("0x01");
      await expectRevert(
        verify(statement(await provenFor(unknown), WORDS, unknown)),
        "UnknownKeySet",
        [unknown],
        abi,
      );
      const [one, two] = honest;
      if (one === undefined || two === undefined) throw new Error("two proofs");
      const challenges = challengesOf([one, { ...two, key: 2 }]);
      const under = await Promise.all(
        PARTS.map((part, i) => prover.prove(part, honest[i]?.proof.d ?? [0n, 0n], challenges)),
      );
      const misnamed = under.map((proof, i) => ({ ...proof, key: 2 * i }));
      await refuses("UnknownKey", [0n, 1n, 2n], statement(misnamed));
    });

    it("are refused on another chain and by another contract", async () => {
      for (const where of [
        { ...s.where, evmChainId: 1n },
        { ...s.where, proofSystem: "0x00000000000000000000000000000000000000aa" as const },
      ]) {
        const { proofs } = await prover.proveTogether({ parts: PARTS, words: WORDS }, where);
        await refuses("BusNotBalanced", [0n], statement(proofs));
      }
    });
  });

  describe("sets of keys", () => {
    it("are named by their hash, once, and told apart when they are of development", async () => {
      expect(await s.system.read.isRegistered([prover.setName])).to.equal(true);
      expect(await s.system.read.isDevelopmentKeySet([prover.setName])).to.equal(true);
      expect((await s.register(prover.set)).logs.length).to.equal(0);
      expect(await s.system.read.isRegistered([keccak256("0x")])).to.equal(false);
    });

    it("of the development set-up are refused off local chains", async () => {
      const other = await createBusSystem({ chainId: 10 });
      await expectRevert(
        other.system.simulate.registerKeySet([encodeKeySet(prover.set)]),
        "DevelopmentKeySet",
        [10n],
        abi,
      );
    });

    it("are of development when any one of their points is: each gives the rest away", async () => {
      const off = await createBusSystem({ chainId: 10 });
      const encoded = encodeKeySet(prover.set);
      const [one, two] = prover.set.keys;
      const [point] = one?.ic ?? [];
      if (one === undefined || two === undefined || point === undefined) throw new Error("two keys");
      // Where α, β and τ are, and points that are none of them.
      const others = [
        { at: 0, other: encodeG1(point) },
        { at: 64, other: encodeG2(one.delta) },
        { at: 192, other: encodeG2(two.delta) },
      ];
      const own = others.reduce((set, { at, other }) => put(set, at, other), encoded);
      await off.system.simulate.registerKeySet([own]);
      for (const { at, other } of others) {
        const mixed = put(own, at, sliceHex(encoded, at, at + size(other)));
        await expectRevert(off.system.simulate.registerKeySet([mixed]), "DevelopmentKeySet", [10n], abi);
      }
    });

    it("of another length are refused", async () => {
      const set = encodeKeySet(prover.set);
      for (const bytes of [
        sliceHex(set, 0, HEADER),
        sliceHex(set, 0, HEADER - 1),
        sliceHex(set, 0, size(set) - 1),
        `${set}00`,
        "0x",
      ] as const)
        await expectRevert(
          s.system.simulate.registerKeySet([bytes]),
          "KeySetLength",
          [BigInt(size(bytes))],
          abi,
        );
      const many = concatHex([
        sliceHex(set, 0, HEADER),
        ...Array.from({ length: 48 }, () => sliceHex(set, HEADER, HEADER + KEY)),
      ]);
      await expectRevert(s.system.simulate.registerKeySet([many]), "KeySetLength", undefined, abi);
      const slots = put(set, HEADER - 32, numberToHex(65n, { size: 32 }));
      await expectRevert(s.system.simulate.registerKeySet([slots]), "TooManySlots", [65n], abi);
    });

    it("with a point off its curve, at infinity, or with a coordinate out of range are refused", async () => {
      const set = encodeKeySet(prover.set);
      const inKey = [0, 128, 256, 320, 384, 448].map((at) => HEADER + KEY + at);
      for (const at of [0, 64, 192, ...inKey]) {
        const first = BigInt(sliceHex(set, at, at + 32));
        const changed = put(set, at, numberToHex(first ^ 1n, { size: 32 }));
        await expectRevert(s.system.simulate.registerKeySet([changed]), "PointNotOnCurve", [BigInt(at)], abi);
      }
    });

    it("with a point of G2 outside the subgroup are refused", async () => {
      const set = encodeKeySet(prover.set);
      for (const at of [64, 192, HEADER + KEY, HEADER + KEY + 128]) {
        const changed = put(set, at, encodeG2(strayG2()));
        await expectRevert(s.system.simulate.registerKeySet([changed]), "PrecompileFailed", [8n], abi);
      }
    });

    it("whose δ or η is not its own are refused: a commitment could hold the other circuit's wires", async () => {
      const set = encodeKeySet(prover.set);
      const [one, two] = prover.set.keys;
      if (one === undefined || two === undefined) throw new Error("two keys");
      const generator: G2Point = [
        [
          10857046999023057135944570762232829481370756359578518086990519993285655852781n,
          11559732032986387107991004021392285783925812861821192530917403151452391805634n,
        ],
        [
          8495653923123431417604973247489272438418190587263600148770280649306958101930n,
          4082367875863433681332203403145435568316851327593401208105741076214120093531n,
        ],
      ];
      const places = { delta: HEADER + KEY, eta: HEADER + KEY + 128 };
      for (const [at, point] of [
        [places.delta, one.delta],
        [places.delta, one.eta],
        [places.eta, one.delta],
        [places.eta, one.eta],
        [places.eta, two.delta],
        [places.delta, generator],
        [places.eta, generator],
      ] as const)
        await expectRevert(
          s.system.simulate.registerKeySet([put(set, at, encodeG2(point))]),
          "SecretNotOwn",
          [BigInt(at)],
          abi,
        );
    });
  });

  describe("gas of verify, without the transaction and its calldata", () => {
    const snapshot = snapshots("bus-gas.json");

    for (const [name, keys] of [
      ["1 proof", [0]],
      ["2 proofs under 1 key", [0, 0]],
      ["2 proofs under 2 keys", [0, 1]],
      ["4 proofs under 1 key", [0, 0, 0, 0]],
      ["8 proofs under 1 key", [0, 0, 0, 0, 0, 0, 0, 0]],
    ] as const)
      it(name, async () => {
        // A statement for each proof, but for the pair: what a statement costs more is little.
        if (keys.length === 2 && keys[1] === 1) {
          snapshot(name, await s.verificationGas([statement(honest)]));
          return;
        }
        const order = { parts: [{ key: 0, words: [7n, 8n] }], words: [7n, 8n] };
        const { proofs } = await prover.proveTogether(order, s.where);
        snapshot(name, await s.verificationGas(keys.map(() => statement(proofs, [7n, 8n]))));
      });
  });

  function challengesOf(proofs: readonly BusProof[], words: readonly bigint[] = WORDS): BusChallenges {
    const commitments = proofs.map(({ key, proof }) => ({ key, d: proof.d }));
    return drawChallenges({ ...s.where, set: prover.setName, words, commitments, codes: [] });
  }

  async function provenFor(set: Hex): Promise<BusProof[]> {
    const commitments: { key: number; d: BusProof["proof"]["d"] }[] = [];
    for (const part of PARTS) commitments.push({ key: part.key, d: await prover.commit(part) });
    const challenges = drawChallenges({ ...s.where, set, words: WORDS, commitments, codes: [] });
    return Promise.all(PARTS.map((part, i) => prover.prove(part, commitments[i]?.d ?? [0n, 0n], challenges)));
  }
});
