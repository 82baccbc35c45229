import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { unfinished, compareSteps } from "../keys/ceremony/compare.ts";
import { KeyFaultsError } from "../keys/ceremony/errors.ts";
import { CEREMONY_FILES } from "../keys/ceremony/export.ts";
import { hashFile } from "../keys/ceremony/hash-file.ts";
import { originFaults } from "../keys/ceremony/known-powers-of-tau.ts";
import { readTranscript } from "../keys/ceremony/transcript.ts";
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
  expect("the verification key in the file", hashVerificationKey(verificationKey));
  const json: unknown = JSON.parse(await readFile(path("verificationKey"), "utf8"));
  expect("the verification key beside it", hashVerificationKey(fromSnarkjs(json)));
  if ((await hashFile(path("zkey"), "sha256")) !== transcript.zkey)
    faults.push({ name: "damaged", message: "the file's hash is not the transcript's" });
  if (faults.length > 0) throw new KeyFaultsError(path("zkey"), faults);
  return { ...artefacts, zkey: path("zkey"), verificationKey: path("verificationKey"), powersOfTau: origin };
}
