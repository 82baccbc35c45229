import { Command } from "commander";
import { ceremonyCommand } from "./ceremony.ts";
import { developmentCommand } from "./development.ts";
import { verifyCommand } from "./verify.ts";

/** `lockstep keys`: everything about the keys of circuits. */
export function keysCommand(): Command {
  return new Command("keys")
    .description("make and check the keys that proofs are made with")
    .addCommand(developmentCommand())
    .addCommand(ceremonyCommand())
    .addCommand(verifyCommand());
}
