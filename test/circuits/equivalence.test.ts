import { expect } from "chai";
import { FIELD_MODULUS } from "../../builder/protocol/ids.ts";
import { compileBoth, loadBoth } from "./support/compile.ts";
import { differences } from "./support/equivalence.ts";
import { type Form, readSystem, type Row, type System } from "./support/rows.ts";

describe("circuits: the simplified system that is deployed says what the sources say", function () {
  this.timeout(1_800_000);

  for (const name of ["ledger1", "ledger2", "evm"]) {
    it(`of ${name}`, async function () {
      const { plain, simplified } = await loadBoth(name);
      expect(differences(readSystem(plain), readSystem(simplified))).to.deep.equal([]);
    });
  }

  describe("and it is found out", function () {
    let plain: System;
    let simplified: System;

    before(async function () {
      const both = await compileBoth("lib/prefix_words.circom", "PrefixWords", [40]);
      [plain, simplified] = [readSystem(both.plain), readSystem(both.simplified)];
      expect(differences(plain, simplified)).to.deep.equal([]);
      expect(plain.rows.length).to.be.greaterThan(simplified.rows.length);
    });

    const sample = (rows: readonly Row[]): number[] => [...rows.keys()].filter((at) => at % 9 === 0);

    it("when it lacks a constraint", function () {
      for (const at of sample(simplified.rows))
        expect(
          differences(plain, { ...simplified, rows: simplified.rows.toSpliced(at, 1) }),
          `constraint ${at}`,
        ).to.not.deep.equal([]);
    });

    it("when it has one that the sources do not have, or have no more", function () {
      const extra: Row = { a: new Map([[3, 1n]]), b: new Map([[4, 1n]]), c: new Map([[5, 1n]]) };
      expect(differences(plain, { ...simplified, rows: [...simplified.rows, extra] })).to.have.length(1);
      let found = 0;
      for (const at of sample(plain.rows))
        if (differences({ ...plain, rows: plain.rows.toSpliced(at, 1) }, simplified).length > 0) found++;
      expect(found).to.equal(sample(plain.rows).length);
    });

    it("when a coefficient is another one", function () {
      const bent = (form: Form): Form =>
        new Map(
          [...form].map(([wire, value], index) => [wire, index === 0 ? (value + 5n) % FIELD_MODULUS : value]),
        );
      for (const at of sample(simplified.rows)) {
        const row = simplified.rows[at];
        if (row === undefined) continue;
        // In a form of one wire it would only be another scale.
        const changed =
          row.a.size > 1
            ? { ...row, a: bent(row.a) }
            : row.c.size > 1
              ? { ...row, c: bent(row.c) }
              : undefined;
        if (changed === undefined) continue;
        expect(
          differences(plain, { ...simplified, rows: simplified.rows.toSpliced(at, 1, changed) }),
        ).to.not.deep.equal([]);
      }
    });
  });
});
