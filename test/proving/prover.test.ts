import { readdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import * as snarkjs from "snarkjs";
import type { Artefacts } from "../../builder/proving/circuits/artefacts.ts";
import { toSnarkjs, type VerificationKey } from "../../builder/proving/keys/verification-key.ts";
import type { CircuitInput } from "../../builder/kinds/kind.ts";
import { readVerificationKey } from "../../builder/proving/load-circuit.ts";
import type { Groth16Proof, Prover, ProverResult } from "../../builder/proving/prover.ts";
import { openSnarkjs, type SnarkjsOptions } from "../../builder/proving/backends/snarkjs/index.ts";
import { ProverPool } from "../../builder/proving/pool/pool.ts";
import { verifyProof } from "./reference-verification.ts";
import { FIELD_MODULUS, fieldElement } from "../../builder/protocol/ids.ts";
import { failureCode, inTemporaryFolder, testArtefacts } from "./keys/setting.ts";
import { endSnarkjs } from "./keys/snarkjs-threads.ts";
import { DEATHS_VARIABLE } from "./deaths.ts";
import { BITS_INPUT, BITS_JOB, toSnarkjsProof, writeDamagedKey } from "./setting.ts";

/** A pool with nothing but our own threads in it. */
async function createProver({
  circuits,
  ...options
}: Partial<SnarkjsOptions> & Pick<SnarkjsOptions, "circuits">) {
  const backend = await openSnarkjs({ threads: 2, ...options, circuits });
  return await ProverPool.open({ circuits, backends: [backend] });
}

describe("WebAssembly prover", function () {
  this.timeout(240_000);
  let bits: Artefacts;
  let noBits: Artefacts;
  let key: VerificationKey;
  let prover: Prover;
  let result: ProverResult;
  before(async () => {
    bits = await testArtefacts("bits");
    noBits = await testArtefacts("no_bits");
    key = await readVerificationKey(bits);
    prover = await createProver({ circuits: [bits, noBits] });
    result = await prover.prove(BITS_JOB);
  });
  after(async () => {
    await prover.close();
    await endSnarkjs();
  });

  it("makes proofs that our verifier and snarkjs' accept", async () => {
    expect(result.publicInputs).to.deep.equal({ commitment: 3n, challenge: 2n, evaluation: 24n });
    expect(verifyProof(key, [3n, 2n, 24n], result.proof)).to.equal(true);
    expect(
      await snarkjs.groth16.verify(toSnarkjs(key), ["3", "2", "24"], toSnarkjsProof(result.proof)),
    ).to.equal(true);
  });

  it("makes proofs with one thread, with several at once, and for inputs with an empty array", async () => {
    const other = await createProver({ circuits: [bits, noBits], parallel: 2 });
    try {
      const input = { ...BITS_INPUT, word: 0n, bits: [] };
      const results = await Promise.all(
        [BITS_JOB, { ...BITS_JOB, circuit: "no_bits", input }, BITS_JOB].map((job) => other.prove(job)),
      );
      for (const { publicInputs } of results) expect(publicInputs).to.deep.equal(result.publicInputs);
      const [first, , third] = results;
      // Proofs are randomised: equal ones would give the witness away.
      expect(first?.proof.a).to.not.deep.equal(third?.proof.a);
    } finally {
      await other.close();
    }
  });

  describe("verification", () => {
    it("rejects every changed public input", () => {
      for (const inputs of [
        [4n, 2n, 24n],
        [3n, 3n, 24n],
        [3n, 2n, 25n],
        [2n, 3n, 24n],
        [0n, 0n, 0n],
        [3n, 2n],
        [3n, 2n, 24n, 0n],
        [3n + FIELD_MODULUS, 2n, 24n],
        [3n - FIELD_MODULUS, 2n, 24n],
      ]) {
        expect(verifyProof(key, inputs, result.proof), inputs.join()).to.equal(false);
      }
    });

    it("rejects changed, swapped and invalid points", () => {
      const { a, b, c } = result.proof;
      const [[x1, x0], [y1, y0]] = b;
      const bad: Record<string, Groth16Proof> = {
        "a and c swapped": { a: c, b, c: a },
        "a off the curve": { a: [a[0], a[1] + 1n], b, c },
        "a negated": { a: [a[0], -a[1]], b, c },
        "a at infinity": { a: [0n, 0n], b, c },
        "b at infinity": {
          a,
          b: [
            [0n, 0n],
            [0n, 0n],
          ],
          c,
        },
        "b with real parts first": {
          a,
          b: [
            [x0, x1],
            [y0, y1],
          ],
          c,
        },
        "b outside of the field": {
          a,
          b: [
            [x1, x0],
            [y1, y0 + (1n << 256n)],
          ],
          c,
        },
        "all at infinity": {
          a: [0n, 0n],
          b: [
            [0n, 0n],
            [0n, 0n],
          ],
          c: [0n, 0n],
        },
      };
      for (const [name, proof] of Object.entries(bad)) {
        expect(verifyProof(key, [3n, 2n, 24n], proof), name).to.equal(false);
      }
    });

    it("rejects a proof under another circuit's key", async () => {
      const other = await readVerificationKey(noBits);
      expect(verifyProof(other, [3n, 2n, 24n], result.proof)).to.equal(false);
    });
  });

  describe("refuses, and works on", () => {
    const refused: Record<string, readonly [changes: CircuitInput, reason: RegExp]> = {
      "a value that violates a constraint": [{ evaluation: 25n }, /assert.*Bits.*line: \d+/is],
      "a bit that is none": [{ bits: [3n, 0n, 1n, 0n, 1n] }, /assert/i],
      "too few values": [{ bits: [1n, 0n] }, /bits has 2 values instead of 5/],
      "too many values": [{ bits: [1n, 0n, 1n, 0n, 1n, 0n] }, /bits has 6 values/],
      "a value beyond the field": [{ word: FIELD_MODULUS + 21n }, /word .*not in the field/],
      "a negative value": [{ word: -1n }, /word .*not in the field/],
      "an unknown signal": [{ wrod: 1n }, /no input wrod/],
    };
    for (const [name, [changes, reason]] of Object.entries(refused)) {
      it(name, async () => {
        const failure = await prover
          .prove({ ...BITS_JOB, input: { ...BITS_INPUT, ...changes } })
          .catch((error: unknown) => error);
        expect(failure).to.have.property("code", "PROOF_FAILED");
        expect(failure).to.have.property("message").that.matches(reason);
      });
    }

    it("a missing signal", async () => {
      const { word: _word, ...rest } = BITS_INPUT;
      const failure = await prover.prove({ ...BITS_JOB, input: rest }).catch((error: unknown) => error);
      expect(failure)
        .to.have.property("message")
        .that.matches(/only 8 of 9 input values/);
    });

    it("a job whose commitment is not the circuit's", async () => {
      expect(await failureCode(prover.prove({ ...BITS_JOB, commitment: fieldElement(4n) }))).to.equal(
        "PROOF_FAILED",
      );
    });

    it("a circuit without keys", async () => {
      expect(await failureCode(prover.prove({ ...BITS_JOB, circuit: "chain" }))).to.equal(
        "CIRCUIT_NOT_LOADED",
      );
    });

    after(async () => expect((await prover.prove(BITS_JOB)).publicInputs).to.deep.equal(result.publicInputs));
  });

  describe("does not start with", () => {
    const starting = (artefacts: Artefacts): Promise<unknown> =>
      createProver({ circuits: [artefacts] }).then((started) => started.close());

    it("another circuit's proving key, and says whose", async () => {
      const failure = await starting({ ...bits, zkey: noBits.zkey }).catch((error: unknown) => error);
      expect(failure).to.have.property("code", "WRONG_KEY");
      expect(failure).to.have.property("message").that.includes('"bits"');
    });

    it("another circuit's verification key", async () => {
      expect(await failureCode(starting({ ...bits, verificationKey: noBits.verificationKey }))).to.equal(
        "WRONG_KEY",
      );
    });

    it("a damaged key", () =>
      inTemporaryFolder(async (folder) => {
        const zkey = join(folder, "damaged.zkey");
        await writeFile(zkey, (await readFile(bits.zkey)).subarray(0, -1000));
        expect(await failureCode(starting({ ...bits, zkey }))).to.equal("KEY_CORRUPT");
        const verificationKey = join(folder, "verification_key.json");
        await writeFile(verificationKey, "{}");
        expect(await failureCode(starting({ ...bits, verificationKey }))).to.equal("KEY_CORRUPT");
      }));
  });

  it("returns no proof that a silently damaged key makes", () =>
    inTemporaryFolder(async (folder) => {
      const zkey = join(folder, "damaged.zkey");
      await writeDamagedKey(bits, zkey);
      const damaged = await createProver({ circuits: [{ ...bits, zkey }] });
      const failure = await damaged.prove(BITS_JOB).catch((error: unknown) => error);
      await damaged.close();
      expect(failure).to.have.property("code", "PROOF_FAILED");
      expect(failure)
        .to.have.property("message")
        .that.matches(/does not verify/);
    }));

  it("gives a job whose thread died to another one, a few times", () =>
    inTemporaryFolder(async (folder) => {
      const deaths = join(folder, "deaths");
      process.env[DEATHS_VARIABLE] = deaths;
      await writeFile(deaths, "1");
      const thread = new URL("./dying-thread.ts", import.meta.url);
      const mortal = await createProver({ circuits: [bits], thread });
      try {
        expect((await mortal.prove(BITS_JOB)).publicInputs, "died once").to.deep.equal(result.publicInputs);
        await writeFile(deaths, "4");
        const failure = await mortal.prove(BITS_JOB).catch((error: unknown) => error);
        expect(failure, "died each time").to.have.property("code", "PROOF_FAILED");
        expect(failure)
          .to.have.property("message")
          .that.matches(/thread died/);
        expect((await mortal.prove(BITS_JOB)).publicInputs, "replaced").to.deep.equal(result.publicInputs);
      } finally {
        process.env[DEATHS_VARIABLE] = "";
        await mortal.close();
      }
    }));

  it("cancels what is waiting and what is being proven, and works on", async () => {
    const [running, waiting] = [new AbortController(), new AbortController()];
    const jobs = [
      prover.prove(BITS_JOB, { signal: running.signal }),
      prover.prove(BITS_JOB, { signal: waiting.signal }),
      prover.prove(BITS_JOB),
    ] as const;
    waiting.abort();
    running.abort();
    expect(await failureCode(jobs[0])).to.equal("PROOF_FAILED");
    expect(await failureCode(jobs[1])).to.equal("PROOF_FAILED");
    expect((await jobs[2]).publicInputs).to.deep.equal(result.publicInputs);
    expect(await failureCode(prover.prove(BITS_JOB, { signal: AbortSignal.abort() }))).to.equal(
      "PROOF_FAILED",
    );
  });

  it("cancels everything when it is closed and leaves no thread (counted on Linux)", async function () {
    if (process.platform !== "linux") this.skip();
    const before = threads();
    const closing = await createProver({ circuits: [bits] });
    await closing.prove(BITS_JOB);
    expect(threads()).to.be.greaterThan(before);
    const job = failureCode(closing.prove(BITS_JOB));
    await closing.close();
    expect(await job).to.equal("PROOF_FAILED");
    expect(threads()).to.equal(before);
    expect(await failureCode(closing.prove(BITS_JOB))).to.equal("PROOF_FAILED");
  });
});

/** Threads of this process as Linux counts them. */
function threads(): number {
  return readdirSync("/proc/self/task").length;
}
