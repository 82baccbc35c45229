import { expect } from "chai";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CIRCUITS, compilerErrors } from "./support/compile.ts";
import { COUNTED_PARTS, partName } from "./support/counted.ts";
import { taggedInputs } from "./support/stand-in.ts";

describe("circuits: a caller that has not established what a template asks for", function () {
  this.timeout(900_000);
  // One set of parameters each.
  const templates = new Map(COUNTED_PARTS.map((part) => [part.template, part]));

  for (const part of templates.values()) {
    it(`does not compile: ${partName(part)}`, async function () {
      const source = await readFile(join(CIRCUITS, part.file), "utf8");
      for (const { name, hasValue } of taggedInputs(part.template, source)) {
        const errors = (options: { without?: string; wider?: string }): Promise<string> =>
          compilerErrors(part.file, part.template, part.params, options);
        expect(await errors({ without: name }), name).to.include("Missing tag");
        if (hasValue) expect(await errors({ wider: name }), name).to.include("False assert");
      }
    });
  }

  it("asks for a value wherever a tag has one", async function () {
    let tags = 0;
    for (const { file, template } of templates.values()) {
      const source = await readFile(join(CIRCUITS, file), "utf8");
      for (const { name, hasValue } of taggedInputs(template, source)) {
        tags++;
        const isBinary = new RegExp(`\\{binary\\}\\s*${name}\\b`).test(source);
        expect(hasValue, `${template}: ${name}`).to.equal(!isBinary);
      }
    }
    expect(tags).to.be.greaterThan(40);
  });
});
