import { createHash } from "node:crypto";
import type { Hex } from "viem";
import { domainPower } from "../arithmetisation.ts";
import { historyOf, type KeyHistory } from "../contributions.ts";
import { KeyCorruptError } from "../errors.ts";
import { type ConstraintSystem, readConstraintSystem } from "../r1cs.ts";
import { readSharedFile } from "../shared-bytes.ts";
import {
  assertPoints,
  hashVerificationKey,
  isDevelopmentKey,
  type VerificationKey,
} from "../verification-key.ts";
import { CODE_POWERS } from "../../bus/code-rows.ts";
import { codePowersFault, type CodePowersFile } from "./code-powers.ts";
import { compareCommitment, compareHistories, compareSteps, short, unfinished } from "./compare.ts";
import { type KeyFault, PowersOfTauError } from "./errors.ts";
import { initialKeyFault, type InitialParts } from "./initial-key.ts";
import { contributedKeyFault } from "./key-fault.ts";
import type { SplitVerificationKey } from "../split-verification-key.ts";
import { hashSplitVerificationKey, splitVerificationKey } from "../split-verification-key.ts";
import { areSame, type KeyParts, readKeyParts } from "./key-parts.ts";
import { withKeyTools } from "./key-tools.ts";
import { originFaults } from "./known-powers-of-tau.ts";
import {
  type AllowedPowers,
  assertLargeEnough,
  authenticatePowers,
  type PowersOfTau,
  type PowersOrigin,
  readCodePowers,
  readPowersOfTau,
} from "./powers-of-tau.ts";
import { readInitialKey } from "./read-initial.ts";
import type { StepReport } from "./snarkjs.ts";
import {
  commitmentPath,
  commitmentSteps,
  type CommitmentParts,
  readCommitmentParts,
  splitFault,
} from "./split.ts";
import type { CeremonyTranscript } from "./transcript.ts";

/** What a key is held against. */
export interface KeySources extends AllowedPowers {
  /** Paths of the circuit's constraints and of the powers of tau. */
  readonly r1cs: string;
  readonly ptau: string;
  /**
   * How many wires behind the public ones the circuit commits to; none unless it is said. A key of such a
   * circuit has two files: its path is that of the `.zkey`, and the `.ckey` lies beside it.
   */
  readonly committed?: number | undefined;
  /**
   * Path of the initial key, from whomever: it is checked. Without it, it is computed, which takes many
   * minutes, unless the key itself is an initial one.
   */
  readonly initial?: string | undefined;
}

export interface VerifyKeyOptions extends KeySources {
  /** Path of the key. */
  readonly key: string;
  /** Name of the circuit instance, if it has one. */
  readonly circuit?: string;
  /** What was published; without it the key alone is checked. */
  readonly transcript?: CeremonyTranscript;
  /** True for a key between two steps: that it is not finished is no fault. */
  readonly underWay?: boolean;
  readonly report?: StepReport;
}

export interface KeyReport {
  /** What does not fit; a key without faults can be used. */
  readonly faults: readonly KeyFault[];
  /** What the key says of itself; undefined when it cannot be read. */
  readonly key?: KeyFacts;
}

export interface KeyFacts {
  /** The file as it was when it was checked. */
  readonly content: Uint8Array;
  readonly verificationKey: VerificationKey;
  /** Name of the verification key: on chain, unless it has committed wires. */
  readonly hash: Hex;
  /** The other file of a key with committed wires, as it was then, and what both files have. */
  readonly split?: {
    readonly commitment: CommitmentParts;
    readonly history: KeyHistory;
    readonly verificationKey: SplitVerificationKey;
  };
  /** What codes are committed to with, of the powers of tau: of a finished key with committed wires. */
  readonly codePowers?: CodePowersFile;
  /** True when its secrets are public, whatever came after. */
  readonly isDevelopment: boolean;
  readonly history: KeyHistory;
  /** Undefined when the powers of tau were not allowed. */
  readonly powers?: PowersOrigin;
}

/**
 * Checks a key against the circuit, the powers of tau and the transcript it should come from: what can be
 * compared first, and if all of that fits, every point of it. With an initial key that takes half a minute
 * for 2^17 rows.
 * @throws `POWERS_OF_TAU` when the file is none, `KEY_CORRUPT` when the constraints cannot be read. Faults of
 * the key itself are reported.
 */
