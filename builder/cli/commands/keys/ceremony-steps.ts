import pc from "picocolors";
import { InvalidConfigurationError } from "../../../node/errors.ts";
import { step } from "../../../node/progress.mjs";
import { exportKey } from "../../../proving/keys/ceremony/export.ts";
import { commitmentPath, readCommitmentParts } from "../../../proving/keys/ceremony/split.ts";
import { applyBeacon, contribute, makeInitialKey, UNVERIFIED } from "../../../proving/keys/ceremony/steps.ts";
import type { KeySources } from "../../../proving/keys/ceremony/verify.ts";
import { type KeyHistory, readHistory } from "../../../proving/keys/contributions.ts";
import type { CircuitOptions, PowersOptions } from "./circuit-option.ts";
import { findConstraints } from "./find-constraints.ts";
import { reportKey, showOrigin } from "./report-key.ts";
import { showHistory } from "./show-history.ts";

export interface KeyOptions extends CircuitOptions, PowersOptions {
  readonly key: string;
  readonly ptau: string;
  readonly initial?: string;
}

export interface ContributeOptions extends StepOptions, CircuitOptions, PowersOptions {
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

export interface InitOptions extends CircuitOptions, PowersOptions {
  readonly ptau: string;
  readonly to: string;
}

export interface BeaconOptions extends StepOptions {
  readonly value: string;
  readonly iterationsExponent: number;
}

export interface ExportOptions extends KeyOptions {
  readonly to: string;
}

export async function makeInitial({ circuit, r1cs, committed, ...options }: InitOptions): Promise<void> {
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

export async function runContribute({
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

export async function runBeacon(options: BeaconOptions): Promise<void> {
  showHistory(await step("beacon", (report) => applyBeacon({ ...options, report })));
}

export async function verifyUnderWay({
  circuit,
  r1cs: file,
  committed: count,
  ...key
}: KeyOptions): Promise<void> {
  const { r1cs, committed } = await findConstraints({ circuit, r1cs: file, committed: count });
  await reportKey({ ...key, r1cs, committed, underWay: true });
}

export async function runExport({
  circuit,
  r1cs: file,
  committed: count,
  to: folder,
  ...key
}: ExportOptions): Promise<void> {
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
