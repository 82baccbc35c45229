import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";

const ROOT = path.resolve(import.meta.dirname, "../..");
const TAG_IN_MID_LINE = /^\s*(?:\/\*\*|\*)\s+.*\S\s+@(?:param|returns|throws|see|example)\b/;
const RIDDLE = /\/\/.*\b(?:whoever|nobody|somebody|anybody|everybody)\b/i;

/** `file:line` of every line that is such. */
function linesThat(isSuch: (line: string) => boolean, ...patterns: string[]): string[] {
  const files = patterns.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).sort();
  return files.flatMap((file) =>
    readFileSync(path.join(ROOT, file), "utf8")
      .split("\n")
      .flatMap((line, at) => (isSuch(line) ? [`${file}:${at + 1}`] : [])),
  );
}

/** ESLint looks at the rest: widths and riddles in TypeScript. */
describe("comments", () => {
  it("have one JSDoc tag a line", () => {
    const found = linesThat(
      (line) => TAG_IN_MID_LINE.test(line),
      "builder/**/*.{ts,mjs}",
      "scripts/**/*.{ts,mjs}",
      "test/**/*.ts",
    );
    expect(found).to.deep.equal([]);
  });

  it("in Solidity have at most 110 characters a line", () => {
    const found = linesThat((line) => line.includes("//") && line.length > 110, "contracts/**/*.sol");
    expect(found).to.deep.equal([]);
  });

  it("in Solidity name who acts", () => {
    expect(linesThat((line) => RIDDLE.test(line), "contracts/**/*.sol")).to.deep.equal([]);
  });
});
