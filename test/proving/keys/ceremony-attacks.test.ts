import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bn254 } from "@noble/curves/bn254.js";
import { expect } from "chai";
import { invert } from "@noble/curves/abstract/modular.js";
import * as snarkjs from "snarkjs";
import { z } from "zod";
import { BASE_FIELD_MODULUS as Q } from "../../../builder/proving/keys/base-field.ts";
import { circuitHash } from "../../../builder/proving/keys/ceremony/circuit-hash.ts";
import { readKeyParts, SECTION } from "../../../builder/proving/keys/ceremony/key-parts.ts";
import { readPowersOfTau, readRowPoints } from "../../../builder/proving/keys/ceremony/powers-of-tau.ts";
import { applyBeacon, contribute, UNVERIFIED } from "../../../builder/proving/keys/ceremony/steps.ts";
import { verifyKey } from "../../../builder/proving/keys/ceremony/verify.ts";
import { CurveMemory } from "../../../builder/proving/keys/curve-memory.ts";
import { compileCurve } from "../../../builder/proving/keys/curve-module.ts";
import { elementBytes, readElement } from "../../../builder/proving/keys/little-endian.ts";
import { toSnarkjs } from "../../../builder/proving/keys/verification-key.ts";
import { readProvingKey } from "../../../builder/proving/keys/zkey.ts";
import {
  closeKey,
  contributeKnown,
  coordinates,
  deltas,
  divideSections,
  hideInQuotient,
  inverse,
  openKey,
  place,
  placePoint,
  placePoint2,
  point2At,
  pointAt,
  section,
  type Sections,
  smallOrderPoint,
  times,
  top,
} from "./attacker.ts";
import {
  BEACON,
  type BitsCeremony,
  type CeremonyFiles,
  holdBitsCeremony,
  POWER,
  sourcesOf,
} from "./ceremony-files.ts";
import { failureCode, inTemporaryFolder } from "./setting.ts";
import { snarkjsAccepts } from "./snarkjs-verification.ts";

/** What Mallory multiplies δ by, and remembers. */
const MALLORYS_SECRET = 0xbadn;
/** The part of a proof in snarkjs' form that is changed here. */
const proofForm = z.looseObject({ pi_c: z.tuple([z.string(), z.string(), z.string()]) });

