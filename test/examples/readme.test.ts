import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";

const PROJECT = path.resolve(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(path.join(PROJECT, file), "utf8");

describe("README", () => {
  it("shows PiggyBank.sol as it is, in about 20 lines", () => {
    const blocks = [...read("README.md").matchAll(/```solidity\n([^]*?)```/g)].map(([, block]) => block);
    const shown = blocks.find((block) => block?.includes("contract PiggyBank"));
    expect(shown).to.equal(read("contracts/examples/PiggyBank.sol"));
    expect(shown?.trimEnd().split("\n").length).to.be.at.most(22);
  });

  for (const file of ["README.md", "docs/architecture.md", "docs/operations.md"])
    it(`${file} links to files that exist`, () => {
      const targets = [...read(file).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target]) => target ?? "");
      const folder = path.dirname(path.join(PROJECT, file));
      expect(targets.filter((target) => !existsSync(path.resolve(folder, target)))).to.deep.equal([]);
    });

  it("gives the gas that the snapshots have", () => {
    const gas = JSON.parse(read("test/contracts/gas.json")) as Record<string, number>;
    const verification = JSON.parse(read("test/contracts/verification-gas.json")) as Record<string, number>;
    const figures = [
      gas["one more call, posted and consumed"],
      verification["1 proofs in one call"],
      verification["16 proofs in one call"],
    ];
    for (const figure of figures) expect(read("README.md")).to.include((figure ?? NaN).toLocaleString("en"));
  });

  it("names only commands that package.json has", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const named = [...(read("README.md") + read("docs/operations.md")).matchAll(/npm run ([\w-]+)/g)];
    expect(named.length).to.be.greaterThan(0);
    for (const [, name] of named) expect(scripts).to.have.property(name ?? "");
  });
});
