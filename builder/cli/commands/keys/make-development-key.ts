import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import pc from "picocolors";
import { step } from "../../../node/progress.mjs";
import { ARTEFACT_FILES, COMMITMENT_KEY_FILE } from "../../../proving/circuits/artefacts.ts";
import { withNewFolder } from "../../../proving/keys/ceremony/new-file.ts";
import { writeDevelopmentKey, writeSplitDevelopmentKey } from "../../../proving/keys/development.ts";
import { hashSplitVerificationKey } from "../../../proving/keys/split-verification-key.ts";
import { hashVerificationKey } from "../../../proving/keys/verification-key.ts";
import type { CircuitOptions } from "./circuit-option.ts";
import { findConstraints } from "./find-constraints.ts";

export interface DevelopmentOptions extends CircuitOptions {
  /** Folder that is made. */
  readonly to: string;
}

/** @throws `FILE_EXISTS`, `KEY_CORRUPT`; see {@link findConstraints}. */
export async function makeDevelopmentKey({ to, ...circuit }: DevelopmentOptions): Promise<void> {
  const { name, r1cs, committed } = await findConstraints(circuit);
  const constraints = await readFile(r1cs);
  await mkdir(path.dirname(path.resolve(to)), { recursive: true });
  await withNewFolder(to, async (folder) => {
    await mkdir(folder);
    const files = {
      zkey: path.join(folder, ARTEFACT_FILES.zkey),
      verificationKey: path.join(folder, ARTEFACT_FILES.verificationKey),
    };
    const hash = await step(`development key of ${name}`, async (report) => {
      const options = { onProgress: (fraction: number) => report(`${Math.floor(fraction * 100)} %`) };
      if (committed === 0) return hashVerificationKey(await writeDevelopmentKey(constraints, files, options));
      const commitmentKey = path.join(folder, COMMITMENT_KEY_FILE);
      return hashSplitVerificationKey(
        await writeSplitDevelopmentKey(constraints, committed, { ...files, commitmentKey }, options),
      );
    });
    const zkey = createHash("sha256")
      .update(await readFile(files.zkey))
      .digest("hex");
    console.log(`${ARTEFACT_FILES.zkey.padEnd(19)}sha256 ${zkey}`);
    console.log(`verification key   ${hash}${committed === 0 ? "  (as the contract will name it)" : ""}`);
    console.log(pc.red("INSECURE: its secrets are public, anybody can forge its proofs."));
  });
}
