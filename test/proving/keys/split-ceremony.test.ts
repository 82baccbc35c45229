import { copyFile, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { bn254 } from "@noble/curves/bn254.js";
import { buildBn128, type Curve } from "ffjavascript";
import { MultiExponentiation } from "../../../builder/proving/backends/snarkjs/multi-exponentiation.ts";
import { withCeremonyKey } from "../../../builder/proving/circuits/ceremony-keys.ts";
import { assertSplit } from "../../../builder/proving/keys/assert-split.ts";
import { readTau } from "../../../builder/proving/bus/code-powers.ts";
import { codePowersFault } from "../../../builder/proving/keys/ceremony/code-powers.ts";
import { exportKey } from "../../../builder/proving/keys/ceremony/export.ts";
import { hashFile } from "../../../builder/proving/keys/ceremony/hash-file.ts";
import { commitmentPath, readCommitmentParts } from "../../../builder/proving/keys/ceremony/split.ts";
import { contribute, makeInitialKey, UNVERIFIED } from "../../../builder/proving/keys/ceremony/steps.ts";
import {
  type CeremonyTranscript,
  readTranscript,
} from "../../../builder/proving/keys/ceremony/transcript.ts";
import { verifyFiles } from "../../../builder/proving/keys/ceremony/verify-files.ts";
import {
  type KeyReport,
  verifyKey,
  type VerifyKeyOptions,
} from "../../../builder/proving/keys/ceremony/verify.ts";
import { readCommitmentKey } from "../../../builder/proving/keys/commitment-key.ts";
import { elementBytes } from "../../../builder/proving/keys/little-endian.ts";
import { multiplyGenerators } from "../../../builder/proving/keys/multiplier.ts";
import { FIELD_MODULUS } from "../../../builder/protocol/ids.ts";
import { compileCurve } from "../../../builder/proving/keys/curve-module.ts";
import { DEVELOPMENT_SECRETS } from "../../../builder/proving/keys/secrets.ts";
import {
  encodeSplitVerificationKey,
  hashSplitVerificationKey,
  readSplitVerificationKey,
} from "../../../builder/proving/keys/split-verification-key.ts";
import { readProvingKey } from "../../../builder/proving/keys/zkey.ts";
import { ProofVerifier } from "../../../builder/proving/threads/proof-verifier.ts";
import { BEACON } from "./ceremony-files.ts";
import { proveTrace, traceOf } from "./lookups.ts";
import { preparedPowersOfTau, TEST_SECRETS } from "./prepared-powers-of-tau.ts";
import { failureCode, inTemporaryFolder } from "./setting.ts";
import { holdSplitCeremony, type SplitCeremony } from "./split-ceremony-files.ts";

const CIRCUIT = "lookups_small";

/** [τ]₂ and the first powers of τ in G1, as an export has them. */
async function codePowersOf(tau: bigint, count: number): Promise<Buffer> {
  let power = 1n;
  const scalars = Array.from({ length: count }, () => {
    const bytes = elementBytes(power);
    power = (power * tau) % FIELD_MODULUS;
    return bytes;
  });
  const { tau2, powers } = await multiplyGenerators(
    await compileCurve(),
    { tau2: ["g2", elementBytes(tau)], powers: ["g1", Buffer.concat(scalars)] },
    {},
  );
  return Buffer.concat([tau2.points, powers.points]);
}
const TRACE = traceOf([3n, 1n, 4n, 1n, 5n, 2n, 6n, 5n]);

describe("ceremony for a key with committed wires", function () {
  this.timeout(240_000);
  let ceremony: SplitCeremony;
  let transcript: CeremonyTranscript;
  before(async () => {
    ceremony = await holdSplitCeremony(CIRCUIT);
    transcript = await readTranscript(ceremony.files.transcript);
  });
  after(async () => {
    await ceremony[Symbol.asyncDispose]();
  });

  const verify = (changes: Partial<VerifyKeyOptions> = {}): Promise<KeyReport> =>
    verifyKey({ circuit: CIRCUIT, key: ceremony.files.final, ...ceremony.sources, ...changes });
  const said = async (changes: Partial<VerifyKeyOptions>): Promise<string> =>
    (await verify(changes)).faults.map(({ name, message }) => `${name}: ${message}`).join("; ");
  const exported = (name: string): string => join(ceremony.files.keys, CIRCUIT, name);

  it("begins with the split key, and no file on the way has a point over δ for a committed wire", async () => {
    const { initial, first, second, final } = ceremony.files;
    for (const path of [initial, first, second, final]) {
      const ckey = readCommitmentKey(await readFile(commitmentPath(path)));
      assertSplit(await readFile(path), ckey);
      expect(ckey.points.length / 64).to.equal(ceremony.committed);
    }
  });

  it("leaves a key that is verified from circuit and powers, and that proves", async () => {
    const report = await verify({ transcript });
    expect(report.faults).to.deep.equal([]);
    const { initial: _, ...computed } = ceremony.sources;
    expect((await verifyKey({ key: ceremony.files.final, ...computed })).faults).to.deep.equal([]);
    const curve: Curve = await buildBn128(true);
    const module = await compileCurve();
    const exponentiation = await MultiExponentiation.start(curve, module, 1);
    const zkey = await readFile(exported("circuit.zkey"));
    const ckey = readCommitmentKey(await readFile(exported("circuit.ckey")));
    const { wasm } = ceremony.artefacts;
    const { proof, signals } = await proveTrace(curve, exponentiation, { wasm, zkey, ckey }, TRACE);
    const json: unknown = JSON.parse(await readFile(exported("verification_key.json"), "utf8"));
    const key = readSplitVerificationKey(json);
    const verifier = await ProofVerifier.create(module, key);
    expect(verifier.verify(signals, proof)).to.equal(true);
    const [first = 0n, ...others] = signals;
    expect(verifier.verify([first + 1n, ...others], proof)).to.equal(false);
    const encoded = (await readFile(exported("verification_key.hex"), "utf8")).trim();
    expect(encoded).to.equal(encodeSplitVerificationKey(key));
    expect(transcript.verificationKey).to.equal(hashSplitVerificationKey(key));
  });

  it("has its key used like an instance's own, and refused when one of its files is not the transcript's", async () => {
    const { artefacts, committed, files } = ceremony;
    const found = await withCeremonyKey(artefacts, files.keys);
    expect(found.commitment).to.include({ key: exported("circuit.ckey"), wires: committed });
    const ckey = await readFile(exported("circuit.ckey"));
    await copyFile(commitmentPath(files.second), exported("circuit.ckey"));
    try {
      expect(await failureCode(withCeremonyKey(artefacts, files.keys))).to.equal("KEY_CORRUPT");
      ckey[ckey.length - 1] = (ckey.at(-1) ?? 0) ^ 1;
      await writeFile(exported("circuit.ckey"), ckey);
      expect(await failureCode(withCeremonyKey(artefacts, files.keys))).to.equal("KEY_FAULTS");
    } finally {
      await copyFile(commitmentPath(files.final), exported("circuit.ckey"));
    }
  });

  it("leaves the powers that codes are committed to with, which belong together and to the transcript", async () => {
    const { artefacts, files } = ceremony;
    const file = exported("codes.tau");
    const powers = await readFile(file);
    const { commitment } = await withCeremonyKey(artefacts, files.keys);
    expect(commitment?.codePowers).to.equal(file);
    expect(transcript.commitment?.codePowers).to.equal(await hashFile(file, "sha256"));
    const { x, y } = bn254.G2.Point.BASE.multiply(TEST_SECRETS.tau).toAffine();
    expect(await readTau(file)).to.deep.equal([
      [x.c0, x.c1],
      [y.c0, y.c1],
    ]);
    expect(await codePowersFault(powers)).to.equal(undefined);

    // The same of other secrets.
    const other = await codePowersOf(DEVELOPMENT_SECRETS.tau, (powers.length - 128) / 64);
    const [tau, later] = [powers.subarray(0, 128), powers.subarray(128 + 64)];
    for (const [wrong, message] of [
      [Buffer.concat([other.subarray(0, 128), powers.subarray(128)]), /not those of \[τ\]₂/],
      [Buffer.concat([tau, other.subarray(128)]), /not those of \[τ\]₂/],
      [Buffer.concat([tau, later]), /do not begin with 1/],
      [Buffer.concat([tau, powers.subarray(128, 256), powers.subarray(128)]), /not those of \[τ\]₂/],
      [Buffer.concat([tau.toReversed(), powers.subarray(128)]), /no point of the group/],
      [Buffer.concat([powers, Buffer.alloc(64, 1)]), /is not on the curve/],
    ] as const)
      expect(await codePowersFault(wrong)).to.match(message);

    await writeFile(file, Buffer.concat([other.subarray(0, 128), powers.subarray(128)]));
    expect(await failureCode(withCeremonyKey(artefacts, files.keys))).to.equal("KEY_FAULTS");
    await rm(file);
    expect(await failureCode(withCeremonyKey(artefacts, files.keys))).to.equal("CEREMONY_KEY_MISSING");
    await writeFile(file, powers);
    const { commitment: known } = transcript;
    if (known === undefined) throw new Error("the circuit commits to wires");
    const told = { ...known, codePowers: "ab".repeat(32) };
    expect(await said({ transcript: { ...transcript, commitment: told } })).to.match(
      /other-powers-of-tau: the hash of the codes' powers/,
    );
  });

  it("is told by a transcript that covers every file, the given and the last ones", async () => {
    const { initial, first, second, final } = ceremony.files;
    const { commitment } = transcript;
    expect(transcript.contributions.map(({ name }) => name)).to.deep.equal(["Alice", "Bob Größe"]);
    expect(commitment?.wires).to.equal(ceremony.committed);
    expect(commitment?.steps).to.have.length(3);
    for (const [index, path] of [initial, first, second].entries())
      expect(commitment?.steps[index]?.received).to.deep.equal({
        zkey: await hashFile(path, "sha256"),
        ckey: await hashFile(commitmentPath(path), "sha256"),
      });
    expect(transcript.zkey).to.equal(await hashFile(final, "sha256"));
    expect(commitment?.ckey).to.equal(await hashFile(commitmentPath(final), "sha256"));
  });

  it("is refused with any part of the transcript changed", async () => {
    const { commitment } = transcript;
    const [alice, bob, beacon] = commitment?.steps ?? [];
    if (commitment === undefined || alice === undefined || bob === undefined || beacon === undefined)
      throw new Error("three steps");
    const other = "ab".repeat(32);
    const swapped = { ...alice, received: bob.received };
    for (const changed of [
      { ...commitment, wires: commitment.wires + 1 },
      { ...commitment, ckey: other },
      { ...commitment, steps: [alice, bob] },
      { ...commitment, steps: [bob, alice, beacon] },
      { ...commitment, steps: [swapped, bob, beacon] },
      { ...commitment, steps: [{ ...alice, hash: other.repeat(2) }, bob, beacon] },
      { ...commitment, steps: [alice, bob, { ...beacon, received: { ...beacon.received, ckey: other } }] },
    ])
      expect(await said({ transcript: { ...transcript, commitment: changed } })).to.not.equal("");
    const { commitment: _, ...without } = transcript;
    expect(await said({ transcript: without })).to.match(/only one of key and transcript/);
    const text = JSON.parse(await readFile(ceremony.files.transcript, "utf8"));
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, "transcript.json");
      await writeFile(path, JSON.stringify({ ...text, format: "lockstep ceremony 2" }));
      expect(await failureCode(readTranscript(path))).to.equal("TRANSCRIPT");
    });
  });

  it("has every published file checked, and misses the one that is not there", () =>
    inTemporaryFolder(async (folder) => {
      const { initial, first, second } = ceremony.files;
      // Under any names.
      for (const [index, path] of [initial, first, second].entries()) {
        await copyFile(path, join(folder, `file-${9 - index}.zkey`));
        await copyFile(commitmentPath(path), join(folder, `file-${9 - index}.ckey`));
      }
      const options = { ...ceremony.sources, transcript, folder };
      expect(await verifyFiles(options)).to.deep.equal([]);
      await copyFile(commitmentPath(first), join(folder, "file-7.ckey"));
      await rm(join(folder, "file-9.zkey"));
      const messages = (await verifyFiles(options)).map(({ message }) => message).join("; ");
      expect(messages)
        .to.match(/contribution 1 was given .* not in/)
        .and.match(/contribution 3 was given another/);
    }));

  it("is for no other circuit, no other split, no unsplit key, and no development powers of tau", async () => {
    const { artefacts, committed, sources, files } = ceremony;
    const { ptau } = sources;
    expect(await said({ committed: committed - 1 })).to.match(/not-split: .*commitment key is for 16 wires/);
    expect(await said({ committed: 0 })).to.not.equal("");
    await inTemporaryFolder(async (folder) => {
      const ordinary = join(folder, "0000.zkey");
      await makeInitialKey({ r1cs: artefacts.r1cs, ptau, to: ordinary, unknownPtau: true });
      expect(await said({ key: ordinary, underWay: true })).to.match(/not-split: .*cannot be read/);
      const to = join(folder, "0001.zkey");
      const received = { ...sources, initial: ordinary };
      expect(await failureCode(contribute({ from: ordinary, to, name: "Carol", received }))).to.equal(
        "KEY_FAULTS",
      );
      const unverified = contribute({ from: files.first, to, name: "Carol", received: UNVERIFIED });
      expect(await failureCode(unverified)).to.equal("CEREMONY_STEP");

      const trial = join(folder, "trial.ptau");
      await writeFile(trial, await preparedPowersOfTau(DEVELOPMENT_SECRETS, 6));
      const begin = { r1cs: artefacts.r1cs, ptau: trial, committed, to };
      expect(await failureCode(makeInitialKey(begin))).to.equal("POWERS_OF_TAU");
      expect((await readdir(folder)).sort()).to.deep.equal(["0000.zkey", "trial.ptau"]);
      await makeInitialKey({ ...begin, rehearsal: true });
      const rehearsed = { ...sources, ptau: trial, initial: to, key: to, underWay: true };
      expect((await verifyKey(rehearsed)).faults.map(({ name }) => name)).to.include("development-key");
      const report = await verifyKey({ ...rehearsed, rehearsal: true });
      expect([report.faults, report.key?.isDevelopment]).to.deep.equal([[], true]);
    });
  });

  it("writes both files or none, and over nothing", () =>
    inTemporaryFolder(async (folder) => {
      const { sources, files } = ceremony;
      const to = join(folder, "next.zkey");
      await writeFile(commitmentPath(to), "mine");
      const step = contribute({ from: files.first, to, name: "Carol", received: sources });
      expect(await failureCode(step)).to.equal("FILE_EXISTS");
      expect(await readdir(folder)).to.deep.equal(["next.ckey"]);
      const exporting = exportKey({ circuit: CIRCUIT, key: files.second, folder, ...sources });
      expect(await failureCode(exporting), "without a beacon").to.equal("KEY_FAULTS");
    }));

  it("gives δ and η numbers that have nothing to do with each other", async () => {
    const { final } = ceremony.files;
    const { eta } = await readCommitmentParts(commitmentPath(final));
    const { beacon } = readProvingKey(await readFile(final)).history.contributions.at(-1) ?? {};
    expect(beacon).to.deep.equal(BEACON);
    const json: unknown = JSON.parse(await readFile(exported("verification_key.json"), "utf8"));
    const key = readSplitVerificationKey(json);
    expect(key.eta).to.not.deep.equal(key.delta);
    expect(eta).to.have.length(128);
  });
});
