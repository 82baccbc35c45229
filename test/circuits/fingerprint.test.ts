import { buildPoseidonReference } from "circomlibjs";
import { expect } from "chai";
import fc from "fast-check";
import { evaluateWords } from "../../builder/protocol/fingerprint.ts";
import { FIELD_MODULUS, fieldElement } from "../../builder/protocol/ids.ts";
import type { Circuit } from "./support/circuit.ts";
import { compileTemplate } from "./support/compile.ts";
import { freeWires } from "./support/pinned.ts";

const element = fc.bigInt({ min: 0n, max: FIELD_MODULUS - 1n });

describe("circuits/lib: commitment and evaluation", function () {
  this.timeout(180_000);

  // One word, one round exactly, one more, two rounds exactly, one more.
  for (const count of [1, 16, 17, 31, 32]) {
    it(`commits to ${count} words by chained Poseidon, with nothing free`, async function () {
      const poseidon = await buildPoseidonReference();
      const hash = (inputs: readonly bigint[]): bigint => poseidon.F.toObject(poseidon(inputs));
      const words = Array.from({ length: count }, (_, index) => FIELD_MODULUS - 1n - BigInt(index));
      const queue = [...words];
      const take = (most: number): bigint[] => Array.from({ length: most }, () => queue.shift() ?? 0n);
      let expected = hash(take(16));
      while (queue.length > 0) expected = hash([expected, ...take(15)]);

      const circuit = await compileTemplate("lib/commitment.circom", "Commitment", [count]);
      const witness = await circuit.checked({ words });
      expect(circuit.value(witness, "out")).to.equal(expected);
      expect(freeWires(circuit, witness)).to.deep.equal([]);
    });
  }

  describe("evaluation", function () {
    const COUNT = 6;
    let circuit: Circuit;

    before(async function () {
      circuit = await compileTemplate("lib/evaluation.circom", "Evaluation", [COUNT]);
    });

    it("is Horner's rule over the present words", async function () {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(element, fc.boolean()), { minLength: COUNT, maxLength: COUNT }),
          element,
          async (slots, challenge) => {
            const present = slots.filter(([, exists]) => exists).map(([word]) => fieldElement(word));
            const input = {
              words: slots.map(([word]) => word),
              present: slots.map(([, exists]) => (exists ? 1n : 0n)),
              challenge,
            };
            expect(await circuit.output(input, "out")).to.equal(
              evaluateWords(present, fieldElement(challenge)),
            );
          },
        ),
        { numRuns: 60 },
      );
    });

    it("leaves nothing free where all words are present", async function () {
      const words = Array.from({ length: COUNT }, (_, index) => BigInt(index + 1));
      const present = words.map(() => 1n);
      expect(freeWires(circuit, await circuit.checked({ words, present, challenge: 5n }))).to.deep.equal([]);
    });
  });
});
