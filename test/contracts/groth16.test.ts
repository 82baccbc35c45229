import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM, EVMError } from "@ethereumjs/evm";
import { createAddressFromBigInt } from "@ethereumjs/util";
import { bn254 } from "@noble/curves/bn254.js";
import { expect } from "chai";
import {
  concatHex,
  decodeErrorResult,
  getContract,
  type Hex,
  hexToBytes,
  keccak256,
  numberToHex,
  pad,
  sliceHex,
  toHex,
} from "viem";
import {
  DEVELOPMENT_ALPHA,
  DEVELOPMENT_BETA,
  encodeG2,
  encodeVerificationKey,
  type G1Point,
} from "../../builder/proving/keys/verification-key.ts";
import type { Groth16Proof } from "../../builder/proving/prover.ts";
import { verifyProof } from "../proving/reference-verification.ts";
import { groth16ProofSystemAbi } from "../../builder/protocol/abi.ts";
import { FIELD_MODULUS, type FieldElement, fieldElement } from "../../builder/protocol/ids.ts";
import { expectRevert } from "./outcome.ts";
import { artefact } from "../core/setup.ts";
import { connect } from "./setup.ts";
import { put } from "./canonical/mutate.ts";
import { encodeProof, forge, g1, type ProofParts, strayG2, toxicKey } from "./toxic-waste.ts";

/** Modulus of the coordinates. */
const Q = bn254.fields.Fp.ORDER;
const one = toxicKey("one");
const two = toxicKey("two");
const toPoint = ([x, y]: G1Point) => bn254.G1.Point.fromAffine({ x, y });
const words = (...values: number[]): FieldElement[] => values.map((value) => fieldElement(BigInt(value)));

async function create(options: { chainId?: number } = {}) {
  const l1 = await connect(options);
  const address = await l1.create("Groth16ProofSystem");
  const client = { public: l1.publicClient, wallet: l1.walletClient };
  const system = getContract({ abi: groth16ProofSystemAbi, address, client });
  const register = async (key: Hex) => {
    const hash = await system.write.registerKey([key]);
    return l1.publicClient.waitForTransactionReceipt({ hash });
  };
  return { ...l1, system, register };
}

