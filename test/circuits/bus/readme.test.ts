import { expect } from "chai";
import { readFileSync } from "node:fs";
import path from "node:path";
import { circuitDocs } from "../../../scripts/docs/circuits.ts";

const root = path.resolve(import.meta.dirname, "../../..");

describe("circuits/README.md", function () {
  it("says of tuples and rows what they are; else run: npm run docs:circuits", async function () {
    const { file, text } = await circuitDocs(root);
    expect(readFileSync(path.join(root, file), "utf8")).to.equal(text);
  });
});
