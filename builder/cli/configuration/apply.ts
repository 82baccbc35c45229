import type { Command } from "commander";
import type { ConfigurationFile } from "./file.ts";

/** Commands by the section of the file that is theirs. */
const SECTIONS = {
  start: "start",
  node: "node",
  deploy: "deploy",
  builder: "builder",
  "prover-worker": "proverWorker",
  provers: "provers",
  status: "status",
  trace: "trace",
} as const;

function isConfigured(name: string): name is keyof typeof SECTIONS {
  return Object.hasOwn(SECTIONS, name);
}

/** True for commands that have options in configuration files. */
export function takesConfiguration(command: Command): boolean {
  return isConfigured(command.name());
}

/**
 * Sets a command's options to what the file says: in the command's own section, or for all commands.
 * What the command line says stays.
 */
export function applyConfiguration(command: Command, { values }: ConfigurationFile): void {
  const name = command.name();
  if (!isConfigured(name)) return;
  const isGiven = (key: string): boolean => command.getOptionValueSource(key) === "cli";
  const own: readonly (readonly [string, unknown])[] = Object.entries(values[SECTIONS[name]] ?? {});
  const given = new Map<string, unknown>([
    ...Object.entries(values),
    ...own.filter(([, value]) => value !== undefined),
  ]);
  for (const option of command.options) {
    const key = option.attributeName();
    const value = given.get(key);
    if (value === undefined || isGiven(key)) continue;
    // The file's block is one of the file's chain.
    if (key === "block" && isGiven("fork")) continue;
    command.setOptionValueWithSource(key, value, "config");
  }
}
