import { readFile } from "node:fs/promises";
import { buildBn128, type Curve } from "ffjavascript";
import type { Address, Hex } from "viem";
import { commit } from "../../../builder/proving/backends/snarkjs/commit.ts";
import { proveGroth16 } from "../../../builder/proving/backends/snarkjs/groth16.ts";
import { MultiExponentiation } from "../../../builder/proving/backends/snarkjs/multi-exponentiation.ts";
import { FIELD_MODULUS as P } from "../../../builder/protocol/ids.ts";
import { CodeCommitments, type CodeTable } from "../../../builder/proving/bus/code-commitments.ts";
import { developmentPowers } from "../../../builder/proving/bus/development-powers.ts";
import { DEVELOPMENT_TAU } from "../../../builder/proving/bus/development-tau.ts";
import { hashKeySet, type KeySet } from "../../../builder/proving/bus/key-set.ts";
import { Polynomials } from "../../../builder/proving/bus/polynomials.ts";
import type { BusProof, BusProofs } from "../../../builder/proving/bus/proofs.ts";
import { NO_QUESTIONS, type Questions } from "../../../builder/proving/bus/questions.ts";
import { codeElement, halves } from "../../../builder/proving/bus/terms.ts";
import {
  type BusChallenges,
  drawChallenges,
  openingCoefficients,
  seedOf,
} from "../../../builder/proving/bus/transcript.ts";
import { CurveMemory } from "../../../builder/proving/keys/curve-memory.ts";
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

/** What `bus_any` and `bus_any_slot` commit to. */
const VALUE = 1n;

/** Who verifies. */
export interface Where {
  readonly evmChainId: bigint;
  readonly proofSystem: Address;
}

interface Loaded {
  readonly zkey: Uint8Array;
  readonly wasm: WebAssembly.Module;
  readonly commitmentKey: CommitmentKey;
  readonly verificationKey: SplitVerificationKey;
}

/** A word as a circuit receives it. Here no range is checked: L1 sends what is in range. */
export type Halves = ReturnType<typeof halves>;

/** A tuple of its own, sent between proofs. */
export interface Link {
  readonly value: bigint;
  /** −1 where it is received. */
  readonly multiplicity: bigint;
}

/** What one proof of a statement receives and vouches for, under the key with this number in the set. */
export interface Part {
  readonly key: number;
  readonly words: readonly (bigint | Halves)[];
  /** For a circuit `bus_code_…`: rows of the code in slot 0; with the code's hash where it is the head. */
  readonly rows?: readonly bigint[];
  readonly codeHash?: Hex;
  /**
   * For the circuit `bus_link`: what it sends, as often as this says. It receives no words; rows are three,
   * or none where it uses no code.
   */
  readonly link?: Link;
  /** For the circuit `bus_any`: its part of the bus, whatever it is. */
  readonly sum?: (challenges: BusChallenges) => bigint;
  /** For the circuit `bus_any_slot`: besides, its product for slot 0, whatever it is. */
  readonly product?: (challenges: BusChallenges) => bigint;
}

/** A statement with the code that its proofs vouch for, in slot 0. */
export interface Order {
  readonly parts: readonly Part[];
  readonly words: readonly bigint[];
  readonly questions?: Questions;
  readonly table?: CodeTable;
}

/** Proves statements of test circuits that receive words from a bus, in two steps. */
export class BusProver {
  readonly set: KeySet;
  readonly setName: Hex;
  readonly codes: CodeCommitments;
  readonly #curve: Curve;
  readonly #exponentiation: MultiExponentiation;
  readonly #circuits: readonly Loaded[];

  private constructor(
    curve: Curve,
    exponentiation: MultiExponentiation,
    circuits: readonly Loaded[],
    codes: CodeCommitments,
  ) {
    this.#curve = curve;
    this.#exponentiation = exponentiation;
    this.#circuits = circuits;
    this.codes = codes;
    this.set = { keys: circuits.map(({ verificationKey }) => verificationKey), tau: DEVELOPMENT_TAU };
    this.setName = hashKeySet(this.set);
  }

  /**
   * @param names of test circuits of words; their keys are the set, in this order.
   * @param rows of the longest code.
   */
  static async open(names: readonly string[], rows = 0): Promise<BusProver> {
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
    const module = await compileCurve();
    const exponentiation = await MultiExponentiation.start(curve, module, 1);
    const powers = await developmentPowers(rows + 1);
    const sum = async (scalars: Uint8Array): Promise<G1Point> => {
      const total = await exponentiation.sum("g1", powers.subarray(0, 2 * scalars.length), scalars);
      const [x, y] = curve.G1.toObject(curve.G1.toAffine(total));
      return [x, y];
    };
    const polynomials = new Polynomials(await CurveMemory.create(module));
    const codes = new CodeCommitments(polynomials, { sum, tau: DEVELOPMENT_TAU });
    return new BusProver(curve, exponentiation, circuits, codes);
  }

