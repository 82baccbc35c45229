import { execFile } from "node:child_process";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { DEVELOPMENT_SECRETS } from "../../../builder/proving/keys/secrets.ts";
import { type BitsCeremony, holdBitsCeremony, POWER } from "./ceremony-files.ts";
import { preparedPowersOfTau } from "./prepared-powers-of-tau.ts";
import { inTemporaryFolder } from "./setting.ts";
import { holdSplitCeremony } from "./split-ceremony-files.ts";

const CLI = fileURLToPath(new URL("../../../builder/cli/index.ts", import.meta.url));
const GREEN_LINE = "Everything that was checked fits";

/** Compiles WebAssembly as slowly as a busy machine does. */
const SLOW_WEBASSEMBLY = ["--no-liftoff", "--no-wasm-lazy-compilation"];

/** What `lockstep keys` says, whether it succeeds or not. */
function keys(...options: readonly string[]): Promise<string> {
  return run([CLI, "keys", ...options]);
}

function run(command: readonly string[]): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  execFile(process.execPath, command, (_failure, stdout, stderr) => {
    resolve(stdout + stderr);
  });
  return promise;
}

describe("keys ceremony", function () {
  this.timeout(240_000);
  let ceremony: BitsCeremony;
  before(async () => {
    ceremony = await holdBitsCeremony();
  });
  after(async () => {
    await ceremony[Symbol.asyncDispose]();
  });

  it("contributes to nothing that was not verified, unless that is asked for, and then says so", () =>
    inTemporaryFolder(async (folder) => {
      const { r1cs, ptau, initial, first } = ceremony.files;
      const to = join(folder, "next.zkey");
      const contribution = ["ceremony", "contribute", "--from", first, "--to", to, "--name", "Carol"];
      const sources = ["--r1cs", r1cs, "--ptau", ptau, "--initial", initial];
      expect(await keys(...contribution)).to.match(/--ptau.*INVALID_CONFIGURATION/);
      expect(await keys(...contribution, "--r1cs", r1cs)).to.contain("INVALID_CONFIGURATION");
      expect(await keys(...contribution, ...sources)).to.match(/no file of a known.*KEY_FAULTS/);
      expect(await readdir(folder)).to.deep.equal([]);
      const unverified = await keys(...contribution, "--skip-verification");
      expect(unverified).to.contain("NOT VERIFIED").and.to.contain("Publish this hash");
      expect(await readdir(folder)).to.deep.equal(["next.zkey"]);
      const other = contribution.map((option) => (option === to ? join(folder, "other.zkey") : option));
      const verified = await keys(...other, ...sources, "--unknown-ptau");
      expect(verified).to.contain("Publish this hash").and.not.contain("NOT VERIFIED");
    }));

  it("takes and passes on both files of a key with committed wires, and checks those on the way", () =>
    inTemporaryFolder(async (folder) => {
      await using held = await holdSplitCeremony("lookups_small");
      const { r1cs, ptau, initial, first, final, transcript } = held.files;
      const to = join(folder, "next.zkey");
      const split = ["--r1cs", r1cs, "--committed", `${held.committed}`];
      const sources = [...split, "--ptau", ptau, "--initial", initial, "--unknown-ptau"];
      const contribution = ["ceremony", "contribute", "--from", first, "--to", to, "--name", "Carol"];
      expect(await keys(...contribution, "--skip-verification")).to.contain("CEREMONY_STEP");
      expect(await readdir(folder)).to.deep.equal([]);
      const said = await keys(...contribution, ...sources);
      expect(said)
        .to.match(/these hashes.*\n {2}[0-9a-f]{128}\n {2}[0-9a-f]{128}\n/)
        .and.contain("next.ckey");
      expect((await readdir(folder)).sort()).to.deep.equal(["next.ckey", "next.zkey"]);
      const verify = ["verify", "--key", final, "--transcript", transcript, ...sources];
      expect(await keys(...verify, "--files", held.folder)).to.contain("So does every file on the way");
      expect(await keys(...verify, "--files", folder)).to.contain("KEY_FAULTS");
    }));

  it("does not end half done and without a word while WebAssembly is being compiled", () =>
    inTemporaryFolder(async (folder) => {
      const to = join(folder, "next.zkey");
      const step = ["contribute", "--from", ceremony.files.first, "--to", to, "--name", "Carol"];
      const command = [CLI, "keys", "ceremony", ...step, "--skip-verification"];
      expect(await run([...SLOW_WEBASSEMBLY, ...command])).to.contain("Publish this hash");
      expect(await readdir(folder)).to.deep.equal(["next.zkey"]);
    }));

  it("has no green line for a development key, in a rehearsal neither", () =>
    inTemporaryFolder(async (folder) => {
      const { zkey, r1cs } = ceremony.bits;
      const ptau = join(folder, "trial.ptau");
      await writeFile(ptau, await preparedPowersOfTau(DEVELOPMENT_SECRETS, POWER + 1));
      const initial = join(folder, "0.zkey");
      const init = ["ceremony", "init", "--r1cs", r1cs, "--ptau", ptau, "--to", initial];
      expect(await keys(...init)).to.match(/everybody can forge.*POWERS_OF_TAU/);
      await keys(...init, "--rehearsal");
      const verify = [
        "ceremony",
        "verify",
        "--r1cs",
        r1cs,
        "--ptau",
        ptau,
        "--initial",
        initial,
        "--key",
        zkey,
      ];
      const refused = await keys(...verify);
      expect(refused).to.contain("development-key").and.to.contain("KEY_FAULTS");
      const rehearsed = await keys(...verify, "--rehearsal");
      expect(rehearsed).to.contain("INSECURE").and.not.contain("KEY_FAULTS");
      for (const said of [refused, rehearsed]) expect(said).to.not.contain(GREEN_LINE);
      const { files } = ceremony;
      const honest = ["ceremony", "verify", "--r1cs", r1cs, "--ptau", files.ptau, "--key", files.initial];
      const unknown = await keys(...honest, "--unknown-ptau");
      expect(unknown).to.contain(GREEN_LINE).and.to.contain("of no known public ceremony");
    }));
});