export async function verifyKey(options: VerifyKeyOptions): Promise<KeyReport> {
  const { ptau, circuit, transcript, committed = 0 } = options;
  const content = await readSharedFile(options.key);
  const powers = await readPowersOfTau(ptau);
  const constraints = await readSharedFile(options.r1cs);
  const system = readConstraintSystem(constraints, options.r1cs);
  let key: KeyParts;
  let split: KeyFacts["split"];
  try {
    key = readKeyParts(content, options.key);
    assertPoints(key.verificationKey);
    if (committed > 0) {
      const found = await readSplit(options.key, key, committed);
      if ("message" in found) return { faults: [found] };
      split = found;
    }
  } catch (error) {
    if (error instanceof KeyCorruptError) return { faults: [{ name: "damaged", message: error.message }] };
    throw error;
  }
  const { history, verificationKey } = key;
  const hash =
    split === undefined
      ? hashVerificationKey(verificationKey)
      : hashSplitVerificationKey(split.verificationKey);
  const isDevelopment = isDevelopmentKey(verificationKey);
  const faults: KeyFault[] = [];
  const expect = (name: KeyFault["name"], what: string, actual: string, expected: string): void => {
    if (actual !== expected)
      faults.push({ name, message: `${what} is ${short(actual)} instead of ${short(expected)}` });
  };

  if (!hasSizes(key, system)) {
    const of = `${key.wires} wires, ${key.publicSignals} public signals and ${key.domainSize} rows`;
    faults.push({ name: "other-circuit", message: `the key is for another circuit, one of ${of}` });
  }
  if (isDevelopment && options.rehearsal !== true)
    faults.push({
      name: "development-key",
      message: "it is a development key: its secrets are public, and everybody can forge its proofs",
    });
  if (!areSame(key.start, powers.start))
    faults.push({ name: "other-powers-of-tau", message: `the key was made with other powers of tau` });
  const origin = await originOf(powers, options);
  if ("fault" in origin) {
    if (!faults.some(({ name }) => name === origin.fault.name)) faults.push(origin.fault);
  }
  for (const { contributions } of split === undefined ? [history] : [history, split.history])
    for (const [index, { name, follows }] of contributions.entries())
      if (!follows)
        faults.push({
          name: "damaged",
          message: `contribution ${index + 1}, "${name}", was made on another key than this`,
        });
  if (split !== undefined) faults.push(...compareHistories(history, split.history));
  if (options.underWay !== true) faults.push(...unfinished(history));
  if (transcript !== undefined) {
    if (circuit !== undefined) expect("other-circuit", "the circuit", circuit, transcript.circuit);
    expect("other-circuit", "the circuit's hash", sha256(constraints), transcript.r1cs);
    faults.push(...originFaults(transcript.powersOfTau.origin, verificationKey));
    if ("blake2b" in origin)
      expect("other-powers-of-tau", "the powers' hash", origin.blake2b, transcript.powersOfTau.blake2b);
    expect("other-key", "the hash of the initial key", history.circuitHash, transcript.circuitHash);
    faults.push(...compareSteps(history, transcript));
    faults.push(...compareCommitment(split, transcript));
    expect("other-key", "the verification key", hash, transcript.verificationKey);
    expect("damaged", "the hash of the file", sha256(content), transcript.zkey);
  }
  if (faults.length === 0) {
    assertLargeEnough(powers, domainPower(system));
    const parts = { key, commitment: split?.commitment };
    faults.push(...(await deepFaults(options, parts, system, powers)));
  }
  const codePowers =
    faults.length > 0 || split === undefined || options.underWay === true
      ? undefined
      : await readCodePowers(powers, CODE_POWERS);
  if (codePowers !== undefined) {
    const fault = await codePowersFault(codePowers);
    if (fault !== undefined) faults.push({ name: "other-powers-of-tau", message: fault });
    const told = transcript?.commitment?.codePowers;
    if (told !== undefined)
      expect("other-powers-of-tau", "the hash of the codes' powers", sha256(codePowers), told);
  }
  return {
    faults,
    key: {
      content,
      verificationKey,
      hash,
      isDevelopment,
      history,
      ...(split === undefined ? {} : { split }),
      ...(codePowers === undefined ? {} : { codePowers }),
      ...("blake2b" in origin ? { powers: origin } : {}),
    },
  };
}

/**
 * Everything that has to be computed: the initial key against circuit and powers, then the key against that.
 */
async function deepFaults(
  options: VerifyKeyOptions,
  parts: InitialParts,
  system: ConstraintSystem,
  powers: PowersOfTau,
): Promise<KeyFault[]> {
  const { report } = options;
  const { key } = parts;
  const { initial, blame } = await readInitialKey(options, parts);
  if ("message" in initial) return [blame(initial.message)];
  return withKeyTools(async (tools): Promise<KeyFault[]> => {
    if (!hasSizes(initial.key, system)) return [blame("it is for another circuit")];
    const wrong = await initialKeyFault(tools, initial, system, powers, report);
    if (wrong !== undefined) return [blame(wrong)];
    const [actual, expected] = [key.history.circuitHash, initial.key.history.circuitHash];
    if (actual !== expected) {
      const message = `the key began as ${short(actual)}, this circuit and these powers of tau begin as ${short(expected)}`;
      return [{ name: "other-circuit", message }];
    }
    const fault = await contributedKeyFault(tools, parts, initial, report);
    return fault === undefined ? [] : [{ name: "damaged", message: fault }];
  });
}

async function originOf(
  powers: PowersOfTau,
  allowed: AllowedPowers,
): Promise<PowersOrigin | { readonly fault: KeyFault }> {
  try {
    return await authenticatePowers(powers, allowed);
  } catch (error) {
    if (!(error instanceof PowersOfTauError)) throw error;
    const name = error.reason === "development" ? "development-key" : "unknown-powers-of-tau";
    return { fault: { name, message: error.message } };
  }
}

function hasSizes(key: KeyParts, system: ConstraintSystem): boolean {
  const { wires, publicSignals } = system;
  return (
    key.wires === wires && key.publicSignals === publicSignals && key.domainSize === 2 ** domainPower(system)
  );
}

/** The second file of a key with committed wires, or what makes the two no split of one key. */
async function readSplit(
  path: string,
  key: KeyParts,
  committed: number,
): Promise<NonNullable<KeyFacts["split"]> | KeyFault> {
  let commitment: CommitmentParts;
  try {
    commitment = await readCommitmentParts(commitmentPath(path));
  } catch (cause) {
    if (cause instanceof KeyCorruptError) throw cause;
    const message = `${commitmentPath(path)} cannot be read, and the circuit commits to ${committed} wires`;
    return { name: "not-split", message };
  }
  const message = splitFault({ key, commitment }, committed);
  if (message !== undefined) return { name: "not-split", message };
  const verificationKey = splitVerificationKey(key.verificationKey, commitment);
  assertPoints({ ...verificationKey, delta: verificationKey.eta });
  return { commitment, history: historyOf(commitmentSteps({ key, commitment })), verificationKey };
}

function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
