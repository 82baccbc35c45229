import { expect } from "chai";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { CIRCUITS, compileTemplate, loadInstance } from "./support/compile.ts";
import { COUNTED_PARTS, partName } from "./support/counted.ts";

const FULL = process.env.LOCKSTEP_TEST === "full";
/**
 * Largest number of constraints of a domain: Groth16 adds a row for each public input and one for the
 * constant.
 */
const ROOM = { ledger1: 2 ** 16 - 4, ledger2: 2 ** 17 - 4 };

describe("circuits: sizes", function () {
  this.timeout(900_000);
  let snapshot: Readonly<Record<string, number>>;

  before(async function () {
    const text = await readFile(join(CIRCUITS, "constraints.json"), "utf8");
    snapshot = z.record(z.string(), z.int().nonnegative()).parse(JSON.parse(text));
  });

  for (const [name, room] of Object.entries(ROOM)) {
    it(`${name} is as large as the snapshot says, and fits its domain`, async function () {
      const { count } = (await loadInstance(name)).constraints;
      expect(count).to.equal(snapshot[name]);
      expect(count).to.be.at.most(room);
    });
  }

  for (const part of COUNTED_PARTS.filter(({ slow }) => FULL || slow !== true)) {
    it(`${partName(part)} is as large as the snapshot says`, async function () {
      const { count } = (await compileTemplate(part.file, part.template, part.params)).constraints;
      expect(count).to.equal(snapshot[partName(part)]);
    });
  }

  it("the snapshot names nothing else", function () {
    expect(Object.keys(snapshot).sort()).to.deep.equal(
      [...COUNTED_PARTS.map(partName), ...Object.keys(ROOM)].sort(),
    );
  });
});
