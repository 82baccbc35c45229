import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import { short } from "./compare.ts";
import type { KeyFault } from "./errors.ts";
import { hashFile } from "./hash-file.ts";
import type { StepReport } from "./snarkjs.ts";
import { commitmentPath } from "./split.ts";
import type { CeremonyTranscript } from "./transcript.ts";
import { type KeySources, verifyKey } from "./verify.ts";

export interface VerifyFilesOptions extends KeySources {
  readonly transcript: CeremonyTranscript;
  /** Where the published files lie, each `.zkey` beside its `.ckey`, under any name. */
  readonly folder: string;
  readonly report?: StepReport;
}

/**
 * Checks every file that a contributor to a key with committed wires was given. The key at the end does not
 * tell whether one of them was unsplit: then its contributor's answer had points over δ that must never
 * exist, and nothing tells of them, once they are taken out again, but the hash of the file.
 * @returns what does not fit: a file that is not there, or has a fault.
 * @throws `POWERS_OF_TAU`, `KEY_CORRUPT` when the constraints cannot be read.
 */
export async function verifyFiles({
  transcript,
  folder,
  report,
  ...sources
}: VerifyFilesOptions): Promise<KeyFault[]> {
  const { commitment } = transcript;
  if (commitment === undefined)
    return [{ name: "not-split", message: "the transcript is of a key without committed wires" }];
  const paths = new Map<string, string>();
  for (const name of await readdir(folder))
    if (name.endsWith(".zkey")) paths.set(await hashFile(join(folder, name), "sha256"), join(folder, name));
  const faults: KeyFault[] = [];
  for (const [index, { received }] of commitment.steps.entries()) {
    const step = `contribution ${index + 1}`;
    const key = paths.get(received.zkey);
    if (key === undefined) {
      faults.push({
        name: "contributions",
        message: `${step} was given ${short(received.zkey)}, not in ${folder}`,
      });
      continue;
    }
    const ckey = commitmentPath(key);
    const isThere = await access(ckey).then(
      () => true,
      () => false,
    );
    if (!isThere || (await hashFile(ckey, "sha256")) !== received.ckey) {
      faults.push({ name: "contributions", message: `${step} was given another file than ${ckey}` });
      continue;
    }
    const options = { ...sources, key, underWay: true, ...(report === undefined ? {} : { report }) };
    for (const { name, message } of (await verifyKey(options)).faults)
      faults.push({ name, message: `${step} was given ${key}: ${message}` });
  }
  return faults;
}
