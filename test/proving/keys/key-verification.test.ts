import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { Artefacts } from "../../../builder/proving/circuits/artefacts.ts";
import { readBinaryFile } from "../../../builder/proving/keys/binary-file.ts";
import { exportKey } from "../../../builder/proving/keys/ceremony/export.ts";
import { applyBeacon, contribute } from "../../../builder/proving/keys/ceremony/steps.ts";
import {
  type CeremonyTranscript,
  readTranscript,
} from "../../../builder/proving/keys/ceremony/transcript.ts";
import {
  type KeyReport,
  verifyKey,
  type VerifyKeyOptions,
} from "../../../builder/proving/keys/ceremony/verify.ts";
import { DEVELOPMENT_SECRETS } from "../../../builder/proving/keys/secrets.ts";
import {
  BEACON,
  type BitsCeremony,
  type CeremonyFiles,
  holdBitsCeremony,
  POWER,
  sourcesOf,
} from "./ceremony-files.ts";
import { preparedPowersOfTau, TEST_SECRETS } from "./prepared-powers-of-tau.ts";
import { failureCode, inTemporaryFolder, testArtefacts } from "./setting.ts";

describe("verification of keys", function () {
  this.timeout(240_000);
  let ceremony: BitsCeremony;
  let bits: Artefacts;
  let files: CeremonyFiles;
  let transcript: CeremonyTranscript;
  before(async () => {
    ceremony = await holdBitsCeremony();
    ({ bits, files } = ceremony);
    transcript = await readTranscript(files.transcript);
  });
  after(async () => {
    await ceremony[Symbol.asyncDispose]();
  });

  const verify = (changes: Partial<VerifyKeyOptions> = {}): Promise<KeyReport> => {
    return verifyKey({ circuit: "bits", key: files.final, transcript, ...sourcesOf(files), ...changes });
  };
  const faultNames = ({ faults }: KeyReport): string[] => [...new Set(faults.map(({ name }) => name))];
  const messages = ({ faults }: KeyReport): string => faults.map(({ message }) => message).join("\n");
  const changed = (changes: Partial<CeremonyTranscript>): Partial<VerifyKeyOptions> => ({
    transcript: { ...transcript, ...changes },
  });

  it("accepts the key of every step, while the ceremony is under way", async () => {
    for (const key of [files.initial, files.first, files.second])
      expect(messages(await verifyKey({ key, ...sourcesOf(files), underWay: true }))).to.equal("");
  });

  it("names another circuit, of another shape or of the same", async () => {
    const noBits = await testArtefacts("no_bits");
    const shape = await verifyKey({ key: files.final, ...sourcesOf(files), r1cs: noBits.r1cs });
    expect(faultNames(shape)).to.deep.equal(["other-circuit"]);
    await inTemporaryFolder(async (temporary) => {
      const r1cs = join(temporary, "same-shape.r1cs");
      const content = await readFile(files.r1cs);
      const constraints = readBinaryFile(content, "r1cs", "circuit").section(2);
      // The first coefficient of the first constraint, after its number of terms and its wire.
      constraints[8] = (constraints[8] ?? 0) ^ 1;
      await writeFile(r1cs, content);
      const { initial, ...sources } = sourcesOf(files);
      const same = await verifyKey({ key: files.final, ...sources, r1cs });
      expect(faultNames(same)).to.deep.equal(["other-circuit"]);
      const given = await verifyKey({ key: files.final, ...sources, initial, r1cs });
      expect(faultNames(given), "the other's initial key").to.deep.equal(["other-initial-key"]);
      expect(faultNames(await verify({ r1cs }))).to.deep.equal(["other-circuit"]);
    });
    expect(faultNames(await verify({ circuit: "chain" }))).to.deep.equal(["other-circuit"]);
  });

  it("names other powers of tau, also when they begin in the same way", () =>
    inTemporaryFolder(async (temporary) => {
      for (const [name, secrets] of Object.entries({
        all: { ...TEST_SECRETS, alpha: 5n },
        tau: { ...TEST_SECRETS, tau: 5n },
      })) {
        const ptau = join(temporary, `${name}.ptau`);
        await writeFile(ptau, await preparedPowersOfTau(secrets, POWER));
        expect(faultNames(await verify({ ptau })), name).to.deep.equal(["other-powers-of-tau"]);
        const { faults } = await verifyKey({ key: files.final, ...sourcesOf(files), ptau });
        expect(faults, name).to.have.lengthOf(1);
      }
    }));

  it("names contributions that only the key or only the transcript has, or that bear another name", async () => {
    const [alice, bob] = transcript.contributions;
    if (alice === undefined || bob === undefined) throw new Error("contributions are missing");
    const carol = { name: "Carol", hash: "ab".repeat(64) };
    const check = async (contributions: CeremonyTranscript["contributions"], said: RegExp): Promise<void> => {
      const report = await verify(changed({ contributions }));
      expect(faultNames(report)).to.deep.equal(["contributions"]);
      expect(messages(report)).to.match(said);
    };
    await check([bob], /"Alice" .* is missing from the transcript/);
    await check([alice, bob, carol], /"Carol" .* is not in the key/);
    await check([{ ...alice, name: "Mallory" }, bob], /is "Alice" in the key and "Mallory"/);
    await check([bob, alice], /another order/);
    await check([alice, bob, bob], /another order/);
  });

  it("names a beacon that is not the transcript's", async () => {
    const { beacon } = transcript;
    for (const changes of [
      { value: "00" },
      { iterationsExponent: 11 },
      { hash: "ab".repeat(64) },
      { name: "block 2" },
    ])
      expect(faultNames(await verify(changed({ beacon: { ...beacon, ...changes } })))).to.deep.equal([
        "beacon",
      ]);
    await inTemporaryFolder(async (temporary) => {
      const key = join(temporary, "other.zkey");
      await applyBeacon({ from: files.second, to: key, name: "block 1", ...BEACON, value: "0xFF00" });
      const report = await verify({ key });
      expect(faultNames(report)).to.deep.equal(["beacon", "other-key", "damaged"]);
      expect(messages(report)).to.match(/value is ff00 in the key/);
      // A beacon that claims to come of a value that it does not come of.
      const lying = await readFile(files.final);
      lying[lying.length - 1] = (lying.at(-1) ?? 0) ^ 1;
      await writeFile(key, lying);
      expect(faultNames(await verifyKey({ key, ...sourcesOf(files) }))).to.deep.equal(["damaged"]);
    });
  });

  it("names keys that are damaged, wherever they are", () =>
    inTemporaryFolder(async (temporary) => {
      const good = await readFile(files.final);
      const key = join(temporary, "damaged.zkey");
      const check = async (what: string, content: Uint8Array): Promise<void> => {
        expect(Buffer.compare(content, good), `${what} is changed`).to.not.equal(0);
        await writeFile(key, content);
        const report = await verifyKey({ key, ...sourcesOf(files) });
        expect(faultNames(report), what).to.deep.equal(["damaged"]);
      };
      await check("cut", good.subarray(0, good.length - 1));
      await check("empty", new Uint8Array());
      const parsed = readBinaryFile(good, "zkey", "key");
      const place = (id: number): [start: number, length: number] => {
        const { byteOffset, length } = parsed.section(id);
        return [byteOffset - good.byteOffset, length];
      };
      // Points are replaced by neighbours: they are still on the curve, but the wrong ones.
      for (const [what, id, size] of [
        ["δ in G2", 2, 128],
        ["public part", 3, 64],
        ["A", 5, 64],
        ["private part", 8, 64],
        ["quotient", 9, 64],
      ] as const) {
        const [start, length] = place(id);
        const content = Buffer.from(good);
        const neighbour = id === 2 ? start + length - 320 : start;
        content.copyWithin(start + length - size, neighbour, neighbour + size);
        await check(what, content);
      }
      for (const [what, id, offset] of [
        ["coefficient", 4, 20],
        ["B in G1", 6, 0],
        ["B in G2", 7, 0],
        ["contribution", 10, 64 + 4 + 100],
      ] as const) {
        const content = Buffer.from(good);
        const at = place(id)[0] + offset;
        content[at] = (content[at] ?? 0) ^ 1;
        await check(what, content);
      }
      expect(faultNames(await verify(changed({ zkey: "ab".repeat(32) })))).to.deep.equal(["damaged"]);
    }));

  it("names keys that are not finished: δ is γ before the first contribution, and anybody could forge", async () => {
    for (const key of [files.initial, files.first, files.second]) {
      expect(faultNames(await verifyKey({ key, ...sourcesOf(files) })), key).to.deep.equal(["unfinished"]);
      await inTemporaryFolder(async (temporary) => {
        const exporting = exportKey({ circuit: "bits", key, ...sourcesOf(files), folder: temporary });
        expect(await failureCode(exporting)).to.equal("KEY_FAULTS");
        expect(await readdir(temporary), "nothing is left").to.deep.equal([]);
      });
    }
  });

  it("names development keys, also after honest contributions, and their powers of tau", () =>
    inTemporaryFolder(async (temporary) => {
      const ptau = join(temporary, "development.ptau");
      // A row's worth more than the circuit's: a file of its own size lacks a power of τ, and development
      // keys do not.
      await writeFile(ptau, await preparedPowersOfTau(DEVELOPMENT_SECRETS, POWER + 1));
      const key = join(temporary, "1.zkey");
      const received = { r1cs: files.r1cs, ptau, rehearsal: true };
      await contribute({ from: bits.zkey, to: key, name: "Alice", received });
      for (const path of [bits.zkey, key]) {
        const options = { key: path, r1cs: files.r1cs, ptau, underWay: true };
        for (const allowed of [{}, { unknownPtau: true }])
          expect(faultNames(await verifyKey({ ...options, ...allowed }))).to.deep.equal(["development-key"]);
        const rehearsed = await verifyKey({ ...options, rehearsal: true });
        expect(messages(rehearsed)).to.equal("");
        expect(rehearsed.key?.isDevelopment).to.equal(true);
        expect(rehearsed.key?.powers?.origin).to.equal("development");
        const elsewhere = await verifyKey({ ...options, ptau: files.ptau, unknownPtau: true });
        expect(faultNames(elsewhere)).to.deep.equal(["development-key", "other-powers-of-tau"]);
      }
    }));
});
