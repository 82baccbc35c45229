import { readFile } from "node:fs/promises";
import type { Artefacts } from "../artefacts/artefacts.ts";
import { type ArtefactProgress, loadArtefacts } from "../artefacts/load.ts";
import { UNKNOWN_ORIGIN } from "../keys/ceremony/powers-of-tau.ts";
import { fromSnarkjs, isDevelopmentKey, type VerificationKey } from "../keys/verification-key.ts";
import { compileContracts } from "./compile.ts";
import { type Report, step } from "./progress.mjs";
import { ROLLUP_KINDS } from "./rollup-kinds.ts";
import { snarkjsVerificationKey } from "./verification-key-file.ts";

/** A circuit instance with its key. */
export interface Circuit {
  readonly artefacts: Artefacts;
  readonly verificationKey: VerificationKey;
}

/** Where keys come from. */
export interface KeyOptions {
  /** Folder of ceremony keys; development keys are made without it. */
  readonly keys?: string | undefined;
}

/** Compiled circuits by instance name. */
export type Circuits = ReadonlyMap<string, Circuit>;

/**
 * Everything a devnet and the tests are made from: compiled contracts, compiled circuits, keys. Takes
 * minutes the first time and next to nothing after that; shows progress.
 */
export async function prepareArtefacts(options: KeyOptions = {}): Promise<Circuits> {
  // The Solidity compiler runs in a process of its own and circom in worker threads: together they use both cores.
  const [, circuits] = await Promise.all([
    step("compiling contracts", compileContracts),
    prepareCircuits(options),
  ]);
  return circuits;
}

/** Circuits and keys alone: all that a builder needs on an L1 that has the contracts. */
export function prepareCircuits({ keys }: KeyOptions = {}): Promise<Circuits> {
  const title = keys === undefined ? "circuits and development keys" : "circuits and their keys";
  return step(title, (report) => makeCircuits(report, keys));
}

/** True when at least one key is a development key: anybody can forge its proofs. */
export function haveDevelopmentKeys(circuits: Circuits): boolean {
  return [...circuits.values()].some(({ verificationKey }) => isDevelopmentKey(verificationKey));
}

/** What a person is to know about the keys in use. */
export function keysWarning(circuits: Circuits): string {
  if (haveDevelopmentKeys(circuits))
    return "UNAUDITED. Development keys: anyone can forge their proofs. Never put real value here.";
  const isUnknown = [...circuits.values()].some(({ artefacts }) => artefacts.powersOfTau === UNKNOWN_ORIGIN);
  return isUnknown
    ? "UNAUDITED. The keys' powers of tau are of no known ceremony: whoever made them may be able to forge proofs. Never put real value here."
    : "UNAUDITED. The keys are a ceremony's. Never put real value here.";
}

async function makeCircuits(report: Report, keys: string | undefined): Promise<Circuits> {
  const progress = new Map<string, ArtefactProgress>();
  const proven = [...ROLLUP_KINDS.values()].filter(({ kind }) => kind.isProven);
  const names = proven.flatMap(({ kind }) => kind.circuits);
  const artefacts = await loadArtefacts(names, {
    keys,
    onProgress: (news) => {
      progress.set(news.instance, news);
      report([...progress.values()].map(describe).join(", "));
    },
  });
  const circuits = [...artefacts].map(
    async ([name, files]) => [name, { artefacts: files, verificationKey: await readKey(files) }] as const,
  );
  return new Map(await Promise.all(circuits));
}

function describe({ instance, step: current, fraction }: ArtefactProgress): string {
  return `${instance} ${current}${fraction === undefined ? "" : ` ${Math.floor(fraction * 100)} %`}`;
}

async function readKey(files: Artefacts): Promise<VerificationKey> {
  return fromSnarkjs(snarkjsVerificationKey.parse(JSON.parse(await readFile(files.verificationKey, "utf8"))));
}
