import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Artefacts } from "../../../builder/proving/circuits/artefacts.ts";
import {
  formatVerificationKey,
  type VerificationKey,
} from "../../../builder/proving/keys/verification-key.ts";

/** The circuit with a key that splits nothing off, in a folder of its own. */
export async function unsplitArtefacts(
  { commitment: _, ...artefacts }: Artefacts,
  zkey: Uint8Array,
  key: VerificationKey,
): Promise<{ readonly artefacts: Artefacts } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "lockstep-test-"));
  const files = {
    zkey: join(folder, "circuit.zkey"),
    verificationKey: join(folder, "verification_key.json"),
  };
  await writeFile(files.zkey, zkey);
  await writeFile(files.verificationKey, formatVerificationKey(key));
  return {
    artefacts: { ...artefacts, ...files },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
