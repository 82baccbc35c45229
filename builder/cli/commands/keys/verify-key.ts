import pc from "picocolors";
import { step } from "../../../node/progress.mjs";
import { KeyFaultsError } from "../../../proving/keys/ceremony/errors.ts";
import { readTranscript } from "../../../proving/keys/ceremony/transcript.ts";
import { verifyFiles } from "../../../proving/keys/ceremony/verify-files.ts";
import type { CircuitOptions, PowersOptions } from "./circuit-option.ts";
import { findConstraints } from "./find-constraints.ts";
import { reportKey } from "./report-key.ts";

export interface VerifyOptions extends CircuitOptions, PowersOptions {
  readonly key: string;
  readonly ptau: string;
  readonly initial?: string;
  readonly transcript: string;
  readonly files?: string;
}

/** @throws `KEY_FAULTS`; see {@link findConstraints}. */
export async function verifyFinishedKey({
  circuit,
  r1cs: file,
  committed: count,
  transcript: path,
  files,
  ...key
}: VerifyOptions): Promise<void> {
  const transcript = await readTranscript(path);
  const { name, r1cs, committed } = await findConstraints({ circuit, r1cs: file, committed: count });
  // The name of a bare file of constraints says nothing about whose they are; their hash does.
  const named = circuit === undefined ? {} : { circuit: name };
  await reportKey({ ...key, r1cs, committed, transcript, ...named });
  if (files === undefined) return;
  const faults = await step("verifying the files on the way", (report) =>
    verifyFiles({ ...key, r1cs, committed, transcript, folder: files, report }),
  );
  for (const { name: fault, message } of faults) console.log(`${pc.red("✗")} ${fault}: ${message}`);
  if (faults.length > 0) throw new KeyFaultsError(files, faults);
  console.log(pc.green("So does every file on the way."));
}
