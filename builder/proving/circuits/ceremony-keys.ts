import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { CEREMONY_CODE_POWERS } from "../keys/ceremony/code-powers-file.ts";
import { compareCommitment, compareHistories, compareSteps, unfinished } from "../keys/ceremony/compare.ts";
import { type KeyFault, KeyFaultsError } from "../keys/ceremony/errors.ts";
import { CEREMONY_COMMITMENT_KEY, CEREMONY_FILES } from "../keys/ceremony/export.ts";
import { hashFile } from "../keys/ceremony/hash-file.ts";
import { originFaults } from "../keys/ceremony/known-powers-of-tau.ts";
import { readKeyParts } from "../keys/ceremony/key-parts.ts";
import { commitmentSteps, readCommitmentParts, splitFault } from "../keys/ceremony/split.ts";
import { type CeremonyTranscript, readTranscript } from "../keys/ceremony/transcript.ts";
import { historyOf } from "../keys/contributions.ts";
import {
  hashSplitVerificationKey,
  readSplitVerificationKey,
  splitVerificationKey,
} from "../keys/split-verification-key.ts";
import { fromSnarkjs, hashVerificationKey } from "../keys/verification-key.ts";
import { readProvingKey } from "../keys/zkey.ts";
import { WrongKeyError } from "./errors.ts";
import type { Artefacts } from "./artefacts.ts";
import { MissingCeremonyKeyError } from "./errors.ts";

/**
 * The artefacts of an instance with the key of a ceremony in place of the development key. The key is held
 * against its transcript and its circuit; that the transcript tells the truth is for `lockstep keys verify`
 * to find out, once.
 *
 * @param folder of ceremony keys, as `lockstep keys ceremony export` lays it out: one folder per instance.
 * @throws `CEREMONY_KEY_MISSING`; `WRONG_KEY` when it is for another circuit or another version of this one;
 * `KEY_FAULTS` when it is not the transcript's or was never contributed to; `KEY_CORRUPT`, `TRANSCRIPT`.
 */
export async function withCeremonyKey(artefacts: Artefacts, folder: string): Promise<Artefacts> {
  const { instance } = artefacts;
  const path = (name: keyof typeof CEREMONY_FILES): string =>
    join(resolve(folder), instance, CEREMONY_FILES[name]);
  const bytes = await readFile(path("zkey")).catch((cause: unknown) => {
    throw new MissingCeremonyKeyError(instance, path("zkey"), { cause });
  });
  const transcript = await readTranscript(path("transcript"));
  if (transcript.circuit !== instance)
    throw new WrongKeyError(instance, `its ceremony was held for "${transcript.circuit}"`);
  const r1cs = await hashFile(artefacts.r1cs, "sha256");
  if (transcript.r1cs !== r1cs)
    throw new WrongKeyError(
      instance,
      `its ceremony was held for another version (constraints ${transcript.r1cs.slice(0, 16)} instead of ${r1cs.slice(0, 16)})`,
    );
  const { wires, history, verificationKey } = readProvingKey(bytes, path("zkey"));
  if (wires !== artefacts.wires)
    throw new WrongKeyError(instance, `it is for ${wires} wires instead of ${artefacts.wires}`);

  const { origin } = transcript.powersOfTau;
  const faults = [
    ...unfinished(history),
    ...compareSteps(history, transcript),
    ...originFaults(origin, verificationKey),
  ];
  const expect = (what: string, actual: string): void => {
    if (actual !== transcript.verificationKey)
      faults.push({ name: "other-key", message: `${what} is ${actual}, not the transcript's` });
  };
  const json: unknown = JSON.parse(await readFile(path("verificationKey"), "utf8"));
  const { commitment } = artefacts;
  if (commitment === undefined) {
    expect("the verification key in the file", hashVerificationKey(verificationKey));
    expect("the verification key beside it", hashVerificationKey(fromSnarkjs(json)));
    faults.push(...compareCommitment(undefined, transcript));
  } else {
    const ckey = join(resolve(folder), instance, CEREMONY_COMMITMENT_KEY);
    const found = await readCommitment(bytes, ckey, commitment.wires, transcript);
    faults.push(...found.faults);
    expect("the verification key in the files", found.hash);
    expect("the verification key beside them", hashSplitVerificationKey(readSplitVerificationKey(json)));
  }
  if ((await hashFile(path("zkey"), "sha256")) !== transcript.zkey)
    faults.push({ name: "damaged", message: "the file's hash is not the transcript's" });
  const codePowers = join(resolve(folder), instance, CEREMONY_CODE_POWERS);
  const told = transcript.commitment?.codePowers;
  if (told !== undefined && (await hashOf(codePowers, instance)) !== told)
    faults.push({ name: "damaged", message: `the hash of ${CEREMONY_CODE_POWERS} is not the transcript's` });
  if (faults.length > 0) throw new KeyFaultsError(path("zkey"), faults);
  return {
    ...artefacts,
    zkey: path("zkey"),
    verificationKey: path("verificationKey"),
    powersOfTau: origin,
    ...(commitment === undefined
      ? {}
      : {
          commitment: {
            ...commitment,
            key: join(resolve(folder), instance, CEREMONY_COMMITMENT_KEY),
            ...(transcript.commitment?.codePowers === undefined ? {} : { codePowers }),
          },
        }),
  };
}

async function hashOf(path: string, instance: string): Promise<string> {
  return await hashFile(path, "sha256").catch((cause: unknown) => {
    throw new MissingCeremonyKeyError(instance, path, { cause });
  });
}

/** The second file of a key with committed wires against the first and the transcript. */
async function readCommitment(
  zkey: Uint8Array,
  path: string,
  wires: number,
  transcript: CeremonyTranscript,
): Promise<{ readonly faults: readonly KeyFault[]; readonly hash: string }> {
  const key = readKeyParts(zkey, path);
  const commitment = await readCommitmentParts(path);
  const split = { key, commitment };
  const message = splitFault(split, wires);
  const history = historyOf(commitmentSteps(split));
  return {
    faults: [
      ...(message === undefined ? [] : [{ name: "not-split", message } as const]),
      ...compareHistories(key.history, history),
      ...compareCommitment({ commitment, history }, transcript),
    ],
    hash: hashSplitVerificationKey(splitVerificationKey(key.verificationKey, commitment)),
  };
}
