import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";

const SOURCE = path.resolve(import.meta.dirname, "../../packages/client/src");

/** Packages that a folder's files import. */
function packagesOf(folder: string): string[] {
  const files = globSync(`${folder}/**/*.ts`, { cwd: SOURCE });
  expect(files.length, folder).to.be.greaterThan(0);
  const named = files.flatMap((file) => {
    const text = readFileSync(path.join(SOURCE, file), "utf8");
    return [...text.matchAll(/^(?:import|export|\}) .*from "([^"]+)";$/gm)].map(([, name = ""]) => name);
  });
  return [...new Set(named.filter((name) => !name.startsWith(".")).map((name) => name.split("/")[0] ?? ""))];
}

describe("what the client imports", () => {
  it("is viem in the actions for viem, and ethers in what is for ethers", () => {
    expect(packagesOf("viem")).to.deep.equal(["viem"]);
    expect(packagesOf("ethers")).to.deep.equal(["ethers"]);
    expect(packagesOf("typechain")).to.deep.equal(["ethers"]);
  });

  it("is nothing but its own files in what both share", () => {
    for (const folder of ["answers", "errors", "inclusion", "network", "protocol"])
      expect(packagesOf(folder), folder).to.deep.equal([]);
  });

  it("never leads out of the package, and never from ethers to viem", () => {
    for (const file of globSync("**/*.ts", { cwd: SOURCE })) {
      const text = readFileSync(path.join(SOURCE, file), "utf8");
      for (const [, name = ""] of text.matchAll(/from "(\.[^"]+)";/g)) {
        const target = path.join(path.dirname(file), name);
        expect(target, file).to.not.match(/^\.\./);
        if (file.startsWith("ethers")) expect(target, file).to.not.match(/^viem/);
      }
    }
  });
});
