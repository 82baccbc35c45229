import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM, type EVM } from "@ethereumjs/evm";
import { p256 } from "@noble/curves/nist.js";
import { expect } from "chai";
import fc from "fast-check";
import { concatHex, type Hex, hexToBytes, keccak256, numberToHex } from "viem";
import { sign } from "viem/accounts";
import { busProofSystemAbi as abi } from "../../builder/protocol/abi.ts";
import { RollupProxies } from "../../builder/proving/bus/proxies.ts";
import { type BusProofs, encodeBusProofs } from "../../builder/proving/bus/proofs.ts";
import { type Answers, NO_QUESTIONS, type PrecompileAnswer } from "../../builder/proving/bus/questions.ts";
import { statementTerms, statementTuples } from "../../builder/proving/bus/statement-tuples.ts";
import { termsOf } from "../../builder/proving/bus/terms.ts";
import { FIELD_MODULUS as P } from "../../builder/protocol/ids.ts";
import { BusProver } from "../proving/bus/bus-prover.ts";
import { busStatement, type BusSystem, createBusSystem } from "./bus-system.ts";
import { snapshots } from "./gas-snapshot.ts";
import { connect } from "./setup.ts";
import { expectRevert } from "./outcome.ts";
import { seedOf } from "./seed.ts";

const WORDS = [11n, 2n ** 256n - 1n];
const SEED = seedOf("LOCKSTEP_BUS_SEED");
const GAS = 100_000_000n;

const PRECOMPILES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0x100] as const;
const word = (value: bigint): Hex => numberToHex(value, { size: 32 });
const wordsOf = (...values: bigint[]): Uint8Array => hexToBytes(concatHex(values.map(word)));

