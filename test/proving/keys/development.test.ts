import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import * as snarkjs from "snarkjs";
import type { Artefacts } from "../../../builder/proving/circuits/artefacts.ts";
import { readBinaryFile } from "../../../builder/proving/keys/binary-file.ts";
import { createDevelopmentKey } from "../../../builder/proving/keys/development.ts";
import { DEVELOPMENT_SECRETS, DEVELOPMENT_SEED } from "../../../builder/proving/keys/secrets.ts";
import { toSnarkjs } from "../../../builder/proving/keys/verification-key.ts";
import { readProvingKey } from "../../../builder/proving/keys/zkey.ts";
import { points1, powersOfTau } from "./powers-of-tau.ts";
import { failureCode, inTemporaryFolder, testArtefacts } from "./setting.ts";
import { endSnarkjs } from "./snarkjs-threads.ts";
import { snarkjsAccepts, snarkjsAcceptsFor } from "./snarkjs-verification.ts";

/** SHA-256 of the keys of the circuits `bits` and `chain`: every machine must make these. */
const KEY_HASHES = {
  bits: "534c68fa0d37aa1518d677229cc527aa554dc3e67ead5f7c5397e41aa757f118",
  chain: "cbb80c918df265064bde9f637f8afa0755ffffc5befd6d95a8211bc771682dd0",
} as const;
/** 2^7 rows: one more than `bits` needs. */
const PTAU_POWER = 7;

