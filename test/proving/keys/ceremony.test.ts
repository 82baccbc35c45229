import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import * as snarkjs from "snarkjs";
import { getContract } from "viem";
import type { Artefacts } from "../../../builder/proving/circuits/artefacts.ts";
import { CEREMONY_FILES, exportKey } from "../../../builder/proving/keys/ceremony/export.ts";
import { applyBeacon, contribute, makeInitialKey } from "../../../builder/proving/keys/ceremony/steps.ts";
import {
  type CeremonyTranscript,
  readTranscript,
} from "../../../builder/proving/keys/ceremony/transcript.ts";
import { verifyKey } from "../../../builder/proving/keys/ceremony/verify.ts";
import {
  encodeVerificationKey,
  hashVerificationKey,
} from "../../../builder/proving/keys/verification-key.ts";
import { readProvingKey } from "../../../builder/proving/keys/zkey.ts";
import { snarkjsProof } from "../../../builder/proving/backends/snarkjs-format.ts";
import { encodeProof } from "../../../builder/kinds/circuit-proof.ts";
import { groth16ProofSystemAbi } from "../../../builder/protocol/abi.ts";
import { publicInputsOf } from "../../../builder/protocol/fingerprint.ts";
import { fieldElement } from "../../../builder/protocol/ids.ts";
import { expectRevert } from "../../contracts/outcome.ts";
import { connect } from "../../contracts/setup.ts";
import {
  BEACON,
  type BitsCeremony,
  type CeremonyFiles,
  holdBitsCeremony,
  POWER,
  sourcesOf,
} from "./ceremony-files.ts";
import { powersOfTau } from "./powers-of-tau.ts";
import { preparedPowersOfTau, TEST_SECRETS } from "./prepared-powers-of-tau.ts";
import { failureCode, inTemporaryFolder } from "./setting.ts";

/** An EVM chain id of no local chain. */
const PUBLIC_CHAIN = 1001;

