import { createHash } from "node:crypto";
import { domainPower } from "../arithmetisation.ts";
import type { KeyHistory } from "../contributions.ts";
import { KeyCorruptError } from "../errors.ts";
import { type ConstraintSystem, readConstraintSystem } from "../r1cs.ts";
import { readSharedFile, share } from "../shared-bytes.ts";
import {
  assertPoints,
  hashVerificationKey,
  isDevelopmentKey,
  type VerificationKey,
} from "../verification-key.ts";
import { compareSteps, short, unfinished } from "./compare.ts";
import { type KeyFault, PowersOfTauError } from "./errors.ts";
import { initialKeyFault } from "./initial-key.ts";
import { contributedKeyFault } from "./key-fault.ts";
import { areSame, type KeyParts, readKeyParts } from "./key-parts.ts";
import { withKeyTools } from "./key-tools.ts";
import { originFaults } from "./known-powers-of-tau.ts";
import {
  type AllowedPowers,
  assertLargeEnough,
  authenticatePowers,
  type PowersOfTau,
  type PowersOrigin,
  readPowersOfTau,
} from "./powers-of-tau.ts";
import { type StepReport, withSnarkjs } from "./snarkjs.ts";
import type { CeremonyTranscript } from "./transcript.ts";

/** What a key is held against. */
export interface KeySources extends AllowedPowers {
  /** Paths of the circuit's constraints and of the powers of tau. */
  readonly r1cs: string;
  readonly ptau: string;
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
  /** Name of the verification key on chain. */
  readonly hash: string;
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
  const { ptau, circuit, transcript } = options;
  const content = await readSharedFile(options.key);
  const powers = await readPowersOfTau(ptau);
  const constraints = await readSharedFile(options.r1cs);
  const system = readConstraintSystem(constraints, options.r1cs);
  let key: KeyParts;
  try {
    key = readKeyParts(content, options.key);
    assertPoints(key.verificationKey);
  } catch (error) {
    if (error instanceof KeyCorruptError) return { faults: [{ name: "damaged", message: error.message }] };
    throw error;
  }
  const { history, verificationKey } = key;
  const hash = hashVerificationKey(verificationKey);
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
  for (const [index, { name, follows }] of history.contributions.entries())
    if (!follows)
      faults.push({
        name: "damaged",
        message: `contribution ${index + 1}, "${name}", was made on another key than this`,
      });
  if (options.underWay !== true) faults.push(...unfinished(history));
  if (transcript !== undefined) {
    if (circuit !== undefined) expect("other-circuit", "the circuit", circuit, transcript.circuit);
    expect("other-circuit", "the circuit's hash", sha256(constraints), transcript.r1cs);
    faults.push(...originFaults(transcript.powersOfTau.origin, verificationKey));
    if ("blake2b" in origin)
      expect("other-powers-of-tau", "the powers' hash", origin.blake2b, transcript.powersOfTau.blake2b);
    expect("other-key", "the hash of the initial key", history.circuitHash, transcript.circuitHash);
    faults.push(...compareSteps(history, transcript));
    expect("other-key", "the verification key", hash, transcript.verificationKey);
    expect("damaged", "the hash of the file", sha256(content), transcript.zkey);
  }
  if (faults.length === 0) {
    assertLargeEnough(powers, domainPower(system));
    faults.push(...(await deepFaults(options, key, system, powers)));
  }
  return {
    faults,
    key: {
      content,
      verificationKey,
      hash,
      isDevelopment,
      history,
      ...("blake2b" in origin ? { powers: origin } : {}),
    },
  };
}

/**
 * Everything that has to be computed: the initial key against circuit and powers, then the key against that.
 */
async function deepFaults(
  options: VerifyKeyOptions,
  key: KeyParts,
  system: ConstraintSystem,
  powers: PowersOfTau,
): Promise<KeyFault[]> {
  const { report } = options;
  const { initial, blame } = await readInitialKey(options, key);
  if ("message" in initial) return [blame(initial.message)];
  return withKeyTools(async (tools): Promise<KeyFault[]> => {
    if (!hasSizes(initial, system)) return [blame("it is for another circuit")];
    const wrong = await initialKeyFault(tools, initial, system, powers, report);
    if (wrong !== undefined) return [blame(wrong)];
    const [actual, expected] = [key.history.circuitHash, initial.history.circuitHash];
    if (actual !== expected) {
      const message = `the key began as ${short(actual)}, this circuit and these powers of tau begin as ${short(expected)}`;
      return [{ name: "other-circuit", message }];
    }
    const fault = await contributedKeyFault(tools, key, initial, report);
    return fault === undefined ? [] : [{ name: "damaged", message: fault }];
  });
}

/** The initial key, and what it means when that turns out to be wrong. */
async function readInitialKey(
  { r1cs, ptau, key: path, initial, report }: VerifyKeyOptions,
  key: KeyParts,
): Promise<{
  readonly initial: KeyParts | KeyCorruptError;
  readonly blame: (what: string) => KeyFault;
}> {
  if (initial !== undefined) {
    const blame = (what: string): KeyFault => ({
      name: "other-initial-key",
      message: `${initial} is not the circuit's initial key: ${what}`,
    });
    try {
      return { initial: readKeyParts(await readSharedFile(initial), initial), blame };
    } catch (error) {
      if (error instanceof KeyCorruptError) return { initial: error, blame };
      throw error;
    }
  }
  if (key.history.contributions.length === 0)
    return {
      initial: key,
      blame: (what) => ({
        name: "other-circuit",
        message: `${path} is not the initial key of the circuit and the powers of tau: ${what}`,
      }),
    };
  return {
    initial: readKeyParts(await computeInitialKey(r1cs, ptau, report), "the initial key"),
    // It was made of them just now.
    blame: (what) => ({
      name: "other-powers-of-tau",
      message: `nothing good can be made with ${ptau}: of the initial key, ${what}`,
    }),
  };
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

async function computeInitialKey(
  r1cs: string,
  ptau: string,
  report: StepReport | undefined,
): Promise<Uint8Array> {
  return withSnarkjs(report, async ({ zKey, logger, errors }) => {
    // snarkjs keeps this file in memory, and puts its content into the object.
    const file: { readonly type: "mem"; data?: unknown } = { type: "mem" };
    const circuitHash: unknown = await zKey.newZKey(r1cs, ptau, file, logger);
    if (!(circuitHash instanceof Uint8Array && file.data instanceof Uint8Array))
      throw new Error(`snarkjs: ${errors.join("; ")}`);
    return share(file.data);
  });
}

function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
