import { readFileSync, globSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { generateTypes, TYPECHAIN_FOLDER } from "../../scripts/typechain.ts";
import { connect } from "../contracts/setup.ts";

const FOLDER = path.resolve(import.meta.dirname, "../..", TYPECHAIN_FOLDER);

describe("TypeChain's types of the protocol's contracts", function () {
  this.timeout(300_000);
  // Compiles them.
  before(connect);

  it("are those of the compiled contracts: `npm run abi` writes them", async () => {
    const written = new Map(
      globSync("**/*.ts", { cwd: FOLDER })
        .sort()
        .map((name) => [name, readFileSync(path.join(FOLDER, name), "utf8")]),
    );
    const generated = await generateTypes();
    expect([...written.keys()]).to.deep.equal([...generated.keys()].sort());
    for (const [name, content] of generated) expect(written.get(name), name).to.equal(content);
  });
});