describe("ceremony", function () {
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

  const exported = (name: keyof typeof CEREMONY_FILES): string =>
    join(files.keys, "bits", CEREMONY_FILES[name]);
  const history = async (path: string) => readProvingKey(await readFile(path)).history;

  it("of known powers of tau begins with what snarkjs prepares of them", () =>
    inTemporaryFolder(async (temporary) => {
      const [raw, prepared] = [join(temporary, "raw.ptau"), join(temporary, "prepared.ptau")];
      await writeFile(raw, powersOfTau(TEST_SECRETS, POWER));
      await snarkjs.powersOfTau.preparePhase2(raw, prepared);
      expect(Buffer.compare(await readFile(files.ptau), await readFile(prepared))).to.equal(0);
    }));

  it("is told by the transcript step by step, with the hashes that snarkjs gives", async () => {
    const told = await history(files.final);
    expect(told.contributions.map(({ name, beacon }) => [name, beacon])).to.deep.equal([
      ["Alice", undefined],
      ["Bob Größe", undefined],
      ["block 1", BEACON],
    ]);
    const { contributions, beacon } = transcript;
    expect([...contributions, { name: beacon.name, hash: beacon.hash }]).to.deep.equal(
      told.contributions.map(({ name, hash }) => ({ name, hash })),
    );
    await inTemporaryFolder(async (temporary) => {
      const [initial, next] = [join(temporary, "0.zkey"), join(temporary, "1.zkey")];
      const circuitHash: unknown = await snarkjs.zKey.newZKey(bits.r1cs, files.ptau, initial);
      expect(transcript.circuitHash).to.equal(hex(circuitHash));
      const hash: unknown = await snarkjs.zKey.contribute(initial, next, "Carol", "entropy");
      expect((await history(next)).contributions.map((step) => step.hash)).to.deep.equal([hex(hash)]);
    });
  });

  it("leaves keys whose proofs pass snarkjs and a contract off local chains", async () => {
    const report = await verifyKey({ circuit: "bits", key: files.final, transcript, ...sourcesOf(files) });
    expect(report.faults).to.deep.equal([]);
    expect(report.key?.isDevelopment).to.equal(false);
    const { powersOfTau: origin, ...json } = JSON.parse(await readFile(exported("verificationKey"), "utf8"));
    expect(await snarkjs.zKey.exportVerificationKey(exported("zkey"))).to.deep.include(json);
    expect([origin, transcript.powersOfTau.origin, report.key?.powers?.origin]).to.deep.equal(
      Array.from({ length: 3 }, () => "unknown"),
    );
    const { verificationKey } = readProvingKey(await readFile(exported("zkey")));
    const encoded = encodeVerificationKey(verificationKey);
    expect(await readFile(exported("encodedVerificationKey"), "utf8")).to.equal(`${encoded}\n`);
    expect(report.key?.hash).to.equal(hashVerificationKey(verificationKey));

    const commitment = fieldElement(3n);
    const words = [commitment, ...[0n, 0n, 0n].map(fieldElement)];
    const { challenge, evaluation } = publicInputsOf(words, commitment);
    const input = { commitment, challenge, evaluation, word: 21n, bits: [1n, 0n, 1n, 0n, 1n] };
    const proven = await snarkjs.groth16.fullProve(input, bits.wasm, exported("zkey"));
    expect(await snarkjs.groth16.verify(json, proven.publicSignals, proven.proof)).to.equal(true);

    const l1 = await connect({ chainId: PUBLIC_CHAIN });
    const address = await l1.create("Groth16ProofSystem");
    const client = { public: l1.publicClient, wallet: l1.walletClient };
    const system = getContract({ abi: groth16ProofSystemAbi, address, client });
    const hash = await system.write.registerKey([encoded]);
    expect(await l1.publicClient.waitForTransactionReceipt({ hash })).to.have.property("status", "success");
    expect(await system.read.isRegistered([transcript.verificationKey])).to.equal(true);
    const publicInputs = { commitment, challenge, evaluation };
    const proof = encodeProof({ proof: snarkjsProof.parse(proven.proof), publicInputs });
    const statement = { verificationKey: transcript.verificationKey, words, proof };
    await system.read.verify([[statement]]);
    const lie = { ...statement, words: [commitment, ...[0n, 0n, 1n].map(fieldElement)] };
    await expectRevert(system.read.verify([[lie]]), "InvalidProof", [], groth16ProofSystemAbi);
  });

  describe("steps", () => {
    it("refuse powers of tau by what is wrong with them", () =>
      inTemporaryFolder(async (temporary) => {
        const ptau = join(temporary, "bad.ptau");
        const good = await readFile(files.ptau);
        const otherCurve = Buffer.from(good);
        otherCurve[12 + 12 + 4] = (otherCurve[12 + 12 + 4] ?? 0) ^ 1;
        for (const [reason, content] of [
          ["too-small", await preparedPowersOfTau(TEST_SECRETS, POWER - 1)],
          ["not-prepared", powersOfTau(TEST_SECRETS, POWER)],
          ["other-curve", otherCurve],
          ["damaged", good.subarray(0, good.length - 1)],
          ["damaged", good.subarray(0, 10)],
          ["damaged", await readFile(bits.r1cs)],
        ] as const) {
          await writeFile(ptau, content);
          const making = makeInitialKey({ r1cs: files.r1cs, ptau, to: join(temporary, "0.zkey") });
          const failure = await making.catch((error: unknown) => error);
          expect(failure, reason).to.include({ code: "POWERS_OF_TAU", reason });
          expect(await readdir(temporary), "nothing is left").to.deep.equal(["bad.ptau"]);
        }
      }));

    it("never write over anything, and leave nothing of what fails", () =>
      inTemporaryFolder(async (temporary) => {
        const { r1cs, ptau, initial, second, final, keys } = files;
        const received = sourcesOf(files);
        const to = join(temporary, "taken.zkey");
        await writeFile(to, "mine");
        for (const step of [
          () => makeInitialKey({ r1cs, ptau, to }),
          () => contribute({ from: initial, to, name: "Alice", received }),
          () => contribute({ from: initial, to: initial, name: "Alice", received }),
          () => applyBeacon({ from: second, to, name: "block 1", ...BEACON }),
          () => exportKey({ circuit: "bits", key: final, r1cs, ptau, folder: keys }),
        ])
          expect(await failureCode(step())).to.equal("FILE_EXISTS");
        expect(await readFile(to, "utf8")).to.equal("mine");
        const damaged = join(temporary, "damaged.zkey");
        await writeFile(damaged, (await readFile(initial)).subarray(0, 1000));
        const failing = contribute({ from: damaged, to: join(temporary, "1.zkey"), name: "Alice", received });
        expect(await failureCode(failing)).to.equal("KEY_CORRUPT");
        expect((await readdir(temporary)).sort()).to.deep.equal(["damaged.zkey", "taken.zkey"]);
      }));

    it("leave nothing when they are interrupted", () =>
      inTemporaryFolder(async (temporary) => {
        const script = `
          import { writeFileSync } from "node:fs";
          import { withNewFile } from ${JSON.stringify(new URL("../../../builder/proving/keys/ceremony/new-file.ts", import.meta.url))};
          await withNewFile("next.zkey", async (path) => {
            writeFileSync(path, "half");
            process.stdout.write("writing");
            await new Promise((resolve) => setTimeout(resolve, 60_000));
          });`;
        const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
          cwd: temporary,
          stdio: ["ignore", "pipe", "inherit"],
        });
        await once(child.stdout, "data");
        expect(await readdir(temporary), "a passing name").to.have.lengthOf(1);
        child.kill("SIGINT");
        await once(child, "exit");
        expect(await readdir(temporary)).to.deep.equal([]);
      }));

    it("are refused out of their order, without a name, or with values that are none", () =>
      inTemporaryFolder(async (temporary) => {
        const to = join(temporary, "next.zkey");
        const { initial, second, final: from } = files;
        const received = sourcesOf(files);
        const beacon = { from: second, to, name: "block 1", ...BEACON };
        for (const [what, step] of Object.entries({
          "contribution after the beacon": () => contribute({ from, to, name: "Alice", received }),
          "second beacon": () => applyBeacon({ ...beacon, from }),
          "beacon alone": () => applyBeacon({ ...beacon, from: initial }),
          "no name": () => contribute({ from: second, to, name: "", received }),
          "control characters": () => contribute({ from: second, to, name: "a\u001b[2J", received }),
          "long name": () => contribute({ from: second, to, name: "a".repeat(65), received }),
          "half a byte": () => applyBeacon({ ...beacon, value: "abc" }),
          "no value": () => applyBeacon({ ...beacon, value: "0x" }),
          "no hexadecimal": () => applyBeacon({ ...beacon, value: "zz" }),
          "few iterations": () => applyBeacon({ ...beacon, iterationsExponent: 9 }),
          "no number": () => applyBeacon({ ...beacon, iterationsExponent: Number.NaN }),
        }))
          expect(await failureCode(step()), what).to.equal("CEREMONY_STEP");
        expect(await readdir(temporary)).to.deep.equal([]);
      }));

    it("are different each time, whatever text is given", () =>
      inTemporaryFolder(async (temporary) => {
        const hashes = [];
        for (const name of ["a", "b"]) {
          const to = join(temporary, `${name}.zkey`);
          const received = sourcesOf(files);
          await contribute({ from: files.initial, to, name: "Alice", text: "same", received });
          hashes.push((await history(to)).contributions.at(-1)?.hash);
        }
        expect(new Set(hashes).size).to.equal(2);
      }));

    it("refuse files that are no transcripts", () =>
      inTemporaryFolder(async (temporary) => {
        const path = join(temporary, "transcript.json");
        for (const content of ["", "{}", JSON.stringify({ ...transcript, more: 1 })]) {
          await writeFile(path, content);
          expect(await failureCode(readTranscript(path))).to.equal("TRANSCRIPT");
        }
        await copyFile(files.transcript, path);
        expect(await readTranscript(path)).to.deep.equal(transcript);
      }));
  });
});

function hex(bytes: unknown): string {
  if (!(bytes instanceof Uint8Array)) throw new Error("snarkjs gave no hash");
  return Buffer.from(bytes).toString("hex");
}
