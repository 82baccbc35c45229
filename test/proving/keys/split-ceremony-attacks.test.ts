import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { invert } from "@noble/curves/abstract/modular.js";
import { bn254 } from "@noble/curves/bn254.js";
import { expect } from "chai";
import { buildBn128, type Curve } from "ffjavascript";
import * as snarkjs from "snarkjs";
import { encodeKeySet } from "../../../builder/proving/bus/key-set.ts";
import { commit } from "../../../builder/proving/backends/snarkjs/commit.ts";
import { MultiExponentiation } from "../../../builder/proving/backends/snarkjs/multi-exponentiation.ts";
import { BASE_FIELD_MODULUS as Q } from "../../../builder/proving/keys/base-field.ts";
import { commitmentStep } from "../../../builder/proving/keys/ceremony/commitment-step.ts";
import {
  commitmentPath,
  parseCommitmentParts,
  readCommitmentParts,
} from "../../../builder/proving/keys/ceremony/split.ts";
import { contribute } from "../../../builder/proving/keys/ceremony/steps.ts";
import { verifyKey } from "../../../builder/proving/keys/ceremony/verify.ts";
import { type CommitmentKey, writeCommitmentKey } from "../../../builder/proving/keys/commitment-key.ts";
import { appendStep, generatorOf } from "../../../builder/proving/keys/contribution.ts";
import { readSteps } from "../../../builder/proving/keys/contributions.ts";
import { compileCurve } from "../../../builder/proving/keys/curve-module.ts";
import { splitVerificationKey } from "../../../builder/proving/keys/split-verification-key.ts";
import { readProvingKey } from "../../../builder/proving/keys/zkey.ts";
import { ProofVerifier } from "../../../builder/proving/threads/proof-verifier.ts";
import {
  closeKey,
  coordinates,
  divideSections,
  inverse,
  openKey,
  place,
  placePoint,
  placePoint2,
  point2At,
  pointAt,
  section,
  times,
} from "./attacker.ts";
import { committedValues, negated, proveTrace, sum, timesPoint, traceOf } from "./lookups.ts";
import { failureCode, inTemporaryFolder } from "./setting.ts";
import {
  bindingTo,
  contributeSplitKnown,
  type KnownSecrets,
  openSplit,
  type SplitFiles,
  stepOfEta,
  writeSplit,
} from "./split-attacker.ts";
import { holdSplitCeremony, type SplitCeremony } from "./split-ceremony-files.ts";

/** What Mallory multiplies by, and remembers. */
const SECRETS: KnownSecrets = { delta: 0xbadn, eta: 0xbadd1en };
const TRACE = traceOf([3n, 1n, 4n, 1n, 5n, 2n, 6n, 5n]);
/** The same numbers in other pairs: a true trace too, with another sum on the bus. */
const OTHER = traceOf([1n, 3n, 4n, 1n, 5n, 2n, 6n, 5n]);
const STEP_BYTES_TO_RESPONSE = 3 * 64;