describe("answers of BusProofSystem", function () {
  this.timeout(120_000);
  let s: BusSystem;
  let prover: BusProver;
  let evm: EVM;

  before(async () => {
    s = await createBusSystem();
    prover = await BusProver.open(["bus_any"]);
    await s.register(prover.set);
    evm = await createEVM({ common: new Common({ chain: Mainnet, hardfork: Hardfork.Osaka }) });
  });

  /** What a call of the precompile comes to on a chain with Osaka's rules. */
  async function answerOf(precompile: number, input: Uint8Array): Promise<PrecompileAnswer> {
    const run = evm.precompiles.get(numberToHex(precompile, { size: 20 }).slice(2));
    if (run === undefined) throw new Error("a precompile of Osaka");
    const { executionGasUsed, exceptionError, returnValue } = await run({
      data: input,
      gasLimit: GAS,
      common: evm.common,
      _EVM: evm,
    });
    if (exceptionError === undefined)
      return { precompile, input, price: executionGasUsed, output: returnValue };
    return { precompile, input, price: priceOfFailure(precompile, input) };
  }

  const proven = async (answers: Answers, sent: Answers = answers, words = WORDS): Promise<BusProofs> =>
    await prover.proveTogether(
      {
        parts: [
          { key: 0, words: [], sum: (challenges) => (P - statementTerms(words, sent, challenges)) % P },
        ],
        words,
        questions: answers,
      },
      s.where,
    );
  const verify = (proofs: BusProofs | Hex) => s.verify([busStatement(prover.setName, WORDS, proofs)]);
  const accepts = async (answers: Answers) => await verify(await proven(answers));
  const refuses = async (answers: Answers, sent: Answers) =>
    await expectRevert(verify(await proven(answers, sent)), "BusNotBalanced", [0n], abi);

  it("are hashes of preimages, as TypeScript has them", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 4 }), async (preimages) => {
        await accepts({ ...NO_QUESTIONS, preimages });
      }),
      { seed: SEED, numRuns: 15 },
    );
    // Around whole words and pairs of them, and runs of one length.
    const lengths = [0, 1, 31, 32, 33, 63, 64, 64, 64, 65, 65, 127, 128, 129, 64, 192, 0, 0];
    const preimages = lengths.map((length, at) => new Uint8Array(length).fill(at + 1));
    await accepts({ ...NO_QUESTIONS, preimages });
  });

  it("are hashes of these preimages: any byte, length or order of them is the hash's", async () => {
    const asked = [64, 64, 100, 130].map((length, at) => new Uint8Array(length).fill(at + 1));
    const [a, b, c, d] = asked;
    if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error("four");
    for (const other of [
      ...asked.flatMap((preimage, at) =>
        [0, 31, 32, 63, 64, 99, 129]
          .filter((byte) => byte < preimage.length)
          .map((byte) => asked.with(at, preimage.with(byte, 0xff))),
      ),
      [b, a, c, d],
      [a, b, Uint8Array.of(...c, 0), d],
      [Uint8Array.of(...a, ...b), c, d],
      [a, b, c],
    ])
      await refuses({ ...NO_QUESTIONS, preimages: asked }, { ...NO_QUESTIONS, preimages: other });
  });

  it("are answers of precompiles, as an EVM of Osaka gives them", async () => {
    for (const [precompile, input] of await inputs()) {
      const answer = await answerOf(precompile, input);
      await accepts({ preimages: [], inputs: [answer, answer] });
    }
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...PRECOMPILES), fc.uint8Array({ maxLength: 230 })), {
          maxLength: 4,
        }),
        async (random) => {
          const calls = await Promise.all(random.map(async ([at, input]) => await answerOf(at, input)));
          await accepts({ preimages: [Uint8Array.of(1)], inputs: calls });
        },
      ),
      { seed: SEED, numRuns: 25 },
    );
  });

  it("are not what a prover says that they are", async () => {
    for (const [precompile, input] of await inputs()) {
      const answer = await answerOf(precompile, input);
      const { output, ...failed } = answer;
      const asked = { preimages: [], inputs: [answer] };
      const lies: PrecompileAnswer[] = [
        { ...answer, price: answer.price + 1n },
        output === undefined ? { ...failed, output: new Uint8Array() } : failed,
        ...(output === undefined || output.length === 0
          ? []
          : [{ ...answer, output: output.map((byte) => byte ^ 1) }]),
        { ...answer, output: Uint8Array.of(...(output ?? []), 0) },
      ];
      for (const lie of lies) await refuses(asked, { ...asked, inputs: [lie] });
    }
    await refuses(
      { ...NO_QUESTIONS, preimages: [Uint8Array.of(1)] },
      { ...NO_QUESTIONS, preimages: [Uint8Array.of(2)] },
    );
    await refuses({ ...NO_QUESTIONS, preimages: [Uint8Array.of(1)] }, NO_QUESTIONS);
    await refuses(NO_QUESTIONS, { ...NO_QUESTIONS, preimages: [Uint8Array.of(1)] });
  });

  it("are to questions that were asked before the challenges", async () => {
    const asked = { ...NO_QUESTIONS, preimages: [Uint8Array.of(1)] };
    const late = { ...NO_QUESTIONS, preimages: [Uint8Array.of(2)] };
    const proofs = await proven(asked, late);
    await expectRevert(verify({ ...proofs, questions: late }), "BusNotBalanced", [0n], abi);
  });

  it("are refused for a precompile that L1 does not answer for", async () => {
    for (const precompile of [0, 0x0a, 0x0b, 0x11, 0x101, 0xffff]) {
      const asked = { preimages: [], inputs: [{ precompile, input: Uint8Array.of(1), price: 0n }] };
      await expectRevert(verify(await proven(asked)), "UnsupportedPrecompile", [BigInt(precompile)], abi);
    }
  });

  it("are refused where questions are cut or go on", async () => {
    const input = Uint8Array.of(1, 2, 3);
    const asked = { preimages: [input], inputs: [await answerOf(4, input)] };
    const bytes = encodeBusProofs(await proven(asked));
    for (const wrong of [`${bytes}00`, bytes.slice(0, -2), bytes.slice(0, -4 * 9)] as Hex[])
      await expectRevert(verify(wrong), "QuestionsLength", [0n], abi);
    // More runs than there are bytes, more preimages in one, longer ones.
    const start = bytes.length - 2 * (2 + 2 + 4 + 3 + 2 + 2 + 4 + 3);
    for (const [at, many] of [
      [0, "ffff"],
      [2, "ffff"],
      [4, "ffffffff"],
      [4, "00000004"],
    ] as const) {
      const wrong = `${bytes.slice(0, start + 2 * at)}${many}${bytes.slice(start + 2 * at + many.length)}`;
      await expectRevert(verify(wrong as Hex), "QuestionsLength", [0n], abi);
    }
  });

  it("of failure are not believed when the precompile may have lacked gas", async () => {
    const asked = { preimages: [], inputs: [await answerOf(8, strayPairs(20))] };
    const proofs = await proven(asked);
    await verify(proofs);
    const statement = busStatement(prover.setName, WORDS, proofs);
    let refused = 0;
    for (let gas = 500_000n; gas <= 3_500_000n; gas += 250_000n) {
      const outcome = await s.verifyWith([statement], gas).then(
        () => "accepted",
        () => "refused",
      );
      if (outcome === "refused") refused++;
      // With less than all that it may take, it is not called at all.
      if (gas < 2n * 725_000n) expect(outcome).to.equal("refused");
    }
    expect(refused).to.be.above(3);
    await expectRevert(s.verifyWith([statement], 1_400_000n), "PrecompileStarved", [8n], abi);
    // A true answer of success cannot be had as a failure either.
    const good = await answerOf(7, wordsOf(1n, 2n, 3n));
    const { output: _, ...starved } = good;
    await refuses({ preimages: [], inputs: [good] }, { preimages: [], inputs: [starved] });
  });

  it("come from an L1 that has all precompiles", async () => {
    const old = await connect({ hardfork: "prague" });
    await expectRevert(
      old.create("BusProofSystem", abi, [RollupProxies.read().initCode]),
      "PrecompileMissing",
      [0x100n],
      abi,
    );
  });

  it("never balance a bus by a denominator of zero", async () => {
    // The term of a tuple whose compression is γ: no sum is right then, and none passes.
    const challenges = { beta: 5n, gamma: 7n };
    const [tuple] = [...statementTuples([7n - 5n])];
    if (tuple === undefined) throw new Error("a tuple");
    expect(() => termsOf([tuple], challenges)).to.throw();
  });

  describe("gas", () => {
    const snapshot = snapshots("bus-answer-gas.json");
    const gasOf = async (answers: Answers, words: readonly bigint[] = WORDS): Promise<bigint> => {
      const proofs = await proven(answers, answers, [...words]);
      return await s.verificationGas([busStatement(prover.setName, words, proofs)]);
    };
    /** Of one more, out of ten more. */
    const perUnit = async (of: (count: number) => Promise<bigint>) => ((await of(11)) - (await of(1))) / 10n;
    const repeat = <Value>(count: number, value: Value): Value[] =>
      Array.from({ length: count }, () => value);

    it("of a statement's word", async () => {
      snapshot(
        "statement word",
        await perUnit((count) => gasOf(NO_QUESTIONS, repeat(count, 2n ** 255n + 3n))),
      );
    });

    it("of keccak256 of 64 bytes", async () => {
      const preimage = wordsOf(2n ** 255n, 3n);
      snapshot(
        "keccak256 of 64 bytes",
        await perUnit((count) => gasOf({ ...NO_QUESTIONS, preimages: repeat(count, preimage) })),
      );
    });

    it("of an ecrecover", async () => {
      const [[, input] = [1, new Uint8Array()]] = await inputs();
      const answer = await answerOf(1, input);
      snapshot(
        "ecrecover",
        await perUnit((count) => gasOf({ preimages: [], inputs: repeat(count, answer) })),
      );
    });
  });
});