  /** The first step. */
  async commit(part: Part): Promise<G1Point> {
    if (part.link !== undefined) {
      const values = Object.values(linkInput(part, part.link)).flat();
      const encoded = Buffer.concat(values.map(elementBytes));
      return commit(this.#curve, this.#exponentiation, this.#circuit(part.key).commitmentKey, encoded);
    }
    const { lo, hi } = wordHalves(part);
    const hash = part.codeHash === undefined ? [] : Object.values(halves(BigInt(part.codeHash)));
    const any = part.sum === undefined ? [] : [VALUE];
    const values = Buffer.concat([...any, ...lo, ...hi, ...(part.rows ?? []), ...hash].map(elementBytes));
    return commit(this.#curve, this.#exponentiation, this.#circuit(part.key).commitmentKey, values);
  }

  /** The second step, under any challenges. */
  async prove(part: Part, d: G1Point, challenges: BusChallenges): Promise<BusProof> {
    const { key, rows } = part;
    const { beta, gamma } = challenges;
    const { wasm, zkey, verificationKey } = this.#circuit(key);
    const { lo: hashLow, hi: hashHigh } = halves(BigInt(part.codeHash ?? 0n));
    const other = {
      ...(part.sum === undefined ? wordHalves(part) : { value: VALUE, total: part.sum(challenges) }),
      ...(part.product === undefined ? {} : { factor: part.product(challenges) }),
      ...(rows === undefined ? {} : { row: rows, hashLow, hashHigh }),
    };
    const input = { beta, gamma, ...(part.link === undefined ? other : linkInput(part, part.link)) };
    const witness = readBinaryFile(await calculateWitness(wasm, input), "wtns", "witness").section(2);
    const { proof, publicSignals } = await proveGroth16(this.#curve, this.#exponentiation, zkey, witness);
    const [sum = 0n, ...others] = publicSignals;
    return { key, proof: { ...proof, d }, sum, products: others.slice(0, verificationKey.ic.length - 4) };
  }

  /** Both steps for all parts of a statement together, and the opening of its code. */
  async proveTogether({ table, ...order }: Order, where: Where): Promise<BusProofs> {
    if (table === undefined) return await this.proveWith({ ...order, codes: [] }, where);
    const { parts, words, questions = NO_QUESTIONS } = order;
    const used = new Set(parts.flatMap(({ rows }) => rows ?? []));
    const { quotient, commitment } = await this.codes.quotient(table, used);
    const codes = [{ slot: 0, codeHash: table.codeHash, quotient: commitment }];
    const { proofs } = await this.proveWith({ ...order, codes }, where);
    const commitments = proofs.map(({ key, proof: { d } }) => ({ key, d }));
    const opening = { ...where, set: this.setName, words, questions, commitments, codes };
    const challenges = drawChallenges(opening);
    const [r = 0n] = openingCoefficients(seedOf(opening), proofs, 1);
    const element = codeElement(0, table.codeHash, challenges);
    const factor = ((challenges.gamma - element + P) * r) % P;
    const product = proofs.reduce((all, { products: [p = 0n] }) => (all * p) % P, r);
    const opened = await this.codes.open([{ table, quotient, factor, product }], challenges.gamma);
    return { proofs, codes, opening: opened, questions };
  }

  /** Both steps, with codes that need not be what the parts vouch for, and without an opening. */
  async proveWith(
    { parts, words, questions = NO_QUESTIONS, codes }: Omit<Order, "table"> & Pick<BusProofs, "codes">,
    where: Where,
  ): Promise<BusProofs> {
    const commitments: { key: number; d: G1Point }[] = [];
    for (const part of parts) commitments.push({ key: part.key, d: await this.commit(part) });
    const challenges = drawChallenges({ ...where, set: this.setName, words, questions, commitments, codes });
    const proofs: BusProof[] = [];
    for (const [index, part] of parts.entries())
      proofs.push(await this.prove(part, commitments[index]?.d ?? [0n, 0n], challenges));
    return { proofs, codes, questions };
  }

  #circuit(key: number): Loaded {
    const circuit = this.#circuits[key];
    if (circuit === undefined) throw new RangeError(`no key ${key}`);
    return circuit;
  }
}

/** What `bus_link` commits to, in its order. */
function linkInput({ rows, codeHash }: Part, { value, multiplicity }: Link) {
  const { lo: hashLow, hi: hashHigh } = halves(BigInt(codeHash ?? 0n));
  return {
    value,
    multiplicity: (multiplicity + P) % P,
    isOpen: rows === undefined ? 0n : 1n,
    isHead: codeHash === undefined ? 0n : 1n,
    row: rows ?? [0n, 0n, 0n],
    hashLow,
    hashHigh,
  };
}

/** As the circuits' inputs. */
function wordHalves({ words }: Part): { readonly lo: readonly bigint[]; readonly hi: readonly bigint[] } {
  const all = words.map((word) => (typeof word === "bigint" ? halves(word) : word));
  return { lo: all.map(({ lo }) => lo), hi: all.map(({ hi }) => hi) };
}
