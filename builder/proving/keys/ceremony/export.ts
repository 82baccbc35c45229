import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeSplitVerificationKey, formatSplitVerificationKey } from "../split-verification-key.ts";
import { encodeVerificationKey, formatVerificationKey } from "../verification-key.ts";
import { CEREMONY_CODE_POWERS } from "./code-powers-file.ts";
import { KeyFaultsError } from "./errors.ts";
import { hashFile } from "./hash-file.ts";
import { withNewFolder } from "./new-file.ts";
import { readPowersOfTau } from "./powers-of-tau.ts";
import type { StepReport } from "./snarkjs.ts";
import { formatTranscript, transcribeCommitment, transcribeSteps } from "./transcript.ts";
import { type KeyFacts, type KeySources, verifyKey } from "./verify.ts";

/** What a ceremony leaves, in a folder that has the name of the circuit instance. */
export const CEREMONY_FILES = {
  zkey: "circuit.zkey",
  /** In snarkjs' form. */
  verificationKey: "verification_key.json",
  /** As the contracts take it, hexadecimal. */
  encodedVerificationKey: "verification_key.hex",
  transcript: "transcript.json",
} as const;

/** Beside them, where a circuit has committed wires. */
export const CEREMONY_COMMITMENT_KEY = "circuit.ckey";

export interface ExportOptions extends KeySources {
  /** Name of the circuit instance. */
  readonly circuit: string;
  /** Path. */
  readonly key: string;
  /** Folder of the keys of all instances: this one's go into a new folder below it. */
  readonly folder: string;
  readonly report?: StepReport;
}

/**
 * Verifies the key of a finished ceremony and writes what is published and used of it.
 * @throws `KEY_FAULTS`, `FILE_EXISTS`, `POWERS_OF_TAU`.
 */
export async function exportKey({ circuit, folder, ...files }: ExportOptions): Promise<KeyFacts> {
  await mkdir(folder, { recursive: true });
  return withNewFolder(join(folder, circuit), async (temporary) => {
    const { faults, key } = await verifyKey({ circuit, ...files });
    if (key?.powers === undefined || faults.length > 0) throw new KeyFaultsError(files.key, faults);
    const { verificationKey, history, powers, split, codePowers } = key;
    await mkdir(temporary);
    const path = (name: keyof typeof CEREMONY_FILES): string => join(temporary, CEREMONY_FILES[name]);
    // Not the file, which may be another by now.
    await writeFile(path("zkey"), key.content);
    if (split !== undefined)
      await writeFile(join(temporary, CEREMONY_COMMITMENT_KEY), split.commitment.content);
    if (codePowers !== undefined) await writeFile(join(temporary, CEREMONY_CODE_POWERS), codePowers);
    const [json, encoded] =
      split === undefined
        ? [formatVerificationKey(verificationKey, powers.origin), encodeVerificationKey(verificationKey)]
        : [
            formatSplitVerificationKey(split.verificationKey, powers.origin),
            encodeSplitVerificationKey(split.verificationKey),
          ];
    await writeFile(path("verificationKey"), json);
    await writeFile(path("encodedVerificationKey"), `${encoded}\n`);
    const transcript = formatTranscript({
      circuit,
      r1cs: await hashFile(files.r1cs, "sha256"),
      powersOfTau: { ...powers, power: (await readPowersOfTau(files.ptau)).power },
      ...transcribeSteps(history),
      zkey: await hashFile(path("zkey"), "sha256"),
      verificationKey: key.hash,
      ...(split === undefined || codePowers === undefined
        ? {}
        : {
            commitment: {
              ...transcribeCommitment(split),
              codePowers: createHash("sha256").update(codePowers).digest("hex"),
            },
          }),
    });
    await writeFile(path("transcript"), transcript);
    return key;
  });
}
