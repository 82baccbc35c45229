import { Command } from "commander";
import pc from "picocolors";
import { KeyFaultsError } from "../../../proving/keys/ceremony/errors.ts";
import { readTranscript } from "../../../proving/keys/ceremony/transcript.ts";
import { verifyFiles } from "../../../proving/keys/ceremony/verify-files.ts";
import { step } from "../../../node/progress.mjs";
import {
  type CircuitOptions,
  findConstraints,
  type PowersOptions,
  withCircuitOptions,
  withPowersOptions,
} from "./circuit-option.ts";
import { reportKey } from "./report-key.ts";

interface VerifyOptions extends CircuitOptions, PowersOptions {
  readonly key: string;
  readonly ptau: string;
  readonly initial?: string;
  readonly transcript: string;
  readonly files?: string;
}

/** `lockstep keys verify`: for those who are to trust a finished key. */
export function verifyCommand(): Command {
  return withPowersOptions(withCircuitOptions(new Command("verify")))
    .description("check a finished key against its circuit, powers of tau and transcript")
    .requiredOption("--key <file>", "the .zkey file")
    .requiredOption("--ptau <file>", "the powers of tau it was made from")
    .option(
      "--initial <file>",
      "the key that init made, from whomever: without it, it is computed, which takes many minutes",
    )
    .requiredOption("--transcript <file>", "what was published of the ceremony")
    .option(
      "--files <folder>",
      "of a key with committed wires: the files that contributors were given, to be checked one by one",
    )
    .action(runVerify);
}

async function runVerify({
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
