import { Command } from "commander";
import { withCircuitOptions } from "./circuit-option.ts";
import type { DevelopmentOptions } from "./make-development-key.ts";

/** `lockstep keys dev`: the insecure key of any circuit in seconds, the same bytes on every machine. */
export function developmentCommand(): Command {
  return withCircuitOptions(new Command("dev"))
    .description("a circuit's development key: made in seconds, the same everywhere, and INSECURE")
    .requiredOption("--to <folder>", "new folder for the key and its verification key")
    .action(async (options: DevelopmentOptions) => {
      const { makeDevelopmentKey } = await import("./make-development-key.ts");
      await makeDevelopmentKey(options);
    });
}
