import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { Artefacts } from "../../../builder/proving/circuits/artefacts.ts";
import { withCeremonyKey } from "../../../builder/proving/circuits/ceremony-keys.ts";
import { loadArtefacts } from "../../../builder/proving/circuits/load.ts";
import { assertKeysAllowed } from "../../../builder/proving/keys/policy.ts";
import { loadCircuit, readVerificationKey } from "../../../builder/proving/load-circuit.ts";
import { type BitsCeremony, type CeremonyFiles, holdBitsCeremony } from "./ceremony-files.ts";
import { failureCode, inTemporaryFolder, TEST_CIRCUITS, testArtefacts } from "./setting.ts";

/** An EVM chain id of no local chain. */
const PUBLIC_CHAIN = 1001n;

describe("ceremony keys in use", function () {
  this.timeout(240_000);
  let ceremony: BitsCeremony;
  let bits: Artefacts;
  let files: CeremonyFiles;
  before(async () => {
    ceremony = await holdBitsCeremony();
    ({ bits, files } = ceremony);
  });
  after(async () => {
    await ceremony[Symbol.asyncDispose]();
  });

  it("take the place of development keys, and are allowed off local chains", async () => {
    const options = { circuits: TEST_CIRCUITS, keys: files.keys };
    const artefacts = (await loadArtefacts(["bits"], options)).get("bits");
    expect(artefacts).to.deep.equal({
      ...bits,
      zkey: join(files.keys, "bits", "circuit.zkey"),
      verificationKey: join(files.keys, "bits", "verification_key.json"),
      powersOfTau: "unknown",
    });
    if (artefacts === undefined) throw new Error("bits is missing");
    await loadCircuit(artefacts);
    const [ceremony, development] = [await readVerificationKey(artefacts), await readVerificationKey(bits)];
    expect(() => {
      assertKeysAllowed(PUBLIC_CHAIN, [ceremony]);
    }).to.not.throw();
    expect(() => {
      assertKeysAllowed(PUBLIC_CHAIN, [ceremony, development]);
    })
      .to.throw()
      .with.property("code", "DEVELOPMENT_KEY");
  });

  it("are refused where there is none, and for another circuit or another version of it", async () => {
    const noBits = await testArtefacts("no_bits");
    expect(await failureCode(withCeremonyKey(noBits, files.keys))).to.equal("CEREMONY_KEY_MISSING");
    await inTemporaryFolder(async (keys) => {
      await cp(join(files.keys, "bits"), join(keys, "no_bits"), { recursive: true });
      expect(await failureCode(withCeremonyKey(noBits, keys)), "another circuit").to.equal("WRONG_KEY");
      const circuits = join(keys, "circuits");
      await cp(TEST_CIRCUITS, circuits, { recursive: true });
      const declared = JSON.parse(await readFile(join(circuits, "circuits.json"), "utf8"));
      declared.bits.params = [6];
      await writeFile(join(circuits, "circuits.json"), JSON.stringify(declared));
      const loading = loadArtefacts(["bits"], { circuits, cache: join(keys, "cache"), keys: files.keys });
      expect(await failureCode(loading), "another version").to.equal("WRONG_KEY");
    });
  });

  it("are refused when a file is not the transcript's", () =>
    inTemporaryFolder(async (keys) => {
      const place = join(keys, "bits");
      const file = (name: string): string => join(place, name);
      const restore = (): Promise<void> => cp(join(files.keys, "bits"), place, { recursive: true });
      await restore();
      const zkey = await readFile(file("circuit.zkey"));
      await writeFile(file("circuit.zkey"), zkey.subarray(0, 1000));
      expect(await failureCode(withCeremonyKey(bits, keys)), "cut").to.equal("KEY_CORRUPT");
      const flipped = Buffer.from(zkey);
      const middle = flipped.length >> 1;
      flipped[middle] = (flipped[middle] ?? 0) ^ 1;
      await writeFile(file("circuit.zkey"), flipped);
      expect(await failureCode(withCeremonyKey(bits, keys)), "changed").to.equal("KEY_FAULTS");
      for (const other of [files.initial, files.first, files.second]) {
        await cp(other, file("circuit.zkey"));
        expect(await failureCode(withCeremonyKey(bits, keys)), other).to.equal("KEY_FAULTS");
      }
      await cp(bits.zkey, file("circuit.zkey"));
      expect(await failureCode(withCeremonyKey(bits, keys)), "a development key").to.equal("KEY_FAULTS");
      await restore();
      await cp(bits.verificationKey, file("verification_key.json"));
      expect(await failureCode(withCeremonyKey(bits, keys)), "the other's verification key").to.equal(
        "KEY_FAULTS",
      );
      await restore();
      await rm(file("transcript.json"));
      expect(await failureCode(withCeremonyKey(bits, keys)), "no transcript").to.equal("TRANSCRIPT");
    }));
});
