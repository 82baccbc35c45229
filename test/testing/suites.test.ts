import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { mochaFiles, solidityFiles, trialFiles } from "../../scripts/testing/test-files.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");

/** CONTRIBUTING.md, "What runs when": folder, what of it runs in `npm test`, and in `npm run test:full`. */
const ROW = /^\| `((?:test|contracts)\/\w+)` +\| (.+?) +\| (.+?) +\|$/gm;

describe("what CONTRIBUTING.md says of suites", () => {
  const text = read("CONTRIBUTING.md");
  const section = text.slice(text.indexOf("## What runs when"), text.indexOf("## Commits"));
  const rows = [...section.matchAll(ROW)].map(([, folder = "", usual = "", full = ""]) => {
    return { folder, usual, full };
  });
  const foldersOf = (files: readonly string[]): string[] => [
    ...new Set(files.map((file) => file.split("/").slice(0, 2).join("/"))),
  ];
  const usual = foldersOf(mochaFiles(ROOT));
  const trials = foldersOf(trialFiles(ROOT));

  it("is said of each of them, once", () => {
    const all = [...usual, ...trials, ...foldersOf(solidityFiles(ROOT))];
    expect(rows.map(({ folder }) => folder).sort()).to.deep.equal(all.sort());
  });

  it("is that trials alone are not in npm test", () => {
    const absent = rows.filter((row) => row.usual === "nothing").map(({ folder }) => folder);
    expect(absent).to.deep.equal(trials);
  });

  it("is that npm run test:full has more of those that ask whether it runs", () => {
    // What the runner says to tests is one variable.
    const runner = read("scripts/test.ts");
    const [, variable = ""] = /if \(isFull\) process\.env\.(\w+) = "full";/.exec(runner) ?? [];
    expect(runner.split("process.env.").length - 1, "variables that are set").to.equal(1);
    const asking = mochaFiles(ROOT).filter((file) => read(file).includes(`process.env.${variable}`));
    const more = rows.filter(({ full }) => full !== "the same").map(({ folder }) => folder);
    expect(more).to.deep.equal([...foldersOf(asking), ...trials].sort());
    expect(variable).to.equal("LOCKSTEP_FORGER");
  });
});
