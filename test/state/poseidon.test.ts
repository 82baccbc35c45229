import { expect } from "chai";
import { buildPoseidonReference } from "circomlibjs";
import { FIELD_MODULUS, OutOfRangeError } from "../../builder/protocol/ids.ts";
import { emptyHashes, hashNode } from "../../builder/state/hashes.ts";
import { loadPoseidon, type Poseidon } from "../../builder/state/poseidon.ts";

describe("Poseidon", function () {
  this.timeout(60_000);
  let poseidon: Poseidon;

  before(async function () {
    poseidon = await loadPoseidon();
  });

  it("has the published value for (1, 2)", function () {
    // The value that circomlib, its Solidity generator and the Poseidon paper's reference agree on.
    expect(poseidon([1n, 2n])).to.equal(
      7853200120776062878684798364095072458815029376092732009249414926327459813530n,
    );
  });

  it("agrees with the unoptimised permutation for every number of inputs", async function () {
    const reference = await buildPoseidonReference();
    for (let count = 1; count <= 16; count++) {
      const inputs = Array.from({ length: count }, (_, i) => (FIELD_MODULUS - 1n) / BigInt(i + 1));
      expect(poseidon(inputs)).to.equal(reference.F.toObject(reference(inputs)));
    }
  });

  it("refuses inputs out of the field instead of reducing them", function () {
    expect(() => poseidon([FIELD_MODULUS])).to.throw(OutOfRangeError);
    expect(() => poseidon([0n, -1n])).to.throw(OutOfRangeError);
  });

  it("gives empty subtrees the hash of four empty ones below", function () {
    const hashes = emptyHashes(poseidon);
    expect(hashes).to.have.length(17);
    expect(hashes[0]).to.equal(0n);
    hashes.slice(1).forEach((hash, level) => {
      const below = hashes[level];
      if (below === undefined) throw new Error("a level is missing");
      expect(hash).to.equal(hashNode(poseidon, [below, below, below, below]));
    });
  });
});
