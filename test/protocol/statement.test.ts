import { expect } from "chai";
import fc from "fast-check";
import { challengeOf, evaluateWords, publicInputsOf } from "../../builder/protocol/fingerprint.ts";
import { FIELD_MODULUS, fieldElement } from "../../builder/protocol/ids.ts";
import {
  dataWords,
  statementWords,
  wholeDataWords,
  wholeStatementWords,
} from "../../builder/protocol/statement.ts";
import { anyHeader, anyVisits } from "./arbitraries.ts";
import { decodeStatement } from "./decode-words.ts";

const element = fc.bigInt({ min: 0n, max: FIELD_MODULUS - 1n }).map(fieldElement);

describe("statement words", function () {
  it("decode in one way only: every statement comes back from its words", function () {
    fc.assert(
      fc.property(anyHeader, anyVisits, (header, visits) => {
        expect(decodeStatement(statementWords(header, visits), 31)).to.deep.equal({ header, visits });
        expect(decodeStatement(wholeStatementWords(header, visits), 32)).to.deep.equal({ header, visits });
      }),
      { numRuns: 300 },
    );
  });

  it("pad data with zeros on the right, and length tells data apart from its padding", function () {
    expect(dataWords(new Uint8Array())).to.deep.equal([]);
    expect(dataWords(Uint8Array.of(1))).to.deep.equal([1n << 240n]);
    expect(dataWords(new Uint8Array(31).fill(255))).to.deep.equal([2n ** 248n - 1n]);
    expect(dataWords(new Uint8Array(32))).to.deep.equal([0n, 0n]);
    expect(wholeDataWords(new Uint8Array())).to.deep.equal([]);
    expect(wholeDataWords(Uint8Array.of(1))).to.deep.equal([1n << 248n]);
    expect(wholeDataWords(new Uint8Array(32).fill(255))).to.deep.equal([2n ** 256n - 1n]);
    expect(wholeDataWords(new Uint8Array(33))).to.deep.equal([0n, 0n]);
  });
});

describe("fingerprint", function () {
  it("is the polynomial of the words at the challenge", function () {
    fc.assert(
      fc.property(fc.array(element, { minLength: 1, maxLength: 12 }), element, (words, z) => {
        // By powers instead of Horner's rule.
        let expected = 0n;
        let power = 1n;
        for (const word of [...words].reverse()) {
          expected = (expected + word * power) % FIELD_MODULUS;
          power = (power * z) % FIELD_MODULUS;
        }
        expect(evaluateWords(words, z)).to.equal(expected);
      }),
    );
  });

  it("changes its challenge and its evaluation with every word, the number of words, and the commitment", function () {
    fc.assert(
      fc.property(
        anyHeader,
        anyVisits,
        fc.nat(),
        element,
        element,
        (header, visits, pick, replacement, commitment) => {
          const words = statementWords(header, visits);
          const at = pick % words.length;
          fc.pre(words[at] !== replacement);
          const { challenge, evaluation } = publicInputsOf(words, commitment);
          const mutations = [words.with(at, replacement), [...words, fieldElement(0n)], words.slice(0, -1)];
          for (const mutated of mutations) {
            expect(challengeOf(mutated, commitment)).to.not.equal(challenge);
            // What counts for soundness: other words under the same, already fixed challenge.
            expect(evaluateWords(mutated, challenge)).to.not.equal(evaluation);
          }
          const other = fieldElement((commitment + 1n) % FIELD_MODULUS);
          expect(challengeOf(words, other)).to.not.equal(challenge);
        },
      ),
      { numRuns: 200 },
    );
  });
});