describe("Groth16ProofSystem", () => {
  let s: Awaited<ReturnType<typeof create>>;

  before(async () => {
    s = await create();
    for (const key of [one, two]) await s.register(key.encoded);
  });

  it("is not created where a precompile is missing that adds or multiplies points", async () => {
    // A call to one that is not there succeeds, and leaves what it should change as it was.
    const { bytecode, abi } = await artefact("Groth16ProofSystem");
    const create = async (...missing: readonly number[]) => {
      const common = new Common({ chain: Mainnet, hardfork: Hardfork.Osaka });
      const customPrecompiles = missing.map((number) => ({
        address: createAddressFromBigInt(BigInt(number)),
      }));
      const evm = await createEVM({ common, customPrecompiles });
      const { execResult } = await evm.runCall({ data: hexToBytes(bytecode), gasLimit: 10_000_000n });
      return execResult;
    };
    expect((await create()).exceptionError).to.equal(undefined);
    for (const missing of [[6], [7], [6, 7]]) {
      const { exceptionError, returnValue } = await create(...missing);
      expect(exceptionError?.error).to.equal(EVMError.errorMessages.REVERT);
      expect(decodeErrorResult({ abi, data: toHex(returnValue) }), String(missing)).to.deep.include({
        errorName: "PrecompileFailed",
        args: [7n],
      });
    }
  });

  const statement = (key: typeof one, said: readonly FieldElement[], proof: ProofParts) => ({
    verificationKey: key.hash,
    words: said,
    proof: encodeProof(proof),
  });
  /** The n-th of a series of proven statements under alternating keys. */
  const proven = (at: number) => {
    const key = at % 2 === 0 ? one : two;
    const said = words(at + 1, 2, 3, at);
    return { key, said, proof: forge(key, said, `proof ${String(at)}`) };
  };
  const series = (count: number) =>
    Array.from({ length: count }, (_, at) => proven(at)).map(({ key, said, proof }) =>
      statement(key, said, proof),
    );
  const refuses = (statements: ReturnType<typeof series>, errorName: string, args?: readonly unknown[]) =>
    expectRevert(s.system.read.verify([statements]), errorName, args, groth16ProofSystemAbi);

  describe("keys", () => {
    it("are named by their hash, once", async () => {
      expect(await s.system.read.isRegistered([one.hash])).to.equal(true);
      expect(await s.system.read.isDevelopmentKey([one.hash])).to.equal(false);
      expect((await s.system.simulate.registerKey([one.encoded])).result).to.equal(one.hash);
      expect((await s.register(one.encoded)).logs.length).to.equal(0);
      expect(await s.system.read.isRegistered([pad("0x1")])).to.equal(false);
    });

    const register = (key: Hex) => s.system.simulate.registerKey([key]);
    const keyWith = (at: number, part: Hex) => put(one.encoded, at, part);

    it("of another length are refused", async () => {
      await expectRevert(register(sliceHex(one.encoded, 1)), "KeyLength", [703n], groth16ProofSystemAbi);
      await expectRevert(register(`${one.encoded}00`), "KeyLength", [705n], groth16ProofSystemAbi);
    });

    it("with a point off its curve, at infinity, or with a coordinate out of range are refused", async () => {
      for (const at of [0, 64, 192, 320, 448, 512, 576, 640]) {
        const bytes = at === 0 || at >= 448 ? 64 : 128;
        const first = BigInt(sliceHex(one.encoded, at, at + 32));
        for (const bad of [
          pad("0x", { size: bytes }),
          numberToHex(first + 1n, { size: 32 }),
          numberToHex(first + Q, { size: 32 }),
        ]) {
          await expectRevert(
            register(keyWith(at, bad)),
            "PointNotOnCurve",
            [BigInt(at)],
            groth16ProofSystemAbi,
          );
        }
      }
    });

    it("with a point of G2 outside the subgroup are refused", async () => {
      for (const at of [64, 192, 320]) {
        await expectRevert(
          register(keyWith(at, encodeG2(strayG2()))),
          "PrecompileFailed",
          [8n],
          groth16ProofSystemAbi,
        );
      }
    });

    it("of a set-up without contributions are refused: anybody can prove anything under them", async () => {
      const { alpha, beta, gamma } = one.key;
      const key = { ...one.key, delta: gamma };
      const inputs = [5n, 6n, 7n];
      const [constant, ...points] = key.ic.map(toPoint);
      if (constant === undefined) throw new Error("a key has IC points");
      const combination = points.reduce(
        (sum, point, index) => sum.add(point.multiply(inputs[index] ?? 0n)),
        constant,
      );
      const { x, y } = combination.negate().toAffine();
      const [[x0, x1], [y0, y1]] = beta;
      const forged: Groth16Proof = {
        a: alpha,
        b: [
          [x1, x0],
          [y1, y0],
        ],
        c: [x, y],
      };
      expect(verifyProof(key, inputs, forged), "the forgery").to.equal(true);
      expect(verifyProof(one.key, inputs, forged), "under a finished key").to.equal(false);
      await expectRevert(register(encodeVerificationKey(key)), "UnfinishedSetup", [], groth16ProofSystemAbi);
    });

    const development = encodeVerificationKey({
      ...one.key,
      alpha: DEVELOPMENT_ALPHA,
      beta: DEVELOPMENT_BETA,
    });

    it("of the development set-up are told apart", async () => {
      const receipt = await s.register(development);
      expect(receipt.logs.length).to.equal(1);
      expect(await s.system.read.isDevelopmentKey([keccak256(development)])).to.equal(true);
    });

    it("of the development set-up are refused on every chain that is not local", async () => {
      const halves = [
        development,
        encodeVerificationKey({ ...one.key, alpha: DEVELOPMENT_ALPHA }),
        encodeVerificationKey({ ...one.key, beta: DEVELOPMENT_BETA }),
      ];
      const main = await create({ chainId: 11155111 });
      for (const key of halves) {
        await expectRevert(
          main.system.simulate.registerKey([key]),
          "DevelopmentKey",
          [11155111n],
          groth16ProofSystemAbi,
        );
      }
      await main.register(one.encoded);
      const geth = await create({ chainId: 1337 });
      for (const key of halves) await geth.register(key);
    });
  });

  describe("accepts", () => {
    it("nothing to prove", () => s.system.read.verify([[]]));
    for (const count of [1, 2, 8]) {
      it(`${String(count)} proofs under two keys`, () => s.system.read.verify([series(count)]));
    }
    it("the same statement twice, and a proof of it made anew", async () => {
      const { key, said, proof } = proven(0);
      const again = forge(key, said, "another");
      await s.system.read.verify([[proof, proof, again].map((each) => statement(key, said, each))]);
    });
    it("a proof with both A and B negated, which is the same equation", async () => {
      const { key, said, proof } = proven(0);
      const [x, [y0, y1]] = proof.b;
      await s.system.read.verify([
        [statement(key, said, { ...proof, a: negated(proof.a), b: [x, [Q - y0, Q - y1]] })],
      ]);
    });
  });

  describe("refuses, alone and among proven statements,", () => {
    const { key, said, proof } = proven(0);
    const invalid: [string, () => ReturnType<typeof statement>][] = [
      ["other words", () => statement(key, words(1, 2, 3, 1), proof)],
      ["one word more", () => statement(key, words(1, 2, 3, 0, 0), proof)],
      ["one word less", () => statement(key, words(1, 2, 3), proof)],
      ["another commitment", () => statement(key, said, { ...proof, commitment: proof.commitment ^ 1n })],
      ["another key", () => statement(two, said, proof)],
      ["the proof of another statement", () => statement(key, said, proven(2).proof)],
      ["A negated", () => statement(key, said, { ...proof, a: negated(proof.a) })],
      ["C negated", () => statement(key, said, { ...proof, c: negated(proof.c) })],
      ["A and C negated", () => statement(key, said, { ...proof, a: negated(proof.a), c: negated(proof.c) })],
      ["A and C swapped", () => statement(key, said, { ...proof, a: proof.c, c: proof.a })],
      ["another A", () => statement(key, said, { ...proof, a: g1(2n) })],
      ["another C", () => statement(key, said, { ...proof, c: g1(2n) })],
      ["another B", () => statement(key, said, { ...proof, b: proven(2).proof.b })],
    ];
    for (const [name, make] of invalid) {
      it(name, async () => {
        await refuses([make()], "InvalidProof", []);
        await refuses([make(), ...series(2)], "InvalidProof", []);
        await refuses([...series(2), make()], "InvalidProof", []);
      });
    }

    it("proofs swapped between two statements", async () => {
      const other = proven(2);
      await refuses(
        [statement(key, said, other.proof), statement(other.key, other.said, proof)],
        "InvalidProof",
        [],
      );
    });

    it("errors that cancel out when equations are just multiplied", async () => {
      // C + D in one proof, C' - D in the other, for the same key: without coefficients their product would
      // hold.
      const other = proven(2);
      const shift = bn254.G1.Point.BASE.multiply(77n);
      const moved = (point: ProofParts["c"], by: typeof shift): ProofParts["c"] => {
        const { x, y } = bn254.G1.Point.fromAffine({ x: point[0], y: point[1] }).add(by).toAffine();
        return [x, y];
      };
      await refuses(
        [
          statement(key, said, { ...proof, c: moved(proof.c, shift) }),
          statement(other.key, other.said, { ...other.proof, c: moved(other.proof.c, shift.negate()) }),
        ],
        "InvalidProof",
        [],
      );
    });

    it("points off their curve, at infinity, or with a coordinate out of range", async () => {
      const [ax, ay] = proof.a;
      const [cx, cy] = proof.c;
      const [[x0, x1], [y0, y1]] = proof.b;
      const bad: Partial<ProofParts>[] = [
        { a: [ax, ay + 1n] },
        { a: [0n, 0n] },
        { a: [ax + Q, ay] },
        { a: [ax, ay + Q] },
        { c: [cx + 1n, cy] },
        { c: [0n, 0n] },
        { c: [cx + Q, cy] },
        { c: [cx, cy + Q] },
        {
          b: [
            [x0 + 1n, x1],
            [y0, y1],
          ],
        },
        {
          b: [
            [x1, x0],
            [y1, y0],
          ],
        },
        {
          b: [
            [0n, 0n],
            [0n, 0n],
          ],
        },
        {
          b: [
            [x0 + Q, x1],
            [y0, y1],
          ],
        },
        {
          b: [
            [x0, x1 + Q],
            [y0, y1],
          ],
        },
        {
          b: [
            [x0, x1],
            [y0 + Q, y1],
          ],
        },
        {
          b: [
            [x0, x1],
            [y0, y1 + Q],
          ],
        },
      ];
      for (const change of bad) {
        await refuses([...series(1), statement(key, said, { ...proof, ...change })], "ProofNotOnCurve", [1n]);
      }
    });

    it("a B outside the subgroup of prime order", () =>
      refuses(
        [
          {
            ...statement(key, said, proof),
            proof: concatHex([
              sliceHex(encodeProof(proof), 0, 96),
              encodeG2(strayG2()),
              sliceHex(encodeProof(proof), 224),
            ]),
          },
        ],
        "PrecompileFailed",
        [8n],
      ));

    it("commitments and words out of the field, though equal modulo it", async () => {
      await refuses(
        [statement(key, said, { ...proof, commitment: proof.commitment + FIELD_MODULUS })],
        "CommitmentOutOfField",
        [0n, proof.commitment + FIELD_MODULUS],
      );
      const [first = fieldElement(0n), ...rest] = said;
      const shifted = { ...statement(key, said, proof), words: [first, ...rest.slice(0, -1), FIELD_MODULUS] };
      await expectRevert(
        s.system.read.verify([[shifted]]),
        "WordOutOfField",
        [3n, FIELD_MODULUS],
        groth16ProofSystemAbi,
      );
    });

    it("proofs of another length, and keys never registered", async () => {
      const good = statement(key, said, proof);
      await refuses([{ ...good, proof: sliceHex(good.proof, 0, 287) }], "ProofLength", [0n, 287n]);
      await refuses([...series(1), { ...good, proof: `${good.proof}00` }], "ProofLength", [1n, 289n]);
      await refuses([{ ...good, verificationKey: pad("0x7") }], "UnknownKey", [pad("0x7")]);
    });
  });
});

function negated([x, y]: ProofParts["a"]): ProofParts["a"] {
  return [x, Q - y];
}
