import { Command } from "commander";
import { readTranscript } from "../../../proving/keys/ceremony/transcript.ts";
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
    .action(runVerify);
}

async function runVerify({ circuit, r1cs: file, transcript: path, ...key }: VerifyOptions): Promise<void> {
  const transcript = await readTranscript(path);
  const { name, r1cs } = await findConstraints({ circuit, r1cs: file });
  // The name of a bare file of constraints says nothing about whose they are; their hash does.
  const named = circuit === undefined ? {} : { circuit: name };
  await reportKey({ ...key, r1cs, transcript, ...named });
}
