import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { TUPLES } from "../../circuits/bus/tuples.ts";

describe("tags of the bus' tuples", () => {
  it("are in Solidity what they are in circuits", async () => {
    const source = await readFile(new URL("../../contracts/proofs/bus/Terms.sol", import.meta.url), "utf8");
    const constants = source.matchAll(/uint256 internal constant ([A-Z_]+) = (\d+);/g);
    const inSolidity = [...constants].map(([, name = "", tag]) => [camelCase(name), Number(tag)]);
    const fromL1 = Object.entries(TUPLES).filter(([, { sender }]) => sender.startsWith("L1"));
    const tags = fromL1.map(([name, { tag }]) => [name, tag]);
    const known = new Set(inSolidity.map(([name]) => name));
    expect(inSolidity.length).to.be.above(0);
    expect(inSolidity).to.deep.equal(tags.filter(([name]) => known.has(name)));
  });

  it("are all different", () => {
    const tags = Object.values(TUPLES).map(({ tag }) => tag);
    expect(new Set(tags).size).to.equal(tags.length);
  });
});

/** CODE_HEAD → codeHead */
function camelCase(name: string): string {
  return name.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}
