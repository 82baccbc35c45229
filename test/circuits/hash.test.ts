import { buildPoseidonReference } from "circomlibjs";
import { expect } from "chai";
import { FIELD_MODULUS } from "../../builder/protocol/ids.ts";
import { compileTemplate } from "./support/compile.ts";
import { freeWires } from "./support/pinned.ts";

/** What circomlib's constants go up to. */
const MOST_INPUTS = 16;

describe("circuits/lib: hash", function () {
  this.timeout(180_000);

  for (let n = 1; n <= MOST_INPUTS; n++) {
    it(`of ${n} inputs is circomlibjs' Poseidon, with nothing free`, async () => {
      const poseidon = await buildPoseidonReference();
      const circuit = await compileTemplate("lib/hash.circom", "Hash", [n]);
      for (const first of [0n, 1n, FIELD_MODULUS - 1n]) {
        const inputs = Array.from({ length: n }, (_, at) => (first + BigInt(at) ** 7n) % FIELD_MODULUS);
        const witness = await circuit.checked({ inputs });
        expect(circuit.value(witness, "out")).to.equal(poseidon.F.toObject(poseidon(inputs)));
        if (first === 1n) expect(freeWires(circuit, witness)).to.deep.equal([]);
      }
    });
  }
});
