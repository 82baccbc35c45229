import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { Artefacts } from "../../builder/proving/circuits/artefacts.ts";
import { createLocalProver } from "../../builder/proving/local-prover.ts";
import type { ProverPool } from "../../builder/proving/pool/pool.ts";
import { failureCode, inTemporaryFolder, testArtefacts } from "./keys/setting.ts";
import { rapidsnarkWorker } from "../../builder/proving/backends/rapidsnark/worker.ts";
import { workerHere } from "./native-setting.ts";
import { BITS_JOB, BITS_PUBLIC_INPUTS } from "./setting.ts";

/** snarkjs' own command line takes the same four files. */
const SNARKJS = join(import.meta.dirname, "../../node_modules/.bin/snarkjs");

const here = await workerHere(rapidsnarkWorker);
const withWorker = "program" in here ? it : it.skip;
const reason = "reason" in here ? ` (not on this machine: ${here.reason})` : "";

describe("program as a prover", function () {
  this.timeout(120_000);
  const { TMPDIR } = process.env;
  let bits: Artefacts;
  let files: string;
  before(async () => {
    bits = await testArtefacts("bits");
    files = await mkdtemp(join(tmpdir(), "lockstep-test-"));
    process.env.TMPDIR = files;
  });
  after(async () => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    await rm(files, { recursive: true });
  });

  const open = (program: string): Promise<ProverPool> =>
    createLocalProver({ artefacts: [bits], threads: 2, backend: program });

  async function script(folder: string, text: string): Promise<string> {
    const path = join(folder, "prover");
    await writeFile(path, `#!/bin/sh\n${text}\n`);
    await chmod(path, 0o755);
    return path;
  }

  const leftOver = async (): Promise<string[]> =>
    (await readdir(files)).filter((name) => name.startsWith("lockstep-prover-"));

  withWorker(`proves: rapidsnark's${reason}`, async () => {
    const pool = await open("program" in here ? here.program : "");
    try {
      const { publicInputs, backend } = await pool.prove(BITS_JOB);
      expect(publicInputs).to.deep.equal(BITS_PUBLIC_INPUTS);
      expect(backend).to.equal("program" in here ? here.program : "");
    } finally {
      await pool.close();
    }
    expect(await leftOver()).to.deep.equal([]);
  });

  it("proves: snarkjs' command line", () =>
    inTemporaryFolder(async (folder) => {
      const pool = await open(
        await script(folder, `exec '${process.execPath}' '${SNARKJS}' groth16 prove "$@"`),
      );
      try {
        expect((await pool.prove(BITS_JOB)).publicInputs).to.deep.equal(BITS_PUBLIC_INPUTS);
      } finally {
        await pool.close();
      }
      expect(await leftOver()).to.deep.equal([]);
    }));

  for (const [what, text, message] of [
    ["fails", "echo no such key >&2; exit 3", /exit code 3.*no such key/],
    ["writes nothing", "exit 0", /proof\.json/],
    ["writes what is no proof", 'echo "{}" > "$3"; echo "[]" > "$4"', /pi_a/],
  ] as const)
    it(`that ${what} makes no proof, says why and leaves no files`, () =>
      inTemporaryFolder(async (folder) => {
        const pool = await open(await script(folder, text));
        try {
          const failure = await pool.prove(BITS_JOB).catch((error: unknown) => error);
          expect(failure).to.have.property("code", "PROOF_FAILED");
          expect(failure).to.have.property("message").that.matches(message);
        } finally {
          await pool.close();
        }
        expect(await leftOver()).to.deep.equal([]);
      }));

  for (const [how, end] of [
    [
      "cancelled",
      async (cancel: AbortController) => {
        cancel.abort();
      },
    ],
    ["closed", (_: AbortController, pool: ProverPool) => pool.close()],
  ] as const)
    it(`is killed when the job is ${how}, and leaves no files`, () =>
      inTemporaryFolder(async (folder) => {
        const pid = join(folder, "pid");
        const pool = await open(await script(folder, `echo $$ > '${pid}'; exec sleep 600`));
        const cancel = new AbortController();
        try {
          const job = failureCode(pool.prove(BITS_JOB, { signal: cancel.signal }));
          const started = async (): Promise<number> => Number(await readFile(pid, "utf8").catch(() => "0"));
          while ((await started()) === 0) await sleep(20);
          await end(cancel, pool);
          expect(await job).to.equal("PROOF_FAILED");
          const isAlive = (program: number): boolean => {
            try {
              return process.kill(program, 0);
            } catch {
              return false;
            }
          };
          const program = await started();
          for (let tries = 0; tries < 100 && isAlive(program); tries++) await sleep(20);
          expect(isAlive(program)).to.equal(false);
        } finally {
          await pool.close();
        }
        expect(await leftOver()).to.deep.equal([]);
      }));

  it("is refused by name when it cannot be run", async () => {
    expect(await failureCode(open("/no/such/program"))).to.equal("BACKEND_UNAVAILABLE");
    expect(await failureCode(open(tmpdir()))).to.equal("BACKEND_UNAVAILABLE");
    expect(await failureCode(open("no-such-backend"))).to.equal("UNKNOWN_BACKEND");
  });
});
