import { Command } from "commander";
import { readTranscript } from "../../../keys/ceremony/transcript.ts";
import { type CircuitOptions, findConstraints, withCircuitOptions } from "./circuit-option.ts";
import { reportKey } from "./report-key.ts";

interface VerifyOptions extends CircuitOptions {
  readonly key: string;
  readonly ptau: string;
  readonly transcript: string;
}

/** `lockstep keys verify`: for whoever is to trust a finished key. */
export function verifyCommand(): Command {
  return withCircuitOptions(new Command("verify"))
    .description("check a finished key against its circuit, powers of tau and transcript")
    .requiredOption("--key <file>", "the .zkey file")
    .requiredOption("--ptau <file>", "the powers of tau it was made from")
    .requiredOption("--transcript <file>", "what was published of the ceremony")
    .action(runVerify);
}

async function runVerify({ key, ptau, transcript: path, ...circuit }: VerifyOptions): Promise<void> {
  const transcript = await readTranscript(path);
  const { name, r1cs } = await findConstraints(circuit);
  // The name of a bare file of constraints says nothing about whose they are; their hash does.
  const named = circuit.circuit === undefined ? {} : { circuit: name };
  await reportKey({ key, ptau, r1cs, transcript, ...named });
}
