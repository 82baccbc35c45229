import { Command, InvalidArgumentError } from "commander";
import pc from "picocolors";
import { BEACON_EXPONENTS } from "../../../proving/keys/ceremony/check-steps.ts";
import { exportKey } from "../../../proving/keys/ceremony/export.ts";
import { applyBeacon, contribute, makeInitialKey, UNVERIFIED } from "../../../proving/keys/ceremony/steps.ts";
import { commitmentPath, readCommitmentParts } from "../../../proving/keys/ceremony/split.ts";
import { type KeyHistory, readHistory } from "../../../proving/keys/contributions.ts";
import type { KeySources } from "../../../proving/keys/ceremony/verify.ts";
import { InvalidConfigurationError } from "../../../node/errors.ts";
import { step } from "../../../node/progress.mjs";
import {
  type CircuitOptions,
  findConstraints,
  type PowersOptions,
  withCircuitOptions,
  withPowersOptions,
} from "./circuit-option.ts";
import { reportKey, showOrigin } from "./report-key.ts";
import { showHistory } from "./show-history.ts";

const DEFAULT_EXPONENT = 20;
const INITIAL = "the key that init made, from whomever: without it, it is computed, which takes many minutes";

interface KeyOptions extends CircuitOptions, PowersOptions {
  readonly key: string;
  readonly ptau: string;
  readonly initial?: string;
}

interface ContributeOptions extends StepOptions, CircuitOptions, PowersOptions {
  readonly text?: string;
  readonly ptau?: string;
  readonly initial?: string;
  readonly skipVerification?: boolean;
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

  withPowersOptions(withCircuitOptions(ceremony.command("init")))
    .description("the first key of a circuit, before contributions")
    .requiredOption("--ptau <file>", "powers of tau over bn128, prepared for phase 2")
    .requiredOption("--to <file>", "the key to be written")
    .action(init);

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

  withPowersOptions(withCircuitOptions(ceremony.command("verify")))
    .description("check a key between two steps")
    .requiredOption("--key <file>", "the key so far")
    .requiredOption("--ptau <file>", "the powers of tau that init was given")
    .option("--initial <file>", INITIAL)
    .action(verifyUnderWay);

  withPowersOptions(withCircuitOptions(ceremony.command("export")))
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

async function init({
  circuit,
  r1cs,
  committed,
  ...options
}: CircuitOptions & PowersOptions & { readonly ptau: string; readonly to: string }): Promise<void> {
  const { name, ...constraints } = await findConstraints({ circuit, r1cs, committed });
  const { to } = options;
  const history = await step(`initial key of ${name}`, (report) =>
    makeInitialKey({ ...options, ...constraints, report }),
  );
  showHistory(history);
  showCommitmentKey(to, constraints);
  console.log(pc.yellow(`${to} is without contributions: anybody can forge its proofs.`));
}

/** Names the second file of a key with committed wires: it goes wherever the first goes. */
function showCommitmentKey(zkey: string, { committed }: { readonly committed: number }): void {
  if (committed > 0)
    console.log(`${commitmentPath(zkey)} belongs to it: the commitment key, for ${committed} wires.`);
}

async function runContribute({
  circuit,
  r1cs,
  committed,
  ptau,
  initial,
  unknownPtau,
  rehearsal,
  skipVerification,
  ...options
}: ContributeOptions): Promise<void> {
  const received =
    skipVerification === true
      ? UNVERIFIED
      : await sourcesOf({ circuit, r1cs, committed }, ptau, { initial, unknownPtau, rehearsal });
  if (received === UNVERIFIED) warnOfUnverified();
  const history = await step("contribution", (report) => contribute({ ...options, received, report }));
  showHistory(history);
  if (received === UNVERIFIED) warnOfUnverified();
  const hasCommitment = received !== UNVERIFIED && received.committed > 0;
  const hashes = hasCommitment
    ? `these hashes as yours, and look for them in the transcript:\n  ${lastHash(history)}\n  ${await commitmentStepHash(options.to)}`
    : `this hash as yours, and look for it in the transcript:\n  ${lastHash(history)}`;
  console.log(`\nPublish ${hashes}`);
  console.log(`Pass on ${options.to}${hasCommitment ? ` and ${commitmentPath(options.to)}` : ""}.`);
}

/** @throws `INVALID_CONFIGURATION` when nothing is named that the received key could be held against. */
async function sourcesOf(
  circuit: CircuitOptions,
  ptau: string | undefined,
  others: Omit<KeySources, "r1cs" | "ptau">,
): Promise<KeySources & { readonly committed: number }> {
  if (ptau === undefined)
    throw new InvalidConfigurationError([
      "what came is verified before anything is added to it: name --ptau and either --circuit or --r1cs (or say --skip-verification)",
    ]);
  const { r1cs, committed } = await findConstraints(circuit);
  return { r1cs, committed, ptau, ...others };
}

/** Of the step of η that was made last; it takes in that of δ, and the files that both were given. */
async function commitmentStepHash(zkey: string): Promise<string> {
  const { steps } = await readCommitmentParts(commitmentPath(zkey));
  return readHistory(steps).contributions.at(-1)?.hash ?? "";
}

function warnOfUnverified(): void {
  console.log(
    pc.red(
      "NOT VERIFIED: nobody has checked here where the received key comes from. Say so where you publish your hash.",
    ),
  );
}

async function runBeacon(
  options: StepOptions & { readonly value: string; readonly iterationsExponent: number },
): Promise<void> {
  showHistory(await step("beacon", (report) => applyBeacon({ ...options, report })));
}

async function verifyUnderWay({ circuit, r1cs: file, committed: count, ...key }: KeyOptions): Promise<void> {
  const { r1cs, committed } = await findConstraints({ circuit, r1cs: file, committed: count });
  await reportKey({ ...key, r1cs, committed, underWay: true });
}

async function runExport({
  circuit,
  r1cs: file,
  committed: count,
  to: folder,
  ...key
}: KeyOptions & { readonly to: string }): Promise<void> {
  const { name, r1cs, committed } = await findConstraints({ circuit, r1cs: file, committed: count });
  const facts = await step(`verifying and exporting the key of ${name}`, (report) =>
    exportKey({ ...key, circuit: name, r1cs, committed, folder, report }),
  );
  showHistory(facts.history);
  console.log(`verification key   ${facts.hash}`);
  showOrigin(facts);
}

function lastHash({ contributions }: KeyHistory): string {
  return contributions.at(-1)?.hash ?? "";
}

function parseExponent(text: string): number {
  if (!/^\d{1,2}$/.test(text)) throw new InvalidArgumentError("a number is expected");
  return Number(text);
}
