import { Command } from "commander";
import { withCircuitOptions, withPowersOptions } from "./circuit-option.ts";
import type { VerifyOptions } from "./verify-key.ts";

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
    .action(async (options: VerifyOptions) => {
      const { verifyFinishedKey } = await import("./verify-key.ts");
      await verifyFinishedKey(options);
    });
}
