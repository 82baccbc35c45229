import { readFile } from "node:fs/promises";
import { bn254 } from "@noble/curves/bn254.js";
import { expect } from "chai";
import { buildBn128, type Curve } from "ffjavascript";
import * as snarkjs from "snarkjs";
import { commit } from "../../../builder/proving/backends/snarkjs/commit.ts";
import { proveGroth16 } from "../../../builder/proving/backends/snarkjs/groth16.ts";
import { MultiExponentiation } from "../../../builder/proving/backends/snarkjs/multi-exponentiation.ts";
import type { Artefacts } from "../../../builder/proving/circuits/artefacts.ts";
import { countCommittedWires } from "../../../builder/proving/circuits/main-component.ts";
import { assertSplit } from "../../../builder/proving/keys/assert-split.ts";
import { readBinaryFile } from "../../../builder/proving/keys/binary-file.ts";
import {
  type CommitmentKey,
  committedWires,
  readCommitmentKey,
  writeCommitmentKey,
} from "../../../builder/proving/keys/commitment-key.ts";
import { developmentContribution } from "../../../builder/proving/keys/contribution.ts";
import { compileCurve } from "../../../builder/proving/keys/curve-module.ts";
import { createSplitDevelopmentKey } from "../../../builder/proving/keys/development.ts";
import { computeKey } from "../../../builder/proving/keys/direct-set-up.ts";
import { Pairings } from "../../../builder/proving/keys/pairings.ts";
import { DEVELOPMENT_SECRETS, developmentSplitSecrets } from "../../../builder/proving/keys/secrets.ts";
import {
  formatSplitVerificationKey,
  readSplitVerificationKey,
  type SplitVerificationKey,
} from "../../../builder/proving/keys/split-verification-key.ts";
import { type G2Point, toSnarkjs } from "../../../builder/proving/keys/verification-key.ts";
import { readProvingKey } from "../../../builder/proving/keys/zkey.ts";
import type { Groth16Proof } from "../../../builder/proving/prover.ts";
import { ProofVerifier } from "../../../builder/proving/threads/proof-verifier.ts";
import { toSnarkjsProof } from "../setting.ts";
import {
  committedValues,
  negated,
  type Proven,
  proveTrace,
  signalsOf,
  sum,
  TABLE,
  timesPoint,
  type Trace,
  traceOf,
  wtnsOf,
} from "./lookups.ts";
import { failureCode, testArtefacts } from "./setting.ts";
import { endSnarkjs } from "./snarkjs-threads.ts";

const G1_BYTES = 64;

const TRACE = traceOf([3n, 1n, 4n, 1n, 5n, 2n, 6n, 5n, 3n, 5n, 0n, 7n, 7n, 7n, 1n, 2n]);
/** The same numbers in other pairs: a true trace too, with another sum on the bus. */
const OTHER = traceOf([1n, 3n, 4n, 1n, 5n, 2n, 6n, 5n, 3n, 5n, 0n, 7n, 7n, 7n, 1n, 2n]);

