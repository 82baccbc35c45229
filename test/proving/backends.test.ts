import { expect } from "chai";
import * as snarkjs from "snarkjs";
import { getContract, keccak256 } from "viem";
import type { Artefacts } from "../../builder/proving/circuits/artefacts.ts";
import {
  encodeVerificationKey,
  toSnarkjs,
  type VerificationKey,
} from "../../builder/proving/keys/verification-key.ts";
import { BACKEND_KINDS } from "../../builder/proving/backends/index.ts";
import { encodeProof } from "../../builder/kinds/circuit-proof.ts";
import { readVerificationKey } from "../../builder/proving/load-circuit.ts";
import { createLocalProver } from "../../builder/proving/local-prover.ts";
import type { ProverResult } from "../../builder/proving/prover.ts";
import { groth16ProofSystemAbi } from "../../builder/protocol/abi.ts";
import { publicInputsOf } from "../../builder/protocol/fingerprint.ts";
import { fieldElement } from "../../builder/protocol/ids.ts";
import { expectRevert } from "../contracts/outcome.ts";
import { connect } from "../contracts/setup.ts";
import { testArtefacts } from "./keys/setting.ts";
import { endSnarkjs } from "./keys/snarkjs-threads.ts";
import { toSnarkjsProof } from "./setting.ts";

const COMMITMENT = fieldElement(987_654_321n);
/** The circuit `bits` claims evaluation = commitment·challenge³, which is true of these words. */
const WORDS = [COMMITMENT, ...[0n, 0n, 0n].map(fieldElement)];

// That in software takes minutes: devices.test.ts tries it.
for (const kind of BACKEND_KINDS.filter(({ name }) => name !== "snarkrs:software")) {
  const reason = await kind.unavailableReason();
  const title = reason === undefined ? kind.name : `${kind.name} (not on this machine: ${reason})`;
  (reason === undefined ? describe : describe.skip)(`proofs by ${title}`, function () {
    this.timeout(120_000);
    let key: VerificationKey;
    let made: ProverResult;
    before(async () => {
      const bits: Artefacts = await testArtefacts("bits");
      key = await readVerificationKey(bits);
      const prover = await createLocalProver({ artefacts: [bits], threads: 2, backend: kind.name });
      try {
        const input = { ...publicInputsOf(WORDS, COMMITMENT), word: 0n, bits: [0n, 0n, 0n, 0n, 0n] };
        made = await prover.prove({ circuit: "bits", input, commitment: COMMITMENT });
      } finally {
        await prover.close();
      }
    });
    after(endSnarkjs);

    it("are accepted by snarkjs", async () => {
      const { commitment, challenge, evaluation } = made.publicInputs;
      const signals = [commitment, challenge, evaluation].map(String);
      expect(made.backend).to.equal(kind.name);
      expect(await snarkjs.groth16.verify(toSnarkjs(key), signals, toSnarkjsProof(made.proof))).to.equal(
        true,
      );
      signals[2] = "1";
      expect(await snarkjs.groth16.verify(toSnarkjs(key), signals, toSnarkjsProof(made.proof))).to.equal(
        false,
      );
    });

    it("are accepted on L1 for their statement and no other", async () => {
      const l1 = await connect();
      const address = await l1.create("Groth16ProofSystem");
      const client = { public: l1.publicClient, wallet: l1.walletClient };
      const system = getContract({ abi: groth16ProofSystemAbi, address, client });
      const encoded = encodeVerificationKey(key);
      await system.write.registerKey([encoded]);
      const statement = { verificationKey: keccak256(encoded), words: WORDS, proof: encodeProof(made) };
      await system.read.verify([[statement]]);
      const lie = { ...statement, words: [...WORDS.slice(0, 3), fieldElement(1n)] };
      await expectRevert(system.read.verify([[lie]]), "InvalidProof", [], groth16ProofSystemAbi);
    });
  });
}
