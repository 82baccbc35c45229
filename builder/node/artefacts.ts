import { readFile } from "node:fs/promises";
import type { Artefacts } from "../proving/circuits/artefacts.ts";
import { type ArtefactProgress, loadArtefacts } from "../proving/circuits/load.ts";
import { fromSnarkjs, type VerificationKey } from "../proving/keys/verification-key.ts";
import type { Circuits } from "./circuits.ts";
import { compileContracts } from "./deployment/compile.ts";
import { type Report, step } from "./progress.mjs";
import { ROLLUP_KINDS } from "./kinds/index.ts";
import { snarkjsVerificationKey } from "./deployment/verification-key-file.ts";

/** Where keys come from. */
export interface KeyOptions {
  /** Folder of ceremony keys; development keys are made without it. */
  readonly keys?: string | undefined;
}

/**
 * Everything a devnet and the tests are made from: compiled contracts, compiled circuits, keys. Takes
 * minutes the first time and next to nothing after that; shows progress.
 */
export async function prepareArtefacts(options: KeyOptions = {}): Promise<Circuits> {
  // The Solidity compiler runs in a process of its own and circom in worker threads: together they use both
  // cores.
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
