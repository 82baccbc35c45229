import { readFile } from "node:fs/promises";
import { buildBn128, type Curve } from "ffjavascript";
import { type Address, type Hex } from "viem";
import { commit } from "../../../builder/proving/backends/snarkjs/commit.ts";
import { proveGroth16 } from "../../../builder/proving/backends/snarkjs/groth16.ts";
import { MultiExponentiation } from "../../../builder/proving/backends/snarkjs/multi-exponentiation.ts";
import { hashKeySet } from "../../../builder/proving/bus/key-set.ts";
import type { BusProof } from "../../../builder/proving/bus/proofs.ts";
import { type BusChallenges, drawChallenges } from "../../../builder/proving/bus/transcript.ts";
import type { CircuitInput } from "../../../builder/proving/circuit-job.ts";
import { readBinaryFile } from "../../../builder/proving/keys/binary-file.ts";
import { type CommitmentKey, readCommitmentKey } from "../../../builder/proving/keys/commitment-key.ts";
import { compileCurve } from "../../../builder/proving/keys/curve-module.ts";
import { elementBytes } from "../../../builder/proving/keys/little-endian.ts";
import {
  readSplitVerificationKey,
  type SplitVerificationKey,
} from "../../../builder/proving/keys/split-verification-key.ts";
import type { G1Point } from "../../../builder/proving/keys/verification-key.ts";
import { calculateWitness } from "../../../builder/proving/threads/witness.ts";
import { testArtefacts } from "../keys/setting.ts";

interface Loaded {
  readonly zkey: Uint8Array;
  readonly wasm: WebAssembly.Module;
  readonly commitmentKey: CommitmentKey;
  readonly verificationKey: SplitVerificationKey;
}

/** Words for a circuit `bus_words_…`, whose key has this number in the set. */
export interface Part {
  readonly key: number;
  readonly words: readonly bigint[];
}

/** Proves statements of test circuits that receive words from a bus, in two steps. */
export class BusProver {
  readonly keys: readonly SplitVerificationKey[];
  readonly set: Hex;
  readonly #curve: Curve;
  readonly #exponentiation: MultiExponentiation;
  readonly #circuits: readonly Loaded[];

  private constructor(curve: Curve, exponentiation: MultiExponentiation, circuits: readonly Loaded[]) {
    this.#curve = curve;
    this.#exponentiation = exponentiation;
    this.#circuits = circuits;
    this.keys = circuits.map(({ verificationKey }) => verificationKey);
    this.set = hashKeySet(this.keys);
  }

  /** @param names of test circuits with the committed input `word`; their keys are the set, in this order. */
  static async open(names: readonly string[]): Promise<BusProver> {
    const circuits: Loaded[] = [];
    for (const name of names) {
      const { zkey, wasm, commitment, verificationKey } = await testArtefacts(name);
      if (commitment === undefined) throw new Error(`${name} commits to nothing`);
      circuits.push({
        zkey: await readFile(zkey),
        wasm: await WebAssembly.compile(await readFile(wasm)),
        commitmentKey: readCommitmentKey(await readFile(commitment.key)),
        verificationKey: readSplitVerificationKey(JSON.parse(await readFile(verificationKey, "utf8"))),
      });
    }
    const curve = await buildBn128(true);
    const exponentiation = await MultiExponentiation.start(curve, await compileCurve(), 1);
    return new BusProver(curve, exponentiation, circuits);
  }

  /** The first step. */
  async commit({ key, words }: Part): Promise<G1Point> {
    const values = Buffer.concat(words.map(elementBytes));
    return commit(this.#curve, this.#exponentiation, this.#circuit(key).commitmentKey, values);
  }

  /** The second step, under any challenges. */
  async prove({ key, words }: Part, d: G1Point, { beta, gamma }: BusChallenges): Promise<BusProof> {
    const { wasm, zkey } = this.#circuit(key);
    const input: CircuitInput = { beta, gamma, word: words };
    const witness = readBinaryFile(await calculateWitness(wasm, input), "wtns", "witness").section(2);
    const { proof, publicSignals } = await proveGroth16(this.#curve, this.#exponentiation, zkey, witness);
    return { key, proof: { ...proof, d }, sum: publicSignals[0] ?? 0n };
  }

  /** Both steps for all parts of a statement together. */
  async proveTogether(
    parts: readonly Part[],
    words: readonly bigint[],
    where: { readonly evmChainId: bigint; readonly proofSystem: Address },
  ): Promise<BusProof[]> {
    const commitments: { key: number; d: G1Point }[] = [];
    for (const part of parts) commitments.push({ key: part.key, d: await this.commit(part) });
    const challenges = drawChallenges({ ...where, set: this.set, words, commitments });
    const proofs: BusProof[] = [];
    for (const [index, part] of parts.entries())
      proofs.push(await this.prove(part, commitments[index]?.d ?? [0n, 0n], challenges));
    return proofs;
  }

  #circuit(key: number): Loaded {
    const circuit = this.#circuits[key];
    if (circuit === undefined) throw new RangeError(`no key ${key}`);
    return circuit;
  }
}