describe("attacks on a ceremony", function () {
  this.timeout(240_000);
  let ceremony: BitsCeremony;
  let files: CeremonyFiles;
  let initial: Uint8Array;
  before(async () => {
    ceremony = await holdBitsCeremony();
    ({ files } = ceremony);
    initial = await readFile(files.initial);
  });
  after(async () => {
    await ceremony[Symbol.asyncDispose]();
  });

  /** What is wrong with a key, in one line. */
  const faultsOf = async (key: string, given = files.initial): Promise<string> => {
    const { faults } = await verifyKey({ ...sourcesOf(files), key, initial: given, underWay: true });
    return faults.map(({ message }) => message).join("; ");
  };
  /** That Alice adds nothing of hers to it, verified or not, and neither does a beacon. */
  const expectRefusal = async (from: string, why: RegExp, folder: string): Promise<void> => {
    const to = join(folder, "alices.zkey");
    const beacon = { from, to, name: "block 1", ...BEACON };
    for (const step of [
      () => contribute({ from, to, name: "Alice", received: sourcesOf(files) }),
      () => contribute({ from, to, name: "Alice", received: UNVERIFIED }),
      ...(readProvingKey(await readFile(from)).history.contributions.length === 0
        ? []
        : [() => applyBeacon(beacon)]),
    ]) {
      const failure = await step().catch((error: unknown) => error);
      expect(failure).to.have.property("code", "KEY_FAULTS");
      expect(failure).to.have.property("message").that.matches(why);
    }
    expect(await readdir(folder)).to.not.include("alices.zkey");
  };

  it("by a point of y² = x³ would steal a contributor's secret, and leave a key without fault", () =>
    inTemporaryFolder(async (folder) => {
      const [from, to, rebuilt] = [join(folder, "0.zkey"), join(folder, "1.zkey"), join(folder, "2.zkey")];
      const malicious = openKey(initial);
      // The formulas of addition do not use the curve's constant. On the cusp, x/y turns them into addition
      // of numbers.
      place(section(malicious, 9), 0, [1n, 1n]);
      await writeFile(from, closeKey(malicious));

      // The theft, from a contributor who uses snarkjs.
      await snarkjs.zKey.contribute(from, to, "Alice", "entropy");
      const stolen = openKey(await readFile(to));
      const [x, y] = coordinates(section(stolen, 9), 0);
      const secret = inverse((x * invert(y, Q)) % Q);
      const theirs = times(bn254.G1.Point.BASE, secret);
      expect(pointAt(deltas(stolen).g1, 0).equals(theirs), "the secret is δ").to.equal(true);
      const honest = openKey(initial);
      divideSections(honest, secret);
      for (const id of [8, 9]) stolen.set(id, section(honest, id));
      await writeFile(rebuilt, closeKey(stolen));
      expect(await faultsOf(rebuilt), "nobody sees it afterwards").to.equal("");

      await expectRefusal(from, /point 0 of section 9 is not on the curve/, folder);
    }));

  it("by points that are none, anywhere among what a secret is multiplied with, are refused", () =>
    inTemporaryFolder(async (folder) => {
      const from = join(folder, "0.zkey");
      const outside = smallOrderPoint();
      for (const [what, why, change] of [
        [
          "section 8",
          /point 2 of section 8/,
          (key: Sections) => {
            place(section(key, 8), 2, [4n, 8n]);
          },
        ],
        [
          "the last of section 9",
          /point 15 of section 9/,
          (key: Sections) => {
            place(section(key, 9), 15, [1n, 3n]);
          },
        ],
        [
          "a coordinate that is not reduced",
          /point 0 of section 9/,
          (key: Sections) => {
            const points = section(key, 9);
            points.set(elementBytes(readElement(points, 0) + Q), 0);
          },
        ],
        [
          "δ in G1",
          /δ in G1/,
          (key: Sections) => {
            place(deltas(key).g1, 0, [1n, 1n]);
          },
        ],
        [
          "δ in G1 at infinity",
          /δ in G1/,
          (key: Sections) => {
            deltas(key).g1.fill(0);
          },
        ],
        [
          "δ in G2 off the curve",
          /δ in G2|not on its curve/,
          (key: Sections) => {
            deltas(key).g2.set(elementBytes(1n), 0);
          },
        ],
        [
          "δ in G2 outside of the subgroup",
          /δ in G2|not on its curve/,
          (key: Sections) => {
            const { g2 } = deltas(key);
            placePoint2(g2, 0, point2At(g2, 0).add(outside));
          },
        ],
      ] as const) {
        const malicious = await contributeKnown(initial, MALLORYS_SECRET);
        change(malicious);
        await writeFile(from, closeKey(malicious));
        expect(await faultsOf(from), what).to.not.equal("");
        await expectRefusal(from, why, folder);
      }
    }));

  it("by what snarkjs does not see in section 9 would forge proofs of a key with honest contributions", () =>
    inTemporaryFolder(async (folder) => {
      const [from, to] = [join(folder, "1.zkey"), join(folder, "2.zkey")];
      const malicious = await contributeKnown(initial, MALLORYS_SECRET);
      // The point of the first public input: divided by δ it changes that input in any proof.
      hideInQuotient(malicious, pointAt(section(malicious, 3), 1));
      await writeFile(from, closeKey(malicious));

      // The forgery, with Alice contributing by snarkjs after verifying by snarkjs, as every reader does
      // afterwards.
      expect(await snarkjsAccepts(files.initial, files.ptau, from)).to.equal(true);
      await snarkjs.zKey.contribute(from, to, "Alice", "entropy");
      expect(await snarkjsAccepts(files.initial, files.ptau, to)).to.equal(true);
      const key = await readFile(to);
      const overDelta = times(top(openKey(key)), inverse(MALLORYS_SECRET));
      const input = { commitment: 3n, challenge: 2n, evaluation: 24n, word: 21n, bits: [1n, 0n, 1n, 0n, 1n] };
      const proven = await snarkjs.groth16.fullProve(input, ceremony.bits.wasm, to);
      const proof = proofForm.parse(proven.proof);
      const c = bn254.G1.Point.fromAffine({ x: BigInt(proof.pi_c[0]), y: BigInt(proof.pi_c[1]) });
      const lie = ["4", ...z.array(z.string()).parse(proven.publicSignals).slice(1)];
      const { x, y } = c.add(times(overDelta, 3n - 4n)).toAffine();
      const forged = { ...proven.proof, pi_c: [`${x}`, `${y}`, "1"] };
      const verificationKey = toSnarkjs(readProvingKey(key).verificationKey);
      expect(await snarkjs.groth16.verify(verificationKey, lie, forged), "4·2³ = 24").to.equal(true);

      for (const path of [from, to])
        expect(await faultsOf(path)).to.match(/section 9 is not that of the initial key, divided by δ/);
      const received = sourcesOf(files);
      const contributing = contribute({ from, to: join(folder, "3.zkey"), name: "Alice", received });
      expect(await failureCode(contributing)).to.equal("KEY_FAULTS");
    }));

  it("by an initial key that is not the circuit's are seen, whoever sent it", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "0.zkey");
      const memory = await CurveMemory.create(await compileCurve());
      const rows = await readRowPoints(await readPowersOfTau(files.ptau), POWER);
      /** With the hash that fits the change. */
      const close = (sections: Sections): Uint8Array => {
        const key = readKeyParts(closeKey(sections), "the key");
        const hash = circuitHash(memory, {
          header: [
            ["g1", key.alpha1],
            ["g1", key.beta1],
            ["g2", key.beta2],
            ["g2", key.gamma2],
            ["g1", key.delta1],
            ["g2", key.delta2],
          ],
          publicPart: key.section(SECTION.publicPart),
          quotientPowers: rows.quotientPowers,
          domainSize: key.domainSize,
          privatePart: key.section(SECTION.privatePart),
          a: key.section(SECTION.a),
          b1: key.section(SECTION.b1),
          b2: key.section(SECTION.b2),
        });
        section(sections, 10).set(Buffer.from(hash, "hex"));
        return closeKey(sections);
      };
      const { circuitHash: unchanged } = readProvingKey(close(openKey(initial))).history;
      expect(unchanged).to.equal(readProvingKey(initial).history.circuitHash);
      const other = bn254.G1.Point.BASE;
      const outside = smallOrderPoint();
      for (const [why, change] of [
        // A public input among what contributors divide by δ.
        [
          /not those of the circuit/,
          (key: Sections) => placePoint(section(key, 8), 1, pointAt(section(key, 3), 1)),
        ],
        [/not those of the circuit/, (key: Sections) => placePoint(section(key, 3), 1, other)],
        [/not those of the circuit/, (key: Sections) => placePoint(section(key, 5), 0, other)],
        [/not those of the circuit/, (key: Sections) => placePoint(section(key, 6), 2, other)],
        [/section 9 is not what/, (key: Sections) => placePoint(section(key, 9), 2, other)],
        [/not what section 6 is/, (key: Sections) => placePoint2(section(key, 7), 2, bn254.G2.Point.BASE)],
        [
          /outside of the group/,
          (key: Sections) => placePoint2(section(key, 7), 2, point2At(section(key, 7), 2).add(outside)),
        ],
        [/its δ is not/, (key: Sections) => placePoint(deltas(key).g1, 0, other.double())],
        [
          /its coefficients are not/,
          (key: Sections) => {
            const coefficients = section(key, 4);
            coefficients[20] = (coefficients[20] ?? 0) ^ 1;
          },
        ],
      ] as const) {
        const malicious = openKey(initial);
        change(malicious);
        await writeFile(path, close(malicious));
        expect(await faultsOf(path, path)).to.match(why);
        // And with a contribution on top of it.
        const key = join(folder, "1.zkey");
        await writeFile(key, closeKey(await contributeKnown(await readFile(path), MALLORYS_SECRET)));
        expect(await faultsOf(key, path)).to.match(why);
      }
      const lying = openKey(initial);
      section(lying, 10)[0] = (section(lying, 10)[0] ?? 0) ^ 1;
      await writeFile(path, closeKey(lying));
      expect(await faultsOf(path, path)).to.match(/circuit hash is of another key/);
    }));

  it("by contributions of others or by none are seen", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "1.zkey");
      const check = async (change: (key: Sections) => void, why: RegExp): Promise<void> => {
        const malicious = await contributeKnown(initial, MALLORYS_SECRET);
        change(malicious);
        await writeFile(path, closeKey(malicious));
        expect(await faultsOf(path)).to.match(why);
      };
      // After the hash and a number, the contribution has δ, s, x·s in G1, x·h in G2.
      const contribution = (key: Sections): Uint8Array => section(key, 10).subarray(64 + 4);
      const g2 = (key: Sections): Uint8Array => contribution(key).subarray(3 * 64);
      await check((key) => {
        placePoint2(g2(key), 0, point2At(g2(key), 0).add(smallOrderPoint()));
      }, /a point that is none of G2/);
      await check((key) => {
        placePoint2(g2(key), 0, bn254.G2.Point.BASE);
      }, /does not prove that its author knew/);
      // A contributor who wants to be rid of the others begins anew with a δ of their own.
      await check((key) => {
        placePoint(contribution(key), 0, times(bn254.G1.Point.BASE, 5n));
        placePoint(deltas(key).g1, 0, times(bn254.G1.Point.BASE, 5n));
        placePoint2(deltas(key).g2, 0, bn254.G2.Point.BASE.multiply(5n));
        divideSections(key, 5n * inverse(MALLORYS_SECRET));
      }, /did not multiply δ by its secret/);
      await check((key) => {
        placePoint2(deltas(key).g2, 0, bn254.G2.Point.BASE.multiply(5n));
      }, /δ in G1 is another than that in G2/);
      await check((key) => {
        divideSections(key, 5n);
      }, /section 8 is not that of the initial key, divided by δ/);
    }));
});
