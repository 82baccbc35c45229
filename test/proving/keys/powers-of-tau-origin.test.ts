import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { bn254 } from "@noble/curves/bn254.js";
import { expect } from "chai";
import { encodeFunctionData } from "viem";
import { withCeremonyKey } from "../../../builder/proving/circuits/ceremony-keys.ts";
import { exportKey } from "../../../builder/proving/keys/ceremony/export.ts";
import { hashFile } from "../../../builder/proving/keys/ceremony/hash-file.ts";
import {
  isKnownName,
  knownPowersOfTau,
  originFaults,
} from "../../../builder/proving/keys/ceremony/known-powers-of-tau.ts";
import { authenticatePowers, readPowersOfTau } from "../../../builder/proving/keys/ceremony/powers-of-tau.ts";
import {
  applyBeacon,
  contribute,
  makeInitialKey,
  UNVERIFIED,
} from "../../../builder/proving/keys/ceremony/steps.ts";
import {
  type CeremonyTranscript,
  readTranscript,
} from "../../../builder/proving/keys/ceremony/transcript.ts";
import { verifyKey } from "../../../builder/proving/keys/ceremony/verify.ts";
import { assertKeysAllowed } from "../../../builder/proving/keys/policy.ts";
import { DEVELOPMENT_SECRETS } from "../../../builder/proving/keys/secrets.ts";
import { encodeVerificationKey, isDevelopmentKey } from "../../../builder/proving/keys/verification-key.ts";
import { groth16ProofSystemAbi } from "../../../builder/protocol/abi.ts";
import { expectRevert } from "../../contracts/outcome.ts";
import { connect } from "../../contracts/setup.ts";
import { BEACON, type BitsCeremony, holdBitsCeremony, POWER, sourcesOf } from "./ceremony-files.ts";
import { preparedPowersOfTau } from "./prepared-powers-of-tau.ts";
import { failureCode, inTemporaryFolder } from "./setting.ts";

/** An EVM chain id of no local chain. */
const PUBLIC_CHAIN = 1001;
/** Secrets of a `.ptau` that this repository once told people to hold trials with. */
const PUBLISHED_SECRETS = { tau: 0x7217a1n, alpha: 0xa1fan, beta: 0xbe7an } as const;
/** Hash of powersOfTau28_hez_final_17.ptau. */
const PINNED_17 =
  "6247a3433948b35fbfae414fa5a9355bfb45f56efa7ab4929e669264a0258976741dfbe3288bfb49828e5df02c2e633df38d2245e30162ae7e3bcca5b8b49345";

