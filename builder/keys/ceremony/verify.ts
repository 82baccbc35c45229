import { readFile } from "node:fs/promises";
import { domainPower } from "../arithmetisation.ts";
import { readBinaryFile } from "../binary-file.ts";
import type { KeyHistory } from "../contributions.ts";
import { KeyCorruptError } from "../errors.ts";
import { ELEMENT_BYTES } from "../little-endian.ts";
import { readConstraintSystem } from "../r1cs.ts";
import {
  assertPoints,
  hashVerificationKey,
  isDevelopmentKey,
  type VerificationKey,
} from "../verification-key.ts";
import { type ProvingKeyHeader, readProvingKey } from "../zkey.ts";
import { compareSteps, short, unfinished } from "./compare.ts";
import type { KeyFault } from "./errors.ts";
import { hashFile } from "./hash-file.ts";
import { assertLargeEnough, hashPowersOfTau, type PowersOfTau, readPowersOfTau } from "./powers-of-tau.ts";
import { type StepReport, withSnarkjs } from "./snarkjs.ts";
import type { CeremonyTranscript } from "./transcript.ts";

export interface VerifyKeyOptions {
  /** Paths of the key, of the circuit's constraints and of the powers of tau. */
  readonly key: string;
  readonly r1cs: string;
  readonly ptau: string;
  /** Name of the circuit instance, if it has one. */
  readonly circuit?: string;
  /** What was published; without it the key alone is checked. */
  readonly transcript?: CeremonyTranscript;
  /** Path of the initial key, if this machine made it from these files itself. */
  readonly initial?: string;
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
  readonly verificationKey: VerificationKey;
  /** Name of the verification key on chain. */
  readonly hash: string;
  /** True when its secrets are public, whatever came after. */
  readonly isDevelopment: boolean;
  readonly history: KeyHistory;
}

/** Offset of α in section 2 of a `.zkey`; β in G1 and in G2 follow it. */
const START = 2 * (4 + ELEMENT_BYTES) + 12;

/**
 * Checks a key against the circuit, the powers of tau and the transcript it should come from: what can be compared first,
 * and if all of that fits, the rest with snarkjs, which computes the initial key again unless it is given one. That takes
 * minutes for large circuits.
 * @throws `POWERS_OF_TAU`, `KEY_CORRUPT` when the constraints cannot be read. Faults of the key itself are reported.
 */
export async function verifyKey(options: VerifyKeyOptions): Promise<KeyReport> {
  const { r1cs, ptau, circuit, transcript } = options;
  const bytes = await readFile(options.key);
  const powers = await readPowersOfTau(ptau);
  const system = readConstraintSystem(await readFile(r1cs), r1cs);
  let header: ProvingKeyHeader;
  try {
    header = readProvingKey(bytes, options.key);
    assertPoints(header.verificationKey);
  } catch (error) {
    if (error instanceof KeyCorruptError) return { faults: [{ name: "damaged", message: error.message }] };
    throw error;
  }
  const { history, verificationKey } = header;
  const hash = hashVerificationKey(verificationKey);
  const faults: KeyFault[] = [];
  const expect = (name: KeyFault["name"], what: string, actual: string, expected: string): void => {
    if (actual !== expected)
      faults.push({ name, message: `${what} is ${short(actual)} instead of ${short(expected)}` });
  };

  if (
    header.wires !== system.wires ||
    header.publicSignals !== system.publicSignals ||
    header.domainSize !== 2 ** domainPower(system)
  ) {
    const of = `${header.wires} wires, ${header.publicSignals} public signals and ${header.domainSize} rows`;
    faults.push({ name: "other-circuit", message: `the key is for another circuit, one of ${of}` });
  }
  if (!startsWith(bytes, powers))
    faults.push({ name: "other-powers-of-tau", message: `the key was made with other powers of tau` });
  for (const [index, { name, follows }] of history.contributions.entries())
    if (!follows)
      faults.push({
        name: "damaged",
        message: `contribution ${index + 1}, "${name}", was made on another key than this`,
      });
  if (options.underWay !== true) faults.push(...unfinished(history));
  if (transcript !== undefined) {
    if (circuit !== undefined) expect("other-circuit", "the circuit", circuit, transcript.circuit);
    expect("other-circuit", "the circuit's hash", await hashFile(r1cs, "sha256"), transcript.r1cs);
    const powersHash = await hashPowersOfTau(ptau);
    expect("other-powers-of-tau", "the powers' hash", powersHash, transcript.powersOfTau.blake2b);
    expect("other-key", "the hash of the initial key", history.circuitHash, transcript.circuitHash);
    faults.push(...compareSteps(history, transcript));
    expect("other-key", "the verification key", hash, transcript.verificationKey);
    expect("damaged", "the hash of the file", await hashFile(options.key, "sha256"), transcript.zkey);
  }
  if (faults.length === 0) {
    assertLargeEnough(powers, domainPower(system));
    faults.push(...(await verifyWithSnarkjs(options, history)));
  }
  return {
    faults,
    key: { verificationKey, hash, isDevelopment: isDevelopmentKey(verificationKey), history },
  };
}

function startsWith(key: Uint8Array, { start }: PowersOfTau): boolean {
  const header = readBinaryFile(key, "zkey", "The key").section(2);
  return Buffer.compare(header.subarray(START, START + start.length), start) === 0;
}

async function verifyWithSnarkjs(
  { key, r1cs, ptau, initial, report }: VerifyKeyOptions,
  history: KeyHistory,
): Promise<KeyFault[]> {
  return withSnarkjs(report, async ({ zKey, logger, errors }) => {
    // snarkjs keeps this file in memory, and puts its content into the object.
    const start = initial ?? { type: "bigMem" };
    const circuitHash: unknown =
      initial === undefined
        ? await zKey.newZKey(r1cs, ptau, start, logger)
        : Buffer.from(readProvingKey(await readFile(initial), initial).history.circuitHash, "hex");
    if (!(circuitHash instanceof Uint8Array)) throw new Error(`snarkjs: ${errors.join("; ")}`);
    const expected = Buffer.from(circuitHash).toString("hex");
    if (expected !== history.circuitHash) {
      const message = `the key began as ${short(history.circuitHash)}, this circuit and these powers of tau begin as ${short(expected)}`;
      return [{ name: "other-circuit", message }];
    }
    const passed = await zKey.verifyFromInit(start, ptau, key, logger);
    if (passed) return [];
    const message = errors.join("; ") || "a step was not made as it says; snarkjs printed which";
    return [{ name: "damaged", message }];
  });
}
