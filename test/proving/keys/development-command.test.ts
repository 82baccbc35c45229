import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { Artefacts } from "../../../builder/proving/circuits/artefacts.ts";
import { inTemporaryFolder, testArtefacts } from "./setting.ts";

const CLI = fileURLToPath(new URL("../../../builder/cli/index.ts", import.meta.url));

/** What `lockstep keys dev` says, whether it succeeds or not. */
function keysDev(...options: readonly string[]): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  execFile(process.execPath, [CLI, "keys", "dev", ...options], (_failure, stdout, stderr) => {
    resolve(stdout + stderr);
  });
  return promise;
}

describe("keys dev", function () {
  this.timeout(120_000);
  let bits: Artefacts;
  before(async () => {
    bits = await testArtefacts("bits");
  });

  it("writes the key that the cache of artefacts has, and says that it is insecure", () =>
    inTemporaryFolder(async (folder) => {
      const to = join(folder, "new", "bits");
      expect(await keysDev("--r1cs", bits.r1cs, "--to", to)).to.contain("INSECURE");
      for (const file of ["circuit.zkey", "verification_key.json"])
        expect((await readFile(join(to, file))).equals(await readFile(join(bits.folder, file)))).to.equal(
          true,
        );
    }));

  it("writes over nothing, and leaves nothing of what failed", () =>
    inTemporaryFolder(async (folder) => {
      const [taken, none, noneThere] = ["taken", "damaged.r1cs", "nowhere.r1cs"].map((name) =>
        join(folder, name),
      );
      if (taken === undefined || none === undefined || noneThere === undefined)
        throw new Error("three paths");
      await writeFile(taken, "mine");
      expect(await keysDev("--r1cs", bits.r1cs, "--to", taken)).to.contain("FILE_EXISTS");
      expect(await readFile(taken, "utf8")).to.equal("mine");
      await writeFile(none, (await readFile(bits.r1cs)).subarray(0, 500));
      const to = join(folder, "key");
      expect(await keysDev("--r1cs", none, "--to", to)).to.contain("KEY_CORRUPT");
      expect(await keysDev("--r1cs", noneThere, "--to", to)).to.match(
        /lockstep:.*nowhere\.r1cs.*INVALID_CONFIGURATION/,
      );
      expect(await readdir(folder)).to.have.members(["taken", "damaged.r1cs"]);
    }));
});
