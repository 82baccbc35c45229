import { Command, InvalidArgumentError } from "commander";
import { BEACON_EXPONENTS } from "../../../proving/keys/ceremony/beacon-exponents.ts";
import type {
  BeaconOptions,
  ContributeOptions,
  ExportOptions,
  InitOptions,
  KeyOptions,
} from "./ceremony-steps.ts";
import { withCircuitOptions, withPowersOptions } from "./circuit-option.ts";

const DEFAULT_EXPONENT = 20;
const INITIAL = "the key that init made, from whomever: without it, it is computed, which takes many minutes";

/** What the steps do: loaded when one is taken. */
const actions = () => import("./ceremony-steps.ts");

/** `lockstep keys ceremony`: each step reads a file, writes another, and leaves everything else alone. */
export function ceremonyCommand(): Command {
  const ceremony = new Command("ceremony").description(
    "make keys that nobody can forge proofs for, with others",
  );
  const { least, most } = BEACON_EXPONENTS;

  withPowersOptions(withCircuitOptions(ceremony.command("init")))
    .description("the first key of a circuit, before contributions")
    .requiredOption("--ptau <file>", "powers of tau over bn128, prepared for phase 2")
    .requiredOption("--to <file>", "the key to be written")
    .action(async (options: InitOptions) => {
      await (await actions()).makeInitial(options);
    });

  withPowersOptions(withCircuitOptions(withStepOptions(ceremony.command("contribute"))))
    .description(
      "verify what came, then add a secret that is forgotten at once; the ceremony is safe if one contributor is honest",
    )
    .option("--ptau <file>", "the powers of tau that init was given")
    .option("--initial <file>", INITIAL)
    .option("--text <text>", "mixed into the operating system's random bytes")
    .option(
      "--skip-verification",
      "in place of a circuit and powers of tau: contribute to a key of which nobody knows where it comes from",
    )
    .action(async (options: ContributeOptions) => {
      await (await actions()).runContribute(options);
    });

  withStepOptions(ceremony.command("beacon"))
    .description("end the ceremony with public randomness")
    .requiredOption(
      "--value <hex>",
      "the randomness, for example the hash of a block that was announced before",
    )
    .option(
      "--iterations-exponent <n>",
      `the value is hashed 2^n times, n from ${least} to ${most}`,
      parseExponent,
      DEFAULT_EXPONENT,
    )
    .action(async (options: BeaconOptions) => {
      await (await actions()).runBeacon(options);
    });

  withPowersOptions(withCircuitOptions(ceremony.command("verify")))
    .description("check a key between two steps")
    .requiredOption("--key <file>", "the key so far")
    .requiredOption("--ptau <file>", "the powers of tau that init was given")
    .option("--initial <file>", INITIAL)
    .action(async (options: KeyOptions) => {
      await (await actions()).verifyUnderWay(options);
    });

  withPowersOptions(withCircuitOptions(ceremony.command("export")))
    .description("verify the finished key, and write what is used and published of it")
    .requiredOption("--key <file>", "the key with its beacon")
    .requiredOption("--ptau <file>", "the powers of tau that init was given")
    .option("--initial <file>", INITIAL)
    .requiredOption("--to <folder>", "folder of ceremony keys; this circuit's go below it")
    .action(async (options: ExportOptions) => {
      await (await actions()).runExport(options);
    });
  return ceremony;
}

function withStepOptions(command: Command): Command {
  return command
    .requiredOption("--from <file>", "the key of the step before")
    .requiredOption("--to <file>", "the key to be written")
    .requiredOption("--name <name>", "who does this, for everybody to read");
}

function parseExponent(text: string): number {
  if (!/^\d{1,2}$/.test(text)) throw new InvalidArgumentError("a number is expected");
  return Number(text);
}
