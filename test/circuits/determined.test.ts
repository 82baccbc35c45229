import { expect } from "chai";
import type { RowType } from "../../circuits/bus/row.ts";
import { circuit as evm } from "../../circuits/evm/index.ts";
import { exceptionsOf, OF_ROWS, readAudit } from "./support/audit.ts";
import { compileBoth, loadBoth } from "./support/compile.ts";
import { determine, type Exceptions } from "./support/determined.ts";
import { readSystem, type System } from "./support/rows.ts";

const PLANTED = "../test/circuits/parts/planted.circom";
const NONE: Exceptions = { quotients: [], free: [] };

async function plain(file: string, template: string, params: readonly number[] = []): Promise<System> {
  return readSystem((await compileBoth(file, template, params)).plain);
}

/**
 * The systems as the compiler got them, every signal a wire of its own; equivalence.test.ts says that the
 * deployed ones are the same.
 */
describe("circuits: every wire follows from the inputs", function () {
  this.timeout(1_800_000);
  let exceptions: Exceptions;

  before(async function () {
    exceptions = exceptionsOf(await readAudit());
  });

  for (const name of ["ledger1", "ledger2"]) {
    it(`of ${name}, but for the hints that the audit names`, async function () {
      const { undetermined, quotients, free } = determine(
        readSystem((await loadBoth(name)).plain),
        exceptions,
      );
      expect(undetermined).to.deep.equal([]);
      // No name that stands for nothing, and as many as circomlib's EdDSA has.
      expect([...quotients.keys()].sort()).to.deep.equal([...exceptions.quotients].sort());
      expect([...quotients.values()].reduce((sum, count) => sum + count, 0)).to.equal(624);
      expect([...free.values()]).to.deep.equal([4]);
    });
  }

  it("of evm, from what is committed to and the challenges, but for quotients and inverses", async function () {
    const { undetermined, quotients, free } = determine(readSystem((await loadBoth("evm")).plain), OF_ROWS);
    expect(undetermined).to.deep.equal([]);
    // One for each term of a row and each tuple of a table, and one for each test for zero.
    const of = (count: (type: RowType) => number): number =>
      evm.rows.reduce((sum, { type, capacity }) => sum + capacity * count(type), 0);
    const fromTables = evm.tables.reduce((sum, { rows }) => sum + rows.length, 0);
    expect([...quotients.values()]).to.deep.equal([fromTables + of(({ terms }) => terms.length)]);
    const isTest = ({ kind }: { readonly kind: string }): boolean => kind === "isZero";
    expect([...free.values()]).to.deep.equal([of(({ wires }) => wires.filter(isTest).length)]);
  });

  it("not in circuits in which one does not", async function () {
    for (const [template, wires] of Object.entries({
      FreeHint: ["out", "twice"],
      LooseSquareRoot: ["out"],
      LooseQuotient: ["out"],
      LooseBits: Array.from({ length: 254 }, (_, bit) => `out[${bit}]`),
      LooseSum: ["out[0]", "out[1]", "out[2]"],
    }))
      expect(determine(await plain(PLANTED, template), NONE).undetermined, template).to.deep.equal(wires);
    expect(determine(await plain(PLANTED, "StrictBits"), NONE).undetermined).to.deep.equal([]);
  });

  it("not when the quotients are not named, nor the free hints", async function () {
    const signature = await plain("lib/signature.circom", "Signature");
    expect(determine(signature, exceptions).undetermined).to.deep.equal([]);
    expect(determine(signature, { ...exceptions, free: [] }).undetermined).to.have.length(4);
    const { undetermined } = determine(signature, { ...exceptions, quotients: [] });
    expect(undetermined).to.include("verifier.dbl1.xout");
  });

  /** Parts with the constraints of theirs that pin something: each other one only refuses. */
  const parts: Readonly<Record<string, readonly [string, string, readonly number[], number]>> = {
    "flags of words": ["lib/word_flags.circom", "WordFlags", [4], 40],
    "a test for zero": ["lib/equality.circom", "EqualsZero", [], 3],
    "a comparison": ["lib/at_least.circom", "AtLeastUnchecked", [16], 18],
    "a tree's level": ["lib/tree_level.circom", "TreeLevelPair", [], 0],
  };

  for (const [name, [file, template, params, least]] of Object.entries(parts)) {
    it(`not in ${name} without any one of the constraints that pin it`, async function () {
      const system = await plain(file, template, params);
      expect(determine(system, NONE).undetermined).to.deep.equal([]);
      let found = 0;
      const tried = [...system.rows.keys()].filter((at) => least > 0 || at % 12 === 0);
      for (const at of tried) {
        const { undetermined } = determine({ ...system, rows: system.rows.toSpliced(at, 1) }, NONE);
        if (undetermined.length > 0) found++;
      }
      expect(found).to.be.at.least(least === 0 ? tried.length : least);
    });
  }

  it("not in the strict bits of a number without any part of the check that it is below p", async function () {
    const system = await plain(PLANTED, "StrictBits");
    const isOfCheck = (at: number): boolean => {
      const wires = [...(system.rows[at]?.c.keys() ?? []), ...(system.rows[at]?.a.keys() ?? [])];
      return wires.some((wire) => system.names.get(wire)?.[0]?.includes("aliasCheck") === true);
    };
    const checks = [...system.rows.keys()].filter(isOfCheck);
    expect(checks.length).to.be.greaterThan(127 + 135);
    for (const at of checks.filter((_, index) => index % 12 === 0))
      expect(
        determine({ ...system, rows: system.rows.toSpliced(at, 1) }, NONE).undetermined.length,
        `constraint ${at}`,
      ).to.be.greaterThan(0);
  });
});
