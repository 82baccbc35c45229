import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { buildBn128 } from "ffjavascript";
import * as snarkjs from "snarkjs";
import type { BackendKind } from "../../../builder/proving/backends/backend.ts";
import { executableBackend } from "../../../builder/proving/backends/executable/index.ts";
import { BACKEND_KINDS } from "../../../builder/proving/backends/index.ts";
import { findWorker } from "../../../builder/proving/backends/native/build.ts";
import { rapidsnarkWorker } from "../../../builder/proving/backends/rapidsnark/worker.ts";
import { commit } from "../../../builder/proving/backends/snarkjs/commit.ts";
import { MultiExponentiation } from "../../../builder/proving/backends/snarkjs/multi-exponentiation.ts";
import type { Artefacts } from "../../../builder/proving/circuits/artefacts.ts";
import { readCommitmentKey } from "../../../builder/proving/keys/commitment-key.ts";
import { developmentContribution } from "../../../builder/proving/keys/contribution.ts";
import { compileCurve } from "../../../builder/proving/keys/curve-module.ts";
import { computeKey } from "../../../builder/proving/keys/direct-set-up.ts";
import { elementBytes } from "../../../builder/proving/keys/little-endian.ts";
import { DEVELOPMENT_SECRETS, developmentSplitSecrets } from "../../../builder/proving/keys/secrets.ts";
import { readSplitVerificationKey } from "../../../builder/proving/keys/split-verification-key.ts";
import { type G1Point, toSnarkjs } from "../../../builder/proving/keys/verification-key.ts";
import { readProvingKey } from "../../../builder/proving/keys/zkey.ts";
import { ProverPool } from "../../../builder/proving/pool/pool.ts";
import { proveTogether } from "../../../builder/proving/prove-together.ts";
import type { CommittedResult } from "../../../builder/proving/prover.ts";
import { ProofVerifier } from "../../../builder/proving/threads/proof-verifier.ts";
import { calculateWitness } from "../../../builder/proving/threads/witness.ts";
import { FIELD_MODULUS } from "../../../builder/protocol/ids.ts";
import { failureCode, testArtefacts } from "../keys/setting.ts";
import { endSnarkjs } from "../keys/snarkjs-threads.ts";
import { processesOf } from "../native-setting.ts";
import { toSnarkjsProof } from "../setting.ts";
import { drawn, lookupsJob } from "./lookups.ts";
import { unsplitArtefacts } from "./unsplit.ts";

const rapidsnark = await findWorker(rapidsnarkWorker);
const NATIVE = ["gnark", "rapidsnark"];
const forever = new AbortController().signal;
const KINDS: readonly BackendKind[] = [
  // That in software takes minutes: ../devices.test.ts tries it.
  ...BACKEND_KINDS.filter(({ name }) => name !== "snarkrs:software"),
  ...(rapidsnark === undefined ? [] : [executableBackend(rapidsnark)]),
];

