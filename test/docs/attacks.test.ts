import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** docs/proving-evm.md, section 8: attack, test file, and a piece of the title or name of a test in it. */
const ROW = /^\| (.+?) +\| `(\S+)` +\| (.+?) +\|$/gm;

describe("docs/proving-evm.md, section 8", () => {
  const text = readFileSync(path.join(ROOT, "docs/proving-evm.md"), "utf8");
  const rows = [...text.slice(text.indexOf("## 8. ")).matchAll(ROW)];

  it("names for each attack a test that is there", () => {
    expect(rows.length).to.be.greaterThan(45);
    const missing = rows.flatMap(([, attack = "", file = "", title = ""]) => {
      const source = existsSync(path.join(ROOT, file)) ? readFileSync(path.join(ROOT, file), "utf8") : "";
      return source.includes(title) ? [] : [`${attack}: ${file} has no ${title}`];
    });
    expect(missing).to.deep.equal([]);
  });
});