describe("attacks on a ceremony for a key with committed wires", function () {
  this.timeout(240_000);
  let ceremony: SplitCeremony;
  let curve: Curve;
  let exponentiation: MultiExponentiation;
  before(async () => {
    ceremony = await holdSplitCeremony("lookups_small");
    curve = await buildBn128(true);
    exponentiation = await MultiExponentiation.start(curve, await compileCurve(), 1);
  });
  after(async () => {
    await ceremony[Symbol.asyncDispose]();
  });

  /** What is wrong with a key on its way, in one line. */
  const faultsOf = async (key: string): Promise<string> => {
    const { faults } = await verifyKey({ ...ceremony.sources, key, underWay: true });
    return faults.map(({ name, message }) => `${name}: ${message}`).join("; ");
  };
  /** That an honest contributor adds nothing of theirs to it. */
  const expectRefusal = async (from: string, folder: string, why: RegExp): Promise<void> => {
    const to = join(folder, "alices.zkey");
    const failure = await contribute({ from, to, name: "Alice", received: ceremony.sources }).catch(
      (error: unknown) => error,
    );
    expect(failure).to.have.property("code", "KEY_FAULTS");
    expect(failure).to.have.property("message").that.matches(why);
    expect((await readdir(folder)).filter((name) => name.startsWith("alices"))).to.deep.equal([]);
  };
  const verifierOf = async (zkey: Uint8Array, ckey: CommitmentKey): Promise<ProofVerifier> =>
    ProofVerifier.create(
      await compileCurve(),
      splitVerificationKey(readProvingKey(zkey).verificationKey, ckey),
    );
  /** Commits to one trace and proves another one, with points over δ of the committed wires. */
  const exchange = async (zkey: Uint8Array, ckey: CommitmentKey, overDelta: Uint8Array): Promise<boolean> => {
    const { wasm } = ceremony.artefacts;
    const other = await proveTrace(curve, exponentiation, { wasm, zkey, ckey }, OTHER);
    const d = await commit(curve, exponentiation, ckey, committedValues(TRACE));
    const [of, off] = [OTHER, TRACE].map(async (trace) =>
      commit(curve, exponentiation, { ...ckey, points: overDelta }, committedValues(trace)),
    );
    const [added, taken] = [await of, await off];
    if (added === undefined || taken === undefined) throw new Error("two sums");
    const c = sum(sum(other.proof.c, added), negated(taken));
    return (await verifierOf(zkey, ckey)).verify(other.signals, { ...other.proof, c, d });
  };

  it("by an unsplit file that one contributor sees would be forged, and leaves no trace but its hash", () =>
    inTemporaryFolder(async (folder) => {
      const [shown, answered, clean] = ["0.zkey", "answer.zkey", "1.zkey"].map((name) => join(folder, name));
      if (shown === undefined || answered === undefined || clean === undefined)
        throw new Error("three names");
      const { initial } = ceremony.files;
      const files = await openSplit(initial);
      section(files.zkey, 8).set(files.ckey.points);
      await writeSplit(shown, files);

      // The attack, on a contributor who takes what comes: the only honest one.
      await snarkjs.zKey.contribute(shown, answered, "Alice", "entropy");
      const key = openKey(await readFile(answered));
      const overDelta = Uint8Array.from(section(key, 8).subarray(0, files.ckey.points.length));
      section(key, 8).fill(0, 0, overDelta.length);
      const zkey = closeKey(key);
      const step = readProvingKey(zkey).history.contributions.at(-1);
      if (step === undefined) throw new Error("Alice contributed");
      const commitment = await readCommitmentParts(commitmentPath(initial));
      const ckey = await commitmentStep({ commitment, zkey: await readFile(initial), deltaStep: step });
      await writeFile(clean, zkey);
      await writeFile(commitmentPath(clean), ckey);
      expect(await faultsOf(clean), "nobody sees it afterwards").to.equal("");
      expect(await exchange(zkey, parseCommitmentParts(ckey, "ckey"), overDelta)).to.equal(true);

      // Alice's own tool does not take it, with what fits or not beside it.
      await expectRefusal(shown, folder, /point over δ for the committed wire/);
      // Nor is what she would give to the file that snarkjs makes of any use: her proof is not of the split.
      const plain = join(folder, "plain.zkey");
      await snarkjs.zKey.newZKey(ceremony.files.r1cs, ceremony.files.ptau, plain);
      const plainAnswer = join(folder, "plain-answer.zkey");
      await snarkjs.zKey.contribute(plain, plainAnswer, "Alice", "entropy");
      const moved = openKey(await readFile(plainAnswer));
      section(moved, 8).fill(0, 0, overDelta.length);
      section(moved, 10).set(section(files.zkey, 10).subarray(0, 64));
      const movedStep = readProvingKey(closeKey(moved)).history.contributions.at(-1);
      if (movedStep === undefined) throw new Error("Alice contributed");
      await writeFile(clean, closeKey(moved));
      const given = { commitment, zkey: await readFile(initial), deltaStep: movedStep };
      await writeFile(commitmentPath(clean), await commitmentStep(given));
      expect(await faultsOf(clean)).to.match(/"Alice", was made on another key than this/);
    }));

  it("by one committed point that is not at infinity are refused before there is a secret", () =>
    inTemporaryFolder(async (folder) => {
      const from = join(folder, "1.zkey");
      for (const wire of [0, ceremony.committed - 1]) {
        const files = await openSplit(ceremony.files.first);
        placePoint(section(files.zkey, 8), wire, bn254.G1.Point.BASE);
        await writeSplit(from, files);
        await expectRefusal(from, folder, /point over δ for the committed wire/);
      }
    }));

  it("by points moved between wires, or others among them, are seen", () =>
    inTemporaryFolder(async (folder) => {
      const from = join(folder, "key.zkey");
      const change = async (key: string, why: RegExp, work: (files: SplitFiles) => void): Promise<void> => {
        const files = await openSplit(key);
        work(files);
        await writeSplit(from, files);
        expect(await faultsOf(from)).to.match(why);
        await expectRefusal(from, folder, why);
      };
      const { initial, first } = ceremony.files;
      const overEta = /commitment key is not what the initial one is, divided by η/;
      const swap = ({ ckey }: SplitFiles): void => {
        const [a, b] = [pointAt(ckey.points, 0), pointAt(ckey.points, 1)];
        placePoint(ckey.points, 0, b);
        placePoint(ckey.points, 1, a);
      };
      await change(first, overEta, swap);
      await change(initial, overEta, swap);
      // A public input's point: over η it would change that input in any proof.
      await change(first, overEta, ({ zkey, ckey }) => {
        placePoint(ckey.points, 0, pointAt(section(zkey, 3), 1));
      });
      // A committed wire's point at the place of one that is not committed to.
      await change(first, /section 8 is not that of the initial key/, ({ zkey, ckey }) => {
        placePoint(section(zkey, 8), ceremony.committed, pointAt(ckey.points, 0));
      });
      await change(first, /is for 15 wires/, (files) => {
        files.ckey = { ...files.ckey, points: files.ckey.points.slice(64) };
      });
      await change(first, /from wire 5 on/, (files) => {
        files.ckey = { ...files.ckey, firstWire: 5 };
      });
      await change(first, /η in G1 is another than that in G2/, ({ ckey }) => {
        placePoint2(ckey.eta, 0, point2At(ckey.eta, 0).double());
      });
    }));

  it("by a contribution to one of δ and η alone are seen", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "1.zkey");
      const { initial } = ceremony.files;
      const both = await contributeSplitKnown(initial, SECRETS);
      await writeSplit(path, both);
      expect(await faultsOf(path), "with both").to.equal("");
      const none = await openSplit(initial);
      for (const files of [
        { ...both, zkey: none.zkey },
        { ...none, zkey: both.zkey },
      ]) {
        await writeSplit(path, files);
        await expectRefusal(path, folder, /names the files of [01] contributions, the key has [01]/);
      }
      // The step is there, and the points are as they were.
      await writeSplit(path, { ...both, ckey: { ...both.ckey, points: none.ckey.points } });
      await expectRefusal(path, folder, /not what the initial one is, divided by η/);
      await writeSplit(path, { ...both, ckey: none.ckey });
      await expectRefusal(path, folder, /η in G1 is another|not that of the last/);
    }));

  it("by a proof for η that is another's are seen", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "1.zkey");
      const { initial, first } = ceremony.files;
      const alices = await openSplit(first);
      const files = await contributeSplitKnown(initial, SECRETS);
      // Alice's step of η beside a step of δ that is not hers.
      await writeSplit(path, { ...files, ckey: alices.ckey, history: alices.history });
      await expectRefusal(path, folder, /contributions|was made on another key than this/);
      // Mallory's step of η beside Alice's of δ: bound to it or not.
      await writeSplit(path, { ...files, zkey: alices.zkey });
      await expectRefusal(path, folder, /contributions|was made on another key than this/);
      // A step of η that claims other files than it was given.
      const [received] = files.history.received;
      if (received === undefined) throw new Error("one step");
      const history = { ...files.history, received: [{ ...received, zkey: received.ckey }] };
      await writeSplit(path, { ...files, history });
      await expectRefusal(path, folder, /was made on another key than this/);
      // Alice's response in Mallory's step.
      const at = 64 + 4 + STEP_BYTES_TO_RESPONSE;
      const stolen = Uint8Array.from(files.history.steps);
      stolen.set(alices.history.steps.subarray(at, at + 128), at);
      await writeSplit(path, { ...files, history: { ...files.history, steps: stolen } });
      await expectRefusal(path, folder, /does not prove that its author knew a secret/);
      // A beacon's number for η that its value does not give.
      const final = await openSplit(ceremony.files.final);
      const { binding } = await bindingTo(ceremony.files.second, final.zkey);
      const second = await openSplit(ceremony.files.second);
      const last = readSteps(second.history.steps).steps.at(-1)?.deltaAfter;
      const beacon = readProvingKey(closeKey(final.zkey)).history.contributions.at(-1)?.beacon;
      if (last === undefined || beacon === undefined) throw new Error("steps and a beacon");
      const generator = generatorOf(curve);
      const known = await stepOfEta(ceremony.files.second, { ...second, zkey: final.zkey }, SECRETS.eta);
      const steps = appendStep(curve, second.history.steps, {
        name: "block 1",
        secret: SECRETS.eta,
        before: last,
        base: generator.timesScalar(3n),
        binding,
        beacon,
      });
      const end = join(folder, "final.zkey");
      await writeSplit(end, { zkey: final.zkey, ckey: known.ckey, history: { ...known.history, steps } });
      expect(await faultsOf(end)).to.match(/"block 1", does not come from its value/);
    }));

  it("by stolen secrets forge at will, and one honest contributor ends it", () =>
    inTemporaryFolder(async (folder) => {
      const [known, honest] = [join(folder, "1.zkey"), join(folder, "2.zkey")];
      await writeSplit(known, await contributeSplitKnown(ceremony.files.initial, SECRETS));
      expect(await faultsOf(known)).to.equal("");
      await contribute({ from: known, to: honest, name: "Alice", received: ceremony.sources });
      const { wasm } = ceremony.artefacts;
      for (const [path, works] of [
        [known, true],
        [honest, false],
      ] as const) {
        const zkey = await readFile(path);
        const ckey = await readCommitmentParts(commitmentPath(path));
        const verifier = await verifierOf(zkey, ckey);
        const { proof, signals } = await proveTrace(curve, exponentiation, { wasm, zkey, ckey }, TRACE);
        expect(verifier.verify(signals, proof)).to.equal(true);
        // A public input's point over a known number takes up any change of that input.
        const ic = readProvingKey(zkey).verificationKey.ic[1] ?? [0n, 0n];
        const [first = 0n, ...others] = signals;
        const lie = [first + 1n, ...others];
        const over = (secret: bigint) => negated(timesPoint(ic, inverse(secret)));
        const byDelta = { ...proof, c: sum(proof.c, over(SECRETS.delta)) };
        const byEta = { ...proof, d: sum(proof.d, over(SECRETS.eta)) };
        expect(verifier.verify(lie, byDelta), "by δ").to.equal(works);
        expect(verifier.verify(lie, byEta), "by η").to.equal(works);
        // With δ what was committed to can be exchanged after the challenge.
        const initial = await readCommitmentParts(commitmentPath(ceremony.files.initial));
        const overDelta = Uint8Array.from(initial.points);
        for (let wire = 0; wire < ceremony.committed; wire++)
          placePoint(overDelta, wire, times(pointAt(overDelta, wire), inverse(SECRETS.delta)));
        expect(await exchange(zkey, ckey, overDelta), "the trace exchanged").to.equal(works);
      }
    }));

  it("by a point of y² = x³ would steal the secret of η", () =>
    inTemporaryFolder(async (folder) => {
      const from = join(folder, "1.zkey");
      const files = await openSplit(ceremony.files.first);
      place(files.ckey.points, 3, [1n, 1n]);
      await writeSplit(from, files);
      // The theft, from a contributor who multiplies what comes.
      const [deltaStep] = readProvingKey(await readFile(from)).history.contributions;
      if (deltaStep === undefined) throw new Error("Alice contributed");
      const commitment = parseCommitmentParts(writeCommitmentKey(files.ckey, files.history), "ckey");
      const next = parseCommitmentParts(
        await commitmentStep({ commitment, zkey: await readFile(from), deltaStep }),
        "ckey",
      );
      const [x, y] = coordinates(next.points, 3);
      const secret = inverse((x * invert(y, Q)) % Q);
      expect(point2At(files.ckey.eta, 0).multiply(secret).equals(point2At(next.eta, 0))).to.equal(true);
      await expectRefusal(from, folder, /point 3 of the commitment key is not on the curve/);
    }));

  it("by one δ or η in two circuits' keys: steps fit one circuit only, and a set takes no secret twice", () =>
    inTemporaryFolder(async (folder) => {
      await using other = await holdSplitCeremony("lookups");
      const path = join(folder, "1.zkey");
      const [mine, theirs] = [await openSplit(ceremony.files.first), await openSplit(other.files.first)];
      // Alice's steps of one ceremony in the other: with her secret, were it known, for the points.
      const start = section(mine.zkey, 10).subarray(0, 64);
      const transplanted = Uint8Array.from(section(theirs.zkey, 10));
      transplanted.set(start);
      mine.zkey.set(10, transplanted);
      await writeSplit(path, mine);
      await expectRefusal(path, folder, /was made on another key than this/);

      const keyOf = async (held: SplitCeremony, secrets: KnownSecrets) => {
        const files = await contributeSplitKnown(held.files.initial, secrets);
        return splitVerificationKey(readProvingKey(closeKey(files.zkey)).verificationKey, files.ckey);
      };
      const first = await keyOf(ceremony, SECRETS);
      const setOf = async (delta: bigint, eta: bigint): Promise<void> => {
        const second = await keyOf(ceremony, { delta, eta });
        encodeKeySet({ keys: [first, second], tau: first.beta });
      };
      await setOf(5n, 6n);
      for (const [delta, eta] of [
        [SECRETS.delta, 6n],
        [5n, SECRETS.eta],
        [SECRETS.eta, 6n],
        [5n, SECRETS.delta],
        [5n, 5n],
      ] as const)
        expect(await setOf(delta, eta).catch((error: unknown) => error)).to.be.instanceOf(RangeError);
      // One and the same number for both is seen by the next contributor.
      await writeSplit(path, await contributeSplitKnown(ceremony.files.initial, { delta: 5n, eta: 5n }));
      await expectRefusal(path, folder, /its δ and its η are one/);
      expect(await failureCode(setOf(5n, 5n))).to.be.instanceOf(RangeError);
    }));

  it("by sections divided again are seen", () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "1.zkey");
      const files = await openSplit(ceremony.files.first);
      divideSections(files.zkey, 5n);
      await writeSplit(path, files);
      await expectRefusal(path, folder, /section 8 is not that of the initial key, divided by δ/);
    }));
});