describe("keys with committed wires", function () {
  this.timeout(240_000);
  let lookups: Artefacts;
  let curve: Curve;
  let exponentiation: MultiExponentiation;
  let r1cs: Uint8Array;
  let zkey: Uint8Array;
  let commitmentKey: CommitmentKey;
  let verificationKey: SplitVerificationKey;
  let verifier: ProofVerifier;
  /** Under a δ that serves nothing else. */
  let unsplit: Uint8Array;
  let honest: Proven;

  before(async () => {
    lookups = await testArtefacts("lookups");
    r1cs = await readFile(lookups.r1cs);
    zkey = await readFile(lookups.zkey);
    commitmentKey = readCommitmentKey(await readFile(lookups.commitment?.key ?? ""));
    verificationKey = readSplitVerificationKey(JSON.parse(await readFile(lookups.verificationKey, "utf8")));
    const module = await compileCurve();
    curve = await buildBn128(true);
    exponentiation = await MultiExponentiation.start(curve, module, 1);
    verifier = await ProofVerifier.create(module, verificationKey);
    const secrets = { ...DEVELOPMENT_SECRETS, delta: 0xabcdefn };
    unsplit = await unsplitKey(secrets);
    honest = await prove(TRACE);
  });
  after(endSnarkjs);

  it("prove what an unsplit key proves under snarkjs, and need the commitment to the trace", async () => {
    const { signals, proof, witness } = honest;
    expect(verifier.verify(signals, proof)).to.equal(true);
    const { d: _, ...without } = proof;
    expect(verifier.verify(signals, without), "without D").to.equal(false);

    const oracle = await proveGroth16(curve, exponentiation, unsplit, witness);
    const key = toSnarkjs(readProvingKey(unsplit).verificationKey);
    const inputs = oracle.publicSignals.map(String);
    expect(await snarkjs.groth16.verify(key, inputs, toSnarkjsProof(oracle.proof))).to.equal(true);
    expect(oracle.publicSignals).to.deep.equal(signals);
    // snarkjs' own prover takes the split key as it is.
    const { proof: made } = await snarkjs.groth16.prove(zkey, await wtnsOf(lookups.wasm, TRACE));
    expect(verifier.verify(signals, { ...fromSnarkjsProof(made), d: proof.d })).to.equal(true);
  });

  it("have nothing over δ for a committed wire, and everything else as the unsplit key has it", async () => {
    const secrets = developmentSplitSecrets(r1cs, committedWires(commitmentKey));
    const whole = await unsplitKey(secrets);
    const [split, same] = [zkey, whole].map((key) => readBinaryFile(key, "zkey", "key"));
    for (const id of [1, 2, 3, 4, 5, 6, 7, 9, 10])
      expect(Buffer.compare(split?.section(id) ?? r1cs, same?.section(id) ?? r1cs), `${id}`).to.equal(0);
    const committed = committedWires(commitmentKey) * G1_BYTES;
    const [part, wholePart] = [split?.section(8) ?? r1cs, same?.section(8) ?? r1cs];
    expect(part.subarray(0, committed).every((byte) => byte === 0)).to.equal(true);
    expect(Buffer.compare(part.subarray(committed), wholePart.subarray(committed))).to.equal(0);
    expect(committedWires(commitmentKey)).to.equal(TRACE.value.length + TABLE);
    assertSplit(zkey, commitmentKey);
    expect(await failureCode(Promise.resolve().then(() => assertSplit(whole, commitmentKey)))).to.equal(
      "KEY_CORRUPT",
    );
  });

  it("commit with P over η, where P is what the key has before any secret of its own", async () => {
    const initial = await unsplitKey({ ...DEVELOPMENT_SECRETS, delta: 1n });
    const file = readBinaryFile(initial, "zkey", "key");
    const [one2] = [file.section(2).slice(2 * 36 + 12 + 128 + 128, 2 * 36 + 12 + 128 + 256)];
    const pairings = await Pairings.create(await compileCurve());
    for (let wire = 0; wire < committedWires(commitmentKey); wire++) {
      const at = [wire * G1_BYTES, (wire + 1) * G1_BYTES] as const;
      const point = file.section(8).slice(...at);
      const overEta = commitmentKey.points.slice(...at);
      expect(pairings.areEqual([overEta, commitmentKey.eta], [point, one2]), `wire ${wire}`).to.equal(true);
    }
  });

  it("bind the trace: what is committed to cannot be another one after the challenge", async () => {
    const other = await prove(OTHER);
    expect(verifier.verify(other.signals, other.proof), "a true trace").to.equal(true);
    expect(other.signals[0]).to.not.equal(honest.signals[0]);
    const exchanged = { ...other.proof, d: honest.proof.d };
    expect(verifier.verify(other.signals, exchanged), "the commitment to another").to.equal(false);
    const shifted = sum(honest.proof.d, verificationKey.ic[1] ?? [0n, 0n]);
    const [first = 0n, ...others] = honest.signals;
    for (const by of [-1n, 0n, 1n])
      expect(
        verifier.verify([first + by, ...others], { ...honest.proof, d: shifted }),
        "a public input's point in D",
      ).to.equal(false);
  });

  it("let anybody change a proof, but not what it commits to", () => {
    const { a, b, d } = honest.proof;
    // D + t·A and B + t·η: η·D takes up what A·B gains. Nothing of the argument needs a proof to be unique.
    const t = 12345n;
    const moved = { ...honest.proof, b: plusTimes(b, verificationKey.eta, t), d: sum(d, timesPoint(a, t)) };
    expect(verifier.verify(honest.signals, moved)).to.equal(true);
    expect(verifier.verify(honest.signals, { ...moved, d }), "with the old D").to.equal(false);
  });

  it("would be forged with a point over δ of a committed wire: by the unsplit key of the same δ", async () => {
    const secrets = developmentSplitSecrets(r1cs, committedWires(commitmentKey));
    const leaked = await unsplitKey(secrets);
    const other = await witnessOf(OTHER);
    const { proof } = await proveGroth16(curve, exponentiation, leaked, other);
    // C holds all of the other trace over δ. Taken out of it is the trace that was committed to.
    const points = readBinaryFile(leaked, "zkey", "key").section(8);
    const overDelta: CommitmentKey = {
      ...commitmentKey,
      points: points.slice(0, committedWires(commitmentKey) * G1_BYTES),
    };
    const c = sum(proof.c, negated(await commit(curve, exponentiation, overDelta, committedValues(TRACE))));
    const forged = { ...proof, c, d: honest.proof.d };
    expect(verifier.verify(signalsOf(other), forged), "the attack works").to.equal(true);
  });

  it("share δ and η with no other key, and have different ones", async () => {
    const small = await testArtefacts("lookups_small");
    const keys = [
      verificationKey,
      readSplitVerificationKey(JSON.parse(await readFile(small.verificationKey, "utf8"))),
    ];
    const fewer = (await createSplitDevelopmentKey(r1cs, 3)).zkey;
    const points = [
      ...keys.flatMap(({ delta, eta }) => [delta, eta]),
      readProvingKey(fewer).verificationKey.delta,
      readProvingKey(await unsplitKey(DEVELOPMENT_SECRETS)).verificationKey.delta,
    ];
    expect(new Set(points.map((point) => point.flat().join())).size).to.equal(points.length);
    const made = await prove(TRACE);
    const foreign = await ProofVerifier.create(await compileCurve(), {
      ...verificationKey,
      eta: keys[1]?.eta ?? verificationKey.delta,
    });
    expect(foreign.verify(made.signals, made.proof), "under another key's η").to.equal(false);
  });

  it("are the same bytes on every machine, with any number of threads", async () => {
    const one = await createSplitDevelopmentKey(r1cs, committedWires(commitmentKey), { threads: 1 });
    expect(Buffer.compare(one.zkey, zkey)).to.equal(0);
    expect(Buffer.compare(writeCommitmentKey(one.commitmentKey), writeCommitmentKey(commitmentKey))).to.equal(
      0,
    );
  });

  it("are refused when files are damaged, of another version, or not of each other", async () => {
    const file = writeCommitmentKey(commitmentKey);
    const refused = (work: () => unknown): void => {
      expect(work).to.throw().with.property("code", "KEY_CORRUPT");
    };
    for (const length of [0, 3, 11, 40, 200, file.length - 1])
      refused(() => readCommitmentKey(file.slice(0, length)));
    for (const offset of [4, 28]) {
      const changed = Uint8Array.from(file);
      changed[offset] = (changed[offset] ?? 0) ^ 1;
      // Version, and the number of wires.
      refused(() => readCommitmentKey(changed));
    }
    refused(() => assertSplit(zkey, { ...commitmentKey, firstWire: commitmentKey.firstWire + 1 }));
    const json = (changes: object): unknown => ({
      ...(JSON.parse(formatSplitVerificationKey(verificationKey)) as object),
      ...changes,
    });
    expect(readSplitVerificationKey(json({}))).to.deep.equal(verificationKey);
    const { vk_delta_2 } = toSnarkjs(verificationKey);
    refused(() => readSplitVerificationKey(json({ vk_eta_2: vk_delta_2 })));
    refused(() => readSplitVerificationKey(json({ vk_gamma_2: vk_delta_2 })));
    refused(() => readSplitVerificationKey(json({ protocol: "groth16" })));
    refused(() => readSplitVerificationKey(toSnarkjs(verificationKey)));
  });

  it("are made only of inputs that have a wire each, in their order", async () => {
    const symbols = await readFile(lookups.symbols, "utf8");
    const instance = {
      name: "x",
      file: "x.circom",
      template: "X",
      params: [],
      public: ["sum", "beta", "gamma"],
    };
    expect(countCommittedWires({ ...instance, committed: ["value", "count"] }, symbols, 3)).to.equal(24);
    expect(countCommittedWires({ ...instance, committed: ["value"] }, symbols, 3)).to.equal(16);
    expect(countCommittedWires(instance, symbols, 3)).to.equal(0);
    const refused = (committed: string[], text = symbols): void => {
      expect(() => countCommittedWires({ ...instance, committed }, text, 3))
        .to.throw()
        .with.property("code", "CIRCUIT_DECLARATION");
    };
    refused(["count", "value"]);
    refused(["count"]);
    refused(["missing"]);
    refused(["found"]);
    const dropped = symbols.replace(/^(\d+),\d+(,\d+,main\.value\[2\])$/m, "$1,-1$2");
    expect(dropped).to.not.equal(symbols);
    refused(["value", "count"], dropped);
  });

  async function prove(trace: Trace): Promise<Proven> {
    const key = { wasm: lookups.wasm, zkey, ckey: commitmentKey };
    return proveTrace(curve, exponentiation, key, trace);
  }

  async function witnessOf(trace: Trace): Promise<Uint8Array> {
    return readBinaryFile(await wtnsOf(lookups.wasm, trace), "wtns", "witness").section(2);
  }

  function unsplitKey(secrets: typeof DEVELOPMENT_SECRETS): Promise<Uint8Array> {
    return computeKey(r1cs, secrets, async (hash) => developmentContribution(curve, hash, secrets.delta));
  }
});

