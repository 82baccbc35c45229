import { writeFile } from "node:fs/promises";
import { buildBn128 } from "ffjavascript";
import { developmentContribution } from "./contribution.ts";
import { computeKey, computeSplitKey, type MakeHistory, type SplitKey } from "./direct-set-up.ts";
import { writeCommitmentKey } from "./commitment-key.ts";
import type { MultiplierOptions } from "./multiplier.ts";
import { DEVELOPMENT_SECRETS, developmentSplitSecrets, type SetupSecrets } from "./secrets.ts";
import {
  formatSplitVerificationKey,
  splitVerificationKey,
  type SplitVerificationKey,
} from "./split-verification-key.ts";
import { formatVerificationKey, type VerificationKey } from "./verification-key.ts";
import { readProvingKey } from "./zkey.ts";

/** Changes whenever the keys that {@link createDevelopmentKey} makes change. */
export const DEVELOPMENT_SETUP_VERSION = 1;

/**
 * A Groth16 proving key in snarkjs' format, computed directly from the public {@link DEVELOPMENT_SECRETS}: no
 * ceremony, so it takes seconds, and no security at all, so it is named insecure inside. Every machine makes
 * the same bytes.
 *
 * @param r1cs content of a `.r1cs` file.
 * @throws `KEY_CORRUPT` when the constraint system is malformed; an `AbortError` when `signal` fires.
 */
export async function createDevelopmentKey(
  r1cs: Uint8Array,
  options: MultiplierOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return computeKey(r1cs, DEVELOPMENT_SECRETS, await historyOf(DEVELOPMENT_SECRETS), options);
}

/**
 * As {@link createDevelopmentKey}, for a circuit with committed wires: δ and η are of this circuit alone.
 * @param committed how many wires behind the public ones are committed to.
 */
export async function createSplitDevelopmentKey(
  r1cs: Uint8Array,
  committed: number,
  options: MultiplierOptions = {},
): Promise<SplitKey> {
  const secrets = developmentSplitSecrets(r1cs, committed);
  return computeSplitKey(r1cs, secrets, committed, await historyOf(secrets), options);
}

/** One contribution, which took δ from 1 to its value. */
async function historyOf({ delta }: SetupSecrets): Promise<MakeHistory> {
  const curve = await buildBn128(true);
  return async (circuitHash) => developmentContribution(curve, circuitHash, delta);
}

/** Paths of a key's files. */
export interface KeyFiles {
  readonly zkey: string;
  /** In snarkjs' form. */
  readonly verificationKey: string;
}

/**
 * Writes what {@link createDevelopmentKey} makes.
 * @throws as that does.
 */
export async function writeDevelopmentKey(
  r1cs: Uint8Array,
  files: KeyFiles,
  options: MultiplierOptions,
): Promise<VerificationKey> {
  const zkey = await createDevelopmentKey(r1cs, options);
  await writeFile(files.zkey, zkey);
  const { verificationKey } = readProvingKey(zkey, files.zkey);
  await writeFile(files.verificationKey, formatVerificationKey(verificationKey));
  return verificationKey;
}

/**
 * Writes what {@link createSplitDevelopmentKey} makes.
 * @throws as that does.
 */
export async function writeSplitDevelopmentKey(
  r1cs: Uint8Array,
  committed: number,
  files: KeyFiles & { readonly commitmentKey: string },
  options: MultiplierOptions,
): Promise<SplitVerificationKey> {
  const { zkey, commitmentKey } = await createSplitDevelopmentKey(r1cs, committed, options);
  await writeFile(files.zkey, zkey);
  await writeFile(files.commitmentKey, writeCommitmentKey(commitmentKey));
  const key = splitVerificationKey(readProvingKey(zkey, files.zkey).verificationKey, commitmentKey);
  await writeFile(files.verificationKey, formatSplitVerificationKey(key));
  return key;
}