describe("development key", function () {
  this.timeout(240_000);
  let bits: Artefacts;
  let r1cs: Uint8Array;
  let key: Uint8Array;
  before(async () => {
    bits = await testArtefacts("bits");
    r1cs = await readFile(bits.r1cs);
    key = await createDevelopmentKey(r1cs);
  });
  after(endSnarkjs);

  it("is what snarkjs' own set-up makes of the same powers of tau, and passes its verification", () =>
    inTemporaryFolder(async (folder) => {
      const raw = join(folder, "raw.ptau");
      const prepared = join(folder, "prepared.ptau");
      const initial = join(folder, "initial.zkey");
      const ours = join(folder, "ours.zkey");
      await writeFile(raw, powersOfTau(DEVELOPMENT_SECRETS, PTAU_POWER));
      await snarkjs.powersOfTau.preparePhase2(raw, prepared);
      await snarkjs.zKey.newZKey(bits.r1cs, prepared, initial);
      await writeFile(ours, key);

      const expected = readBinaryFile(await readFile(initial), "zkey", "snarkjs' key");
      const actual = readBinaryFile(key, "zkey", "our key");
      for (const id of [1, 3, 4, 5, 6, 7]) {
        expect(Buffer.compare(actual.section(id), expected.section(id)), `section ${id}`).to.equal(0);
      }
      expect(hex(actual.section(10).subarray(0, 64)), "circuit hash").to.equal(
        hex(expected.section(10).subarray(0, 64)),
      );
      for (const id of [8, 9])
        expect(actual.section(id).length, `section ${id}`).to.equal(expected.section(id).length);

      expect(await snarkjsAcceptsFor(bits.r1cs, prepared, ours), "verifyFromR1cs").to.equal(true);
      expect(await snarkjsAccepts(initial, prepared, ours), "verifyFromInit").to.equal(true);

      const damaged = Uint8Array.from(key);
      // The last quotient point: replaced by the generator it is still a point, but the wrong one.
      damaged.set(points1([1n]), damaged.length - actual.section(10).length - 12 - 64);
      await writeFile(ours, damaged);
      expect(await snarkjsAcceptsFor(bits.r1cs, prepared, ours), "damaged").to.equal(false);
    }));

  it("proves with snarkjs, and its verification key is the one that snarkjs exports", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "key.zkey");
      await writeFile(path, key);
      const exported: unknown = await snarkjs.zKey.exportVerificationKey(path);
      expect(exported).to.deep.include(toSnarkjs(readProvingKey(key).verificationKey));
      const input = { commitment: 3n, challenge: 2n, evaluation: 24n, word: 21n, bits: [1n, 0n, 1n, 0n, 1n] };
      const { proof, publicSignals } = await snarkjs.groth16.fullProve(input, bits.wasm, path);
      expect(publicSignals).to.deep.equal(["3", "2", "24"]);
      expect(await snarkjs.groth16.verify(exported, publicSignals, proof)).to.equal(true);
      expect(await snarkjs.groth16.verify(exported, ["3", "2", "25"], proof)).to.equal(false);
    }));

  it("is the same bytes on every machine, with any number of threads", async () => {
    expect(sha256(key)).to.equal(KEY_HASHES.bits);
    expect(sha256(await createDevelopmentKey(r1cs, { threads: 1 }))).to.equal(KEY_HASHES.bits);
    const chain = await testArtefacts("chain");
    expect(sha256(await readFile(chain.zkey))).to.equal(KEY_HASHES.chain);
  });

  it("says inside that it is insecure", () => {
    expect(readProvingKey(key).history.contributions.map(({ name }) => name)).to.deep.equal([
      DEVELOPMENT_SEED,
    ]);
    expect(Buffer.from(key).includes("insecure")).to.equal(true);
  });

  it("reports progress from nothing to everything", async () => {
    const fractions: number[] = [];
    await createDevelopmentKey(r1cs, { onProgress: (fraction) => fractions.push(fraction) });
    expect(fractions).to.deep.equal([...fractions].sort((a, b) => a - b));
    // No `closeTo`: Hardhat's matchers, which other files load, take integers only there.
    expect(Math.abs((fractions.at(-1) ?? 0) - 1)).to.be.below(1e-9);
  });

  it("is not made when it is cancelled", async () => {
    const signal = AbortSignal.abort();
    const failure = await createDevelopmentKey(r1cs, { signal }).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error).with.property("name", "AbortError");
  });

  describe("of damaged files", () => {
    it("refuses constraint systems that are cut, of another format or out of range", async () => {
      for (const length of [0, 8, 30, 100, r1cs.length - 1]) {
        expect(await failureCode(createDevelopmentKey(r1cs.slice(0, length))), `${length} bytes`).to.equal(
          "KEY_CORRUPT",
        );
      }
      expect(await failureCode(createDevelopmentKey(key)), "a key").to.equal("KEY_CORRUPT");
      const field = changed(r1cs, offsetOf(r1cs, 1) + 4, 1);
      expect(await failureCode(createDevelopmentKey(field)), "another field").to.equal("KEY_CORRUPT");
      const wire = changed(r1cs, offsetOf(r1cs, 2) + 4 + 3, 0x80);
      expect(await failureCode(createDevelopmentKey(wire)), "a wire that does not exist").to.equal(
        "KEY_CORRUPT",
      );
    });

    it("refuses keys that are cut or whose sections have other sizes", () => {
      for (const length of [0, 3, 11, 40, 500, key.length - 1]) {
        expect(() => readProvingKey(key.slice(0, length)), `${length} bytes`)
          .to.throw()
          .with.property("code", "KEY_CORRUPT");
      }
      const longer = Buffer.concat([key, Buffer.alloc(1)]);
      expect(() => readProvingKey(longer))
        .to.throw()
        .with.property("code", "KEY_CORRUPT");
      for (const offset of [4, 40, 72, 76, 80]) {
        expect(() => readProvingKey(changed(key, offsetOf(key, 2) + offset, 1)), `header byte ${offset}`)
          .to.throw()
          .with.property("code", "KEY_CORRUPT");
      }
    });
  });
});

/** The file with some bits of one byte flipped. */
function changed(file: Uint8Array, offset: number, bits: number): Uint8Array {
  const copy = Uint8Array.from(file);
  copy[offset] = (copy[offset] ?? 0) ^ bits;
  return copy;
}

/** Where the content of a section begins. */
function offsetOf(file: Uint8Array, id: number): number {
  const magic = Buffer.from(file.subarray(0, 4)).toString("latin1");
  return readBinaryFile(file, magic, "file").section(id).byteOffset - file.byteOffset;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
