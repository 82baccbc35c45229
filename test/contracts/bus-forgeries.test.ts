import { bn254 } from "@noble/curves/bn254.js";
import { expect } from "chai";
import { busProofSystemAbi as abi } from "../../builder/protocol/abi.ts";
import { FIELD_MODULUS as P } from "../../builder/protocol/ids.ts";
import type { CodeTable } from "../../builder/proving/bus/code-commitments.ts";
import type { BusProof, BusProofs } from "../../builder/proving/bus/proofs.ts";
import { NO_QUESTIONS } from "../../builder/proving/bus/questions.ts";
import { statementTerms } from "../../builder/proving/bus/statement-tuples.ts";
import { codeElement } from "../../builder/proving/bus/terms.ts";
import { type BusChallenges, drawChallenges } from "../../builder/proving/bus/transcript.ts";
import type { G1Point } from "../../builder/proving/keys/verification-key.ts";
import { BusProver, type Part } from "../proving/bus/bus-prover.ts";
import { busStatement, type BusSystem, createBusSystem } from "./bus-system.ts";
import { expectRevert } from "./outcome.ts";

const WORDS = [7n, 8n];
const CODE = Uint8Array.from(Buffer.from("602a60005260206000f3", "hex"));
const { Point } = bn254.G1;

/** Proofs that need no witness, or are of a product that no code has. */
describe("forged proofs for BusProofSystem", function () {
  this.timeout(120_000);
  let s: BusSystem;

  before(async () => {
    s = await createBusSystem();
  });

  describe("without a witness", () => {
    let prover: BusProver;
    const part: Part = { key: 0, words: WORDS };

    before(async () => {
      prover = await BusProver.open(["bus_words_2_0"]);
      await s.register(prover.set);
    });

    const challengesOf = (d: G1Point): BusChallenges =>
      drawChallenges({
        ...s.where,
        set: prover.setName,
        words: WORDS,
        commitments: [{ key: 0, d }],
        codes: [],
      });
    const verify = (proof: BusProof) =>
      s.verify([busStatement(prover.setName, WORDS, { proofs: [proof], codes: [] })]);
    /** What balances the bus, whatever the words are. */
    const balance = (challenges: BusChallenges): bigint =>
      (P - statementTerms(WORDS, NO_QUESTIONS, challenges)) % P;
    const keyOf = () => {
      const [key] = prover.set.keys;
      if (key === undefined) throw new Error("a key");
      return key;
    };

    it("whose D is minus all public inputs: e(α, β) alone is left, and η keeps them apart", async () => {
      const { alpha, beta, ic } = keyOf();
      // Proofs have imaginary parts first.
      const [[x, xi], [y, yi]] = beta;
      const b = [
        [xi, x],
        [yi, y],
      ] as const;
      const [ic0, ofSum, ofBeta, ofGamma] = ic.map(pointOf);
      if (!ic0 || !ofSum || !ofBeta || !ofGamma) throw new Error("four points");
      const minusInputs = (sum: bigint, challenges: BusChallenges): G1Point =>
        coordinates(
          ic0
            .add(ofSum.multiply(sum))
            .add(ofBeta.multiply(challenges.beta))
            .add(ofGamma.multiply(challenges.gamma))
            .negate(),
        );
      // For challenges that D does not bind: they are drawn from D, so the inputs are others then.
      const guessed = { beta: 5n, gamma: 1_000_003n };
      for (const d of [minusInputs(balance(guessed), guessed), coordinates(Point.BASE)]) {
        const challenges = challengesOf(d);
        const sum = balance(challenges);
        for (const c of [coordinates(Point.BASE), minusInputs(sum, challenges)])
          await expectRevert(
            verify({ key: 0, proof: { a: alpha, b, c, d }, sum, products: [] }),
            "InvalidProof",
            [],
            abi,
          );
      }
    });

    it("whose D has more than wires in it: a public input's point, or α", async () => {
      const { alpha, ic } = keyOf();
      const honest = await prover.commit(part);
      const plain = await prover.prove(part, honest, challengesOf(honest));
      await verify(plain);
      for (const point of [ic[1], ic[0], alpha]) {
        if (point === undefined) throw new Error("a point");
        const d = coordinates(pointOf(honest).add(pointOf(point)));
        const challenges = challengesOf(d);
        const shifted = await prover.prove(part, d, challenges);
        // Whatever the sum is said to be, as what the input's point adds might suggest.
        for (const by of [0n, 1n, P - 1n])
          await expectRevert(
            verify({ ...shifted, sum: (shifted.sum + by) % P }),
            by === 0n ? "InvalidProof" : "BusNotBalanced",
            undefined,
            abi,
          );
      }
    });
  });

  describe("whose product is zero", () => {
    let prover: BusProver;
    let table: CodeTable;

    before(async () => {
      prover = await BusProver.open(["bus_any_slot"], 64);
      await s.register(prover.set);
      table = prover.codes.table(CODE);
      const { tau, commitment, opening } = await prover.codes.register(table);
      const code = `0x${Buffer.from(CODE).toString("hex")}` as const;
      await s.included(
        s.system.write.registerCode([tau, code, commitment, opening], { gas: s.registrationGas }),
      );
    });

    const sum = (challenges: BusChallenges): bigint =>
      (P - statementTerms(WORDS, NO_QUESTIONS, challenges)) % P;
    const verify = (proofs: BusProofs) => s.verify([busStatement(prover.setName, WORDS, proofs)]);

    it("open no code, whatever is left of it in the quotient", async () => {
      const [row = 0n] = table.rows;
      const element = ({ beta, gamma }: BusChallenges): bigint =>
        (gamma - codeElement(0, table.codeHash, { beta, gamma }) + P) % P;
      /** What vouches for the code and its first row. */
      const product = (challenges: BusChallenges): bigint =>
        (element(challenges) * ((challenges.gamma - row + P) % P)) % P;
      const { quotient, commitment } = await prover.codes.quotient(table, new Set([row]));
      const codes = [{ slot: 0, codeHash: table.codeHash, quotient: commitment }];
      const prove = async (...products: readonly Required<Part>["product"][]): Promise<BusProofs> => {
        const parts = products.map((each, at): Part => {
          return { key: 0, words: [], sum: at === 0 ? sum : () => 0n, product: each };
        });
        return await prover.proveWith({ parts, words: WORDS, codes }, s.where);
      };
      const open = async ({ proofs }: BusProofs, said?: bigint) => {
        const commitments = proofs.map(({ key, proof: { d } }) => ({ key, d }));
        const bus = { ...s.where, set: prover.setName, words: WORDS, commitments, codes };
        const challenges = drawChallenges(bus);
        const opened = { table, quotient, factor: element(challenges), product: said ?? product(challenges) };
        return await prover.codes.open([opened], challenges.gamma);
      };
      const honest = await prove(product);
      const opening = await open(honest);
      await verify({ ...honest, opening });
      // Zero alone, and times what is true.
      for (const forged of [await prove(() => 0n), await prove(product, () => 0n)]) {
        const outcome = await open(forged, 0n).catch((error: unknown) => error);
        expect(outcome, "there is no such opening").to.be.instanceOf(RangeError);
        for (const one of [opening, await open(forged)])
          await expectRevert(verify({ ...forged, opening: one }), "InvalidProof", [], abi);
      }
    });

    it("are none of a slot without a code", async () => {
      const parts = [{ key: 0, words: [], sum, product: () => 0n }];
      const forged = await prover.proveWith({ parts, words: WORDS, codes: [] }, s.where);
      await expectRevert(verify(forged), "SlotNotOpened", [0n, 0n], abi);
    });
  });
});

function pointOf([x, y]: G1Point) {
  return Point.fromAffine({ x, y });
}

function coordinates(point: ReturnType<typeof pointOf>): G1Point {
  const { x, y } = point.toAffine();
  return [x, y];
}