/** b + scalar·point in G2; b has its imaginary parts first. */
function plusTimes(
  [[x1, x0], [y1, y0]]: Groth16Proof["b"],
  [px, py]: G2Point,
  scalar: bigint,
): Groth16Proof["b"] {
  const { Point } = bn254.G2;
  const of = (c0: bigint, c1: bigint): { c0: bigint; c1: bigint } => ({ c0, c1 });
  const added = Point.fromAffine({ x: of(...px), y: of(...py) }).multiply(scalar);
  const { x, y } = Point.fromAffine({ x: of(x0, x1), y: of(y0, y1) })
    .add(added)
    .toAffine();
  return [
    [x.c1, x.c0],
    [y.c1, y.c0],
  ];
}

function fromSnarkjsProof({ pi_a, pi_b, pi_c }: snarkjs.Groth16Proof): Groth16Proof {
  const at = (coordinates: readonly snarkjs.NumericString[] | undefined, index: number): bigint =>
    BigInt(coordinates?.[index] ?? 0);
  return {
    a: [at(pi_a, 0), at(pi_a, 1)],
    b: [
      [at(pi_b[0], 1), at(pi_b[0], 0)],
      [at(pi_b[1], 1), at(pi_b[1], 0)],
    ],
    c: [at(pi_c, 0), at(pi_c, 1)],
  };
}