describe("proofs with commitments", function () {
  this.timeout(240_000);
  let lookups: Artefacts;
  let verifier: ProofVerifier;
  /** D of values, as ffjavascript makes it. */
  let commitmentTo: (values: readonly bigint[]) => Promise<G1Point>;
  before(async () => {
    lookups = await testArtefacts("lookups");
    const module = await compileCurve();
    const key = readSplitVerificationKey(JSON.parse(await readFile(lookups.verificationKey, "utf8")));
    verifier = await ProofVerifier.create(module, key);
    const curve = await buildBn128(true);
    const exponentiation = await MultiExponentiation.start(curve, module, 1);
    const commitmentKey = readCommitmentKey(await readFile(lookups.commitment?.key ?? ""));
    commitmentTo = (values) =>
      commit(curve, exponentiation, commitmentKey, Buffer.concat(values.map(elementBytes)));
  });
  after(endSnarkjs);

  it("are not made on a key with points over δ for committed wires: it is refused", async () => {
    const r1cs = await readFile(lookups.r1cs);
    const secrets = developmentSplitSecrets(r1cs, lookups.commitment?.wires ?? 0);
    const curve = await buildBn128(true);
    const zkey = await computeKey(r1cs, secrets, async (hash) =>
      developmentContribution(curve, hash, secrets.delta),
    );
    await using leaked = await unsplitArtefacts(lookups, zkey, readProvingKey(zkey).verificationKey);
    const { verificationKey, commitment } = lookups;
    if (commitment === undefined) throw new Error("lookups commits");
    // δ, η and everything else are the split key's.
    const artefacts = { ...leaked.artefacts, verificationKey, commitment };
    const small = await testArtefacts("lookups_small");
    const foreign = { ...lookups, commitment: small.commitment ?? commitment };
    const refusal = (kind: BackendKind, circuit: Artefacts): Promise<unknown> =>
      failureCode(kind.open({ circuits: [circuit], threads: 1 }));
    for (const kind of KINDS) {
      if ((await kind.unavailableReason()) !== undefined) continue;
      expect(await refusal(kind, artefacts)).to.equal("KEY_CORRUPT");
      expect(await refusal(kind, foreign), "another circuit's commitment key").to.equal("WRONG_KEY");
    }
  });

  for (const kind of KINDS)
    describe(`by ${kind.name.includes("/") ? "executable" : kind.name}`, function () {
      before(async function () {
        if ((await kind.unavailableReason()) !== undefined) this.skip();
      });

      it("are made after all commitments, and verify", async () => {
        const backend = await kind.open({ circuits: [lookups], threads: 2 });
        const pool = await ProverPool.open({ circuits: [lookups], backends: [backend] });
        try {
          const jobs = [0, 1, 2].map(lookupsJob);
          const seen: (readonly G1Point[])[] = [];
          const results = await proveTogether(pool, jobs, (commitments) => {
            seen.push(commitments);
            return drawn(commitments);
          });
          const expected = await Promise.all(
            jobs.map(({ trace }) => commitmentTo([trace.value, trace.count].flat(2) as bigint[])),
          );
          expect(seen).to.deep.equal([expected]);
          const { beta, gamma } = drawn(expected);
          for (const [index, { proof, publicSignals, backend: name }] of results.entries()) {
            expect(name).to.equal(kind.name);
            expect(proof.d).to.deep.equal(expected[index]);
            expect(publicSignals.slice(1)).to.deep.equal([beta, gamma]);
            expect(verifier.verify(publicSignals, proof)).to.equal(true);
          }
          const [first, second] = results as [CommittedResult, CommittedResult];
          expect(
            verifier.verify(first.publicSignals, { ...first.proof, d: second.proof.d }),
            "with another's commitment",
          ).to.equal(false);
        } finally {
          await pool.close();
        }
      });

      const linuxOnly = process.platform === "linux" && NATIVE.includes(kind.name) ? it : it.skip;
      linuxOnly(
        "are made though the process that committed is killed between the steps (Linux)",
        async () => {
          const backend = await kind.open({ circuits: [lookups], threads: 2 });
          const pool = await ProverPool.open({ circuits: [lookups], backends: [backend] });
          const own = (): number[] =>
            processesOf(kind.name)
              .filter(({ parent }) => parent === process.pid)
              .map(({ pid }) => pid);
          try {
            let killed: number[] = [];
            const [made] = await proveTogether(pool, [lookupsJob(1)], (commitments) => {
              killed = own();
              for (const pid of killed) process.kill(pid, "SIGKILL");
              return drawn(commitments);
            });
            if (made === undefined) throw new Error("no proof");
            expect(verifier.verify(made.publicSignals, made.proof)).to.equal(true);
            expect(killed).to.have.length(1);
            expect(own()).to.have.length(1).and.to.not.include(killed[0]);
          } finally {
            await pool.close();
          }
        },
      );

      it("commit to any values of the field, in any number of threads", async () => {
        const largest = FIELD_MODULUS - 1n;
        const values = Array.from(
          { length: 24 },
          (_, index) => [0n, 1n, largest, largest >> 1n][index % 4] ?? 0n,
        );
        const expected = await commitmentTo(values);
        for (const threads of [1, 2, 5]) {
          const backend = await kind.open({ circuits: [lookups], threads });
          try {
            if (backend.commit === undefined) continue;
            const bytes = Buffer.concat(values.map(elementBytes));
            const job = { ...lookupsJob(0), values: () => bytes };
            expect((await backend.commit(job, forever)).d, `${threads} threads`).to.deep.equal(expected);
          } finally {
            await backend.close();
          }
        }
      });

      it("prove under an unsplit key what snarkjs accepts", async () => {
        const { beta, gamma } = drawn([]);
        const input = { ...lookupsJob(3).trace, beta: beta ?? 0n, gamma: gamma ?? 0n };
        const wtns = await calculateWitness(await WebAssembly.compile(await readFile(lookups.wasm)), input);
        // Under a δ that serves nothing else.
        const curve = await buildBn128(true);
        const secrets = { ...DEVELOPMENT_SECRETS, delta: 0xabcdefn };
        const zkey = await computeKey(await readFile(lookups.r1cs), secrets, async (hash) =>
          developmentContribution(curve, hash, secrets.delta),
        );
        const key = readProvingKey(zkey).verificationKey;
        await using unsplit = await unsplitArtefacts(lookups, zkey, key);
        const backend = await kind.open({ circuits: [unsplit.artefacts], threads: 2 });
        try {
          const witness = async () => wtns;
          const assertCommitment = async () => undefined;
          const job = {
            circuit: "lookups",
            trace: {},
            drawn: {},
            d: [0n, 0n],
            witness,
            assertCommitment,
          } as const;
          const { proof, publicSignals } = await backend.proveCommitted(job, forever);
          const inputs = publicSignals.map(String);
          expect(await snarkjs.groth16.verify(toSnarkjs(key), inputs, toSnarkjsProof(proof))).to.equal(true);
        } finally {
          await backend.close();
        }
      });
    });
});