describe("origin of powers of tau", function () {
  this.timeout(240_000);
  let ceremony: BitsCeremony;
  let transcript: CeremonyTranscript;
  before(async () => {
    ceremony = await holdBitsCeremony();
    transcript = await readTranscript(ceremony.files.transcript);
  });
  after(async () => {
    await ceremony[Symbol.asyncDispose]();
  });

  const reasonOf = async (attempt: Promise<unknown>): Promise<unknown> => {
    const failure = await attempt.catch((error: unknown) => error);
    expect(failure).to.have.property("code", "POWERS_OF_TAU");
    return failure instanceof Error && "reason" in failure ? failure.reason : undefined;
  };

  it("is known for the files that snarkjs' README lists, by their hashes", async () => {
    const readme = join(dirname(createRequire(import.meta.url).resolve("snarkjs")), "..", "README.md");
    const listed = [
      ...(await readFile(readme, "utf8")).matchAll(
        /\| \[(powersOfTau28_hez\w*\.ptau)\].*\| ([0-9a-f]{128}) \|/g,
      ),
    ];
    expect(listed).to.have.lengthOf(21);
    for (const [, name = "", hash = ""] of listed) {
      expect(knownPowersOfTau(hash)).to.equal(name);
      expect(isKnownName(name)).to.equal(true);
    }
    for (const name of ["unknown", "development", "constructor", "__proto__"])
      expect(isKnownName(name), name).to.equal(false);
    const alpha = [
      20491192805390485299153009773594534940189261866228447918068658471970481763042n,
      9383485363053290200918347156157836566562967994039712273449902621266178545958n,
    ] as const;
    bn254.G1.Point.fromAffine({ x: alpha[0], y: alpha[1] }).assertValidity();
    expect(originFaults("powersOfTau28_hez_final_17.ptau", { alpha })).to.deep.equal([]);
    expect(originFaults("powersOfTau28_hez_final_17.ptau", { alpha: [1n, 2n] })).to.have.lengthOf(1);
  });

  it("has to be known, or asked for: powers from secrets that were published are nobody's ceremony", () =>
    inTemporaryFolder(async (folder) => {
      const { bits, files } = ceremony;
      const file = (name: string): string => join(folder, name);
      const [ptau, initial] = [file("published.ptau"), file("0.zkey")];
      await writeFile(ptau, await preparedPowersOfTau(PUBLISHED_SECRETS, POWER));
      const making = { r1cs: bits.r1cs, ptau, to: initial };
      expect(await reasonOf(makeInitialKey(making))).to.equal("unknown");
      expect(await reasonOf(makeInitialKey({ ...making, rehearsal: true }))).to.equal("unknown");
      expect(await readdir(folder), "nothing is left").to.deep.equal(["published.ptau"]);

      await makeInitialKey({ ...making, unknownPtau: true });
      const received = { r1cs: bits.r1cs, ptau, initial };
      const contributing = { from: initial, to: file("1.zkey"), name: "Alice" };
      expect(await failureCode(contribute({ ...contributing, received }))).to.equal("KEY_FAULTS");
      const { faults } = await verifyKey({ ...received, key: initial, underWay: true });
      expect(faults.map(({ name }) => name)).to.deep.equal(["unknown-powers-of-tau"]);
      const exporting = exportKey({
        ...sourcesOf(files),
        unknownPtau: false,
        circuit: "bits",
        key: files.final,
        folder,
      });
      expect(await failureCode(exporting)).to.equal("KEY_FAULTS");
      expect(await readdir(folder)).to.have.members(["published.ptau", "0.zkey"]);
    }));

  it("is recorded with the key, and a transcript that says something else is refused", () =>
    inTemporaryFolder(async (keys) => {
      const { bits, files } = ceremony;
      expect(transcript.powersOfTau).to.include({
        origin: "unknown",
        blake2b: await hashFile(files.ptau, "blake2b512"),
      });
      const exported = JSON.parse(await readFile(join(files.keys, "bits", "verification_key.json"), "utf8"));
      expect(exported.powersOfTau).to.equal("unknown");
      expect((await withCeremonyKey(bits, files.keys)).powersOfTau).to.equal("unknown");

      const place = join(keys, "bits");
      await cp(join(files.keys, "bits"), place, { recursive: true });
      const path = join(place, "transcript.json");
      const rewrite = (changes: object): Promise<void> =>
        writeFile(
          path,
          JSON.stringify({ ...transcript, powersOfTau: { ...transcript.powersOfTau, ...changes } }),
        );
      const hermez = "powersOfTau28_hez_final_17.ptau";
      for (const changes of [{ origin: hermez }, { origin: "" }, { origin: undefined }]) {
        await rewrite(changes);
        expect(await failureCode(withCeremonyKey(bits, keys))).to.equal("TRANSCRIPT");
      }
      // A lie that fits in itself: the file's name with its hash. The key's α is another than the ceremony's.
      expect(knownPowersOfTau(PINNED_17)).to.equal(hermez);
      await rewrite({ origin: hermez, blake2b: PINNED_17 });
      const failure = await withCeremonyKey(bits, keys).catch((error: unknown) => error);
      expect(failure).to.have.property("code", "KEY_FAULTS");
      expect(failure)
        .to.have.property("message")
        .that.matches(/α is not that of its ceremony/);
      const { faults } = await verifyKey({
        ...sourcesOf(files),
        key: files.final,
        transcript: await readTranscript(path),
      });
      expect(new Set(faults.map(({ name }) => name))).to.deep.equal(new Set(["other-powers-of-tau"]));
      await writeFile(path, JSON.stringify({ ...transcript, format: "lockstep ceremony 1" }));
      const earlier = await withCeremonyKey(bits, keys).catch((error: unknown) => error);
      expect(earlier).to.have.property("code", "TRANSCRIPT");
      expect(earlier)
        .to.have.property("message")
        .that.matches(/export the key again/);
    }));

  it("of a rehearsal is the development set-up's: its keys are refused wherever development keys are", () =>
    inTemporaryFolder(async (folder) => {
      const { r1cs } = ceremony.bits;
      const file = (name: string): string => join(folder, name);
      const [ptau, initial, first, key] = [
        file("trial.ptau"),
        file("0.zkey"),
        file("1.zkey"),
        file("2.zkey"),
      ];
      // Another τ does not help: with α and β proofs can be forged.
      await writeFile(ptau, await preparedPowersOfTau({ ...DEVELOPMENT_SECRETS, tau: 5n }, POWER));
      const making = { r1cs, ptau, to: initial };
      expect(await reasonOf(makeInitialKey(making))).to.equal("development");
      expect(await reasonOf(makeInitialKey({ ...making, unknownPtau: true }))).to.equal("development");
      await makeInitialKey({ ...making, rehearsal: true });
      const received = { r1cs, ptau, initial };
      const contributing = { from: initial, to: first, name: "Alice" };
      for (const allowed of [{}, { unknownPtau: true }])
        expect(
          await failureCode(contribute({ ...contributing, received: { ...received, ...allowed } })),
        ).to.equal("KEY_FAULTS");
      await contribute({ ...contributing, received: { ...received, rehearsal: true } });
      await applyBeacon({ from: first, to: key, name: "block 1", ...BEACON });
      const { faults } = await verifyKey({ ...received, key });
      expect(faults.map(({ name }) => name)).to.deep.equal(["development-key"]);
      await mkdir(file("keys"));
      const exporting = { ...received, circuit: "bits", key, folder: file("keys") };
      expect(await failureCode(exportKey(exporting))).to.equal("KEY_FAULTS");
      const { verificationKey } = await exportKey({ ...exporting, rehearsal: true });
      const { powersOfTau } = await readTranscript(join(file("keys"), "bits", "transcript.json"));
      expect(powersOfTau.origin).to.equal("development");
      expect(isDevelopmentKey(verificationKey)).to.equal(true);
      expect(() => {
        assertKeysAllowed(BigInt(PUBLIC_CHAIN), [verificationKey]);
      })
        .to.throw()
        .with.property("code", "DEVELOPMENT_KEY");

      const encoded = encodeVerificationKey(verificationKey);
      const l1 = await connect({ chainId: PUBLIC_CHAIN });
      const to = await l1.create("Groth16ProofSystem");
      const data = encodeFunctionData({
        abi: groth16ProofSystemAbi,
        functionName: "registerKey",
        args: [encoded],
      });
      await expectRevert(
        l1.publicClient.call({ to, data }),
        "DevelopmentKey",
        [BigInt(PUBLIC_CHAIN)],
        groth16ProofSystemAbi,
      );
    }));

  it("is found out once for all: a file with the α of development keys alone, or their β alone", () =>
    inTemporaryFolder(async (folder) => {
      const { alpha, beta } = DEVELOPMENT_SECRETS;
      for (const secrets of [
        { tau: 5n, alpha, beta: 7n },
        { tau: 5n, alpha: 7n, beta },
      ]) {
        const ptau = join(folder, "half.ptau");
        await writeFile(ptau, await preparedPowersOfTau(secrets, POWER));
        const powers = await readPowersOfTau(ptau);
        expect(await reasonOf(authenticatePowers(powers, { unknownPtau: true }))).to.equal("development");
      }
    }));

  it("is not asked of who skips verification, but points are", () =>
    inTemporaryFolder(async (folder) => {
      const { initial } = ceremony.files;
      await contribute({ from: initial, to: join(folder, "1.zkey"), name: "Alice", received: UNVERIFIED });
      expect(await readdir(folder)).to.deep.equal(["1.zkey"]);
    }));
});
