import { expect } from "chai";
import { RowCircuit } from "../../../circuits/bus/circuit.ts";
import { row } from "../../../circuits/bus/row.ts";
import { codeHead, codeRow } from "../../../circuits/evm/code/rows.ts";
import { OF_ROWS } from "../support/audit.ts";
import { compileRowsBoth } from "../support/compile.ts";
import { determine } from "../support/determined.ts";
import { describe as shown, differences } from "../support/equivalence.ts";
import { type Form, readSystem, type System } from "../support/rows.ts";

/** A sample: rows of one type are alike, and most of a hash's constraints are. */
const EVERY = 9;
/** Rows that look nothing up, so that no table is beside them and each constraint can be left out in turn. */
const circuit = new RowCircuit({
  rows: [
    {
      type: row("bare", "nothing in particular", (r) => {
        const [one, other] = [r.given("one"), r.given("other")];
        const flag = r.flag("flag");
        const isSame = r.isZero(one.minus(other));
        const digest = r.hash(one, r.product(one, other));
        r.equal(other, digest, "the other is the digest", flag);
        r.send("value", { before: digest, key: 4, after: other }, isSame);
        r.receive("value", { before: other, key: one, after: 3 }, flag);
      }),
      capacity: 2,
    },
    { type: codeHead(0), capacity: 1 },
    { type: codeRow(0), capacity: 2 },
  ],
  slots: 2,
});

/**
 * That what determined.test.ts and equivalence.test.ts say of the circuit `evm` could be otherwise: of text
 * that is made of rows, each constraint is missed where it is left out.
 */
describe("circuits/bus: the system of a circuit of rows", function () {
  this.timeout(600_000);
  let plain: System;
  let simplified: System;

  before(async function () {
    const both = await compileRowsBoth(circuit);
    [plain, simplified] = [readSystem(both.plain), readSystem(both.simplified)];
    expect(determine(plain, OF_ROWS).undetermined).to.deep.equal([]);
    expect(differences(plain, simplified)).to.deep.equal([]);
  });

  const without = (system: System, at: number): System => ({
    ...system,
    rows: system.rows.toSpliced(at, 1),
  });

  it("says less without any one of its constraints, but for those that only refuse", function () {
    const refusing = plain.rows.filter(
      (_, at) => determine(without(plain, at), OF_ROWS).undetermined.length === 0,
    );
    const expected = circuit.rows.reduce(
      (sum, { type, capacity }) => sum + capacity * type.constraints.length,
      0,
    );
    expect(refusing.length, refusing.map((each) => shown(plain, each)).join("\n")).to.equal(expected);
  });

  it("leaves wires open, unless they are named", function () {
    const { undetermined } = determine(plain, { ...OF_ROWS, free: [] });
    expect(undetermined.map((wire) => wire.replace(/\d+$/, ""))).to.deep.equal([
      "row_bare[0].inverse_isZero",
      "row_bare[1].inverse_isZero",
    ]);
    expect(determine(plain, { ...OF_ROWS, quotients: [] }).undetermined).to.include("sum");
  });

  it("is another one after simplification with any constraint gone, or another coefficient", function () {
    const bent = (form: Form): Form =>
      new Map([...form].map(([wire, value], index) => [wire, index === 0 ? value + 5n : value]));
    for (const [at, { a, b, c }] of simplified.rows.entries()) {
      if (at % EVERY !== 0) continue;
      expect(differences(plain, without(simplified, at)), `constraint ${at}`).to.not.deep.equal([]);
      // In a form of one wire it would only be another scale.
      if (a.size < 2 && c.size < 2) continue;
      const changed = a.size > 1 ? { a: bent(a), b, c } : { a, b, c: bent(c) };
      const rows = simplified.rows.toSpliced(at, 1, changed);
      expect(differences(plain, { ...simplified, rows }), `constraint ${at}`).to.not.deep.equal([]);
    }
  });
});
