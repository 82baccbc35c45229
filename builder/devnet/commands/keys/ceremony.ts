import { Command, InvalidArgumentError } from "commander";
import pc from "picocolors";
import { exportKey } from "../../../keys/ceremony/export.ts";
import { applyBeacon, BEACON_EXPONENTS, contribute, makeInitialKey } from "../../../keys/ceremony/steps.ts";
import type { KeyHistory } from "../../../keys/contributions.ts";
import { step } from "../../progress.mjs";
import { type CircuitOptions, findConstraints, withCircuitOptions } from "./circuit-option.ts";
import { reportKey } from "./report-key.ts";
import { showHistory } from "./show-history.ts";

const DEFAULT_EXPONENT = 20;
const INITIAL = "the key that init made, if you ran it yourself: it is not computed again then";

interface KeyOptions extends CircuitOptions {
  readonly key: string;
  readonly ptau: string;
  readonly initial?: string;
}

interface StepOptions {
  readonly from: string;
  readonly to: string;
  readonly name: string;
}

/** `lockstep keys ceremony`: each step reads a file, writes another, and leaves everything else alone. */
export function ceremonyCommand(): Command {
  const ceremony = new Command("ceremony").description(
    "make keys that nobody can forge proofs for, with others",
  );
  const { least, most } = BEACON_EXPONENTS;

  withCircuitOptions(ceremony.command("init"))
    .description("the first key of a circuit, before contributions")
    .requiredOption("--ptau <file>", "powers of tau over bn128, prepared for phase 2")
    .requiredOption("--to <file>", "the key to be written")
    .action(init);

  withStepOptions(ceremony.command("contribute"))
    .description("add a secret that is forgotten at once; the ceremony is safe if one contributor is honest")
    .option("--text <text>", "mixed into the operating system's random bytes")
    .action(runContribute);

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
    .action(runBeacon);

  withCircuitOptions(ceremony.command("verify"))
    .description("check a key between two steps: contributors do so before they contribute")
    .requiredOption("--key <file>", "the key so far")
    .requiredOption("--ptau <file>", "the powers of tau that init was given")
    .option("--initial <file>", INITIAL)
    .action(verifyUnderWay);

  withCircuitOptions(ceremony.command("export"))
    .description("verify the finished key, and write what is used and published of it")
    .requiredOption("--key <file>", "the key with its beacon")
    .requiredOption("--ptau <file>", "the powers of tau that init was given")
    .option("--initial <file>", INITIAL)
    .requiredOption("--to <folder>", "folder of ceremony keys; this circuit's go below it")
    .action(runExport);
  return ceremony;
}

function withStepOptions(command: Command): Command {
  return command
    .requiredOption("--from <file>", "the key of the step before")
    .requiredOption("--to <file>", "the key to be written")
    .requiredOption("--name <name>", "who does this, for everybody to read");
}

async function init(options: CircuitOptions & { readonly ptau: string; readonly to: string }): Promise<void> {
  const { name, r1cs } = await findConstraints(options);
  const { ptau, to } = options;
  const history = await step(`initial key of ${name}`, (report) =>
    makeInitialKey({ r1cs, ptau, to, report }),
  );
  showHistory(history);
  console.log(pc.yellow(`${to} is without contributions: anybody can forge its proofs.`));
}

async function runContribute(options: StepOptions & { readonly text?: string }): Promise<void> {
  const history = await step("contribution", (report) => contribute({ ...options, report }));
  showHistory(history);
  console.log(`\nPublish this hash as yours, and look for it in the transcript:\n  ${lastHash(history)}`);
  console.log(`Pass on ${options.to}.`);
}

async function runBeacon(
  options: StepOptions & { readonly value: string; readonly iterationsExponent: number },
): Promise<void> {
  showHistory(await step("beacon", (report) => applyBeacon({ ...options, report })));
}

async function verifyUnderWay({ circuit, r1cs, ...key }: KeyOptions): Promise<void> {
  const constraints = await findConstraints({ circuit, r1cs });
  await reportKey({ ...key, r1cs: constraints.r1cs, underWay: true });
}

async function runExport({
  circuit,
  r1cs,
  to: folder,
  ...key
}: KeyOptions & { readonly to: string }): Promise<void> {
  const { name, r1cs: path } = await findConstraints({ circuit, r1cs });
  const facts = await step(`verifying and exporting the key of ${name}`, (report) =>
    exportKey({ ...key, circuit: name, r1cs: path, folder, report }),
  );
  showHistory(facts.history);
  console.log(`verification key   ${facts.hash}`);
  if (facts.isDevelopment)
    console.log(
      pc.red("INSECURE: made from the development set-up's powers of tau, whose secrets are public."),
    );
}

function lastHash({ contributions }: KeyHistory): string {
  return contributions.at(-1)?.hash ?? "";
}

function parseExponent(text: string): number {
  if (!/^\d{1,2}$/.test(text)) throw new InvalidArgumentError("a number is expected");
  return Number(text);
}
