import { invert } from "@noble/curves/abstract/modular.js";
import { expect } from "chai";
import { keccak256, zeroAddress } from "viem";
import { FIELD_MODULUS as P } from "../../../builder/protocol/ids.ts";
import { compress, type Tuple } from "../../../builder/proving/bus/terms.ts";
import { type BusOpening, drawChallenges } from "../../../builder/proving/bus/transcript.ts";
import { TUPLES } from "../../../circuits/bus/tuples.ts";

const mod = (value: bigint): bigint => ((value % P) + P) % P;

const OPENING: BusOpening = {
  evmChainId: 31_337n,
  proofSystem: zeroAddress,
  set: keccak256("0x01"),
  words: [1n, 2n],
  commitments: [{ key: 0, d: [1n, 2n] }],
  codes: [],
};

describe("both challenges of a bus", () => {
  /**
   * With γ = β^6: for A = β³ + a·β + b and B, C = A ± d·β², all of 1/AB + 1/AC − 2/BC is 0, and each product
   * is γ less the compression of a tuple of five elements, if 2·a·b is minus its tag.
   */
  it("are needed: if one is a power of the other, three different tuples cancel, whatever it is", () => {
    const tag = BigInt(TUPLES.precompiledWord.tag);
    const [a, d] = [3n, 77n];
    const b = mod(-tag * invert(2n * a, P));
    /** (β³ + x·β² + a·β + b)(β³ + y·β² + a·β + b) = β^6 − f(β) */
    const tuple = (x: bigint, y: bigint): Tuple => ({
      name: "precompiledWord",
      fields: {
        lo: mod(-b * b),
        number: mod(-(a * a + (x + y) * b)),
        side: mod(-(2n * b + (x + y) * a)),
        index: mod(-(2n * a + x * y)),
        hi: mod(-(x + y)),
      },
    });
    const tuples = [tuple(d, 0n), tuple(-d, 0n), tuple(d, -d)] as const;
    const sum = (beta: bigint, gamma: bigint): bigint =>
      tuples.reduce((total, each, index) => {
        const times = index === 2 ? -2n : 1n;
        return mod(total + times * invert(mod(gamma - compress(each, { beta, gamma })), P));
      }, 0n);
    const drawn = drawChallenges(OPENING);
    for (const beta of [5n, 31_337n ** 9n, drawn.beta].map(mod)) {
      expect(new Set(tuples.map((each) => compress(each, { beta, gamma: 0n }))).size).to.equal(3);
      expect(sum(beta, beta ** 6n % P)).to.equal(0n);
      expect(sum(beta, drawn.gamma)).to.not.equal(0n);
    }
  });

  it("are hashed apart: neither is a small power of the other", () => {
    const { beta, gamma } = drawChallenges(OPENING);
    let [ofBeta, ofGamma] = [1n, 1n];
    for (let power = 0; power < 1_000; power++) {
      expect(ofBeta).to.not.equal(gamma);
      expect(ofGamma).to.not.equal(beta);
      [ofBeta, ofGamma] = [(ofBeta * beta) % P, (ofGamma * gamma) % P];
    }
  });
});