/** Where the form is wrong L1 names no price. */
function priceOfFailure(precompile: number, input: Uint8Array): bigint {
  if (precompile === 6) return 150n;
  if (precompile === 7) return 6_000n;
  if (precompile === 8 && input.length % 192 === 0) return 45_000n + 34_000n * BigInt(input.length / 192);
  return 0n;
}

/** Pairs of points that are on no curve, as many as are asked for. */
function strayPairs(count: number): Uint8Array {
  return wordsOf(...Array.from({ length: 6 * count }, () => 1n));
}

/** Inputs of each precompile, right and wrong. */
async function inputs(): Promise<(readonly [number, Uint8Array])[]> {
  const hash = keccak256("0x01");
  const { r, s, yParity } = await sign({ hash, privateKey: keccak256("0x02") });
  const v = 27n + BigInt(yParity ?? 0);
  const signed = concatHex([hash, word(v), r, s]);
  const key = hexToBytes(keccak256("0x03"));
  const signature = p256.sign(hexToBytes(hash), key, { prehash: false });
  const point = p256.getPublicKey(key, false).subarray(1);
  const modexp = (base: number, exponent: number, modulus: number, ...rest: number[]) =>
    Uint8Array.of(...wordsOf(BigInt(base), BigInt(exponent), BigInt(modulus)), ...rest);
  const blake = (rounds: number, last: number) =>
    Uint8Array.of(0, 0, 0, rounds, ...Array.from({ length: 208 }, (_, index) => index), last);
  return [
    [1, hexToBytes(signed)],
    [1, hexToBytes(concatHex([hash, word(v + 2n), r, s]))],
    [1, new Uint8Array()],
    [2, Uint8Array.of(1, 2, 3)],
    [3, new Uint8Array(33)],
    [4, Uint8Array.of(7, 8, 9)],
    [4, new Uint8Array()],
    [5, modexp(1, 1, 1, 3, 2, 5)],
    [5, modexp(33, 40, 65, ...Array.from({ length: 138 }, (_, index) => index + 1))],
    [5, modexp(1, 40, 2, 3, ...Array.from({ length: 32 }, () => 0), 1, 2, 3, 4, 5, 6, 7, 8, 0, 9)],
    [5, modexp(0, 0, 0)],
    [5, modexp(1, 0, 3, 3)],
    [5, modexp(1025, 1, 1)],
    [5, modexp(1, 2 ** 40, 1)],
    [5, Uint8Array.of(1)],
    [6, wordsOf(1n, 2n, 1n, 2n)],
    [6, wordsOf(1n, 3n, 1n, 2n)],
    [6, wordsOf(1n)],
    [7, wordsOf(1n, 2n, 5n)],
    [7, wordsOf(1n, 1n, 5n)],
    [8, new Uint8Array()],
    [8, new Uint8Array(192)],
    [8, strayPairs(2)],
    [8, new Uint8Array(191)],
    [9, blake(3, 1)],
    [9, blake(3, 2)],
    [9, blake(0, 0).subarray(1)],
    [0x100, Uint8Array.of(...hexToBytes(hash), ...signature, ...point)],
    [0x100, Uint8Array.of(...hexToBytes(hash), ...signature, ...point.map((byte) => byte ^ 1))],
    [0x100, new Uint8Array(160)],
  ];
}
