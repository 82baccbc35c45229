import { readFile } from "node:fs/promises";
import type { Artefacts } from "../artefacts/artefacts.ts";
import { type ArtefactProgress, loadArtefacts } from "../artefacts/load.ts";
import { fromSnarkjs, type VerificationKey } from "../keys/verification-key.ts";
import { compileContracts } from "./compile.ts";
import { type Report, step } from "./progress.mjs";
import { ROLLUP_KINDS } from "./rollup-kinds.ts";
import { snarkjsVerificationKey } from "./verification-key-file.ts";

/** A circuit instance with its development key. */
export interface Circuit {
  readonly artefacts: Artefacts;
  readonly verificationKey: VerificationKey;
}

/** Compiled circuits by instance name. */
export type Circuits = ReadonlyMap<string, Circuit>;

/**
 * Everything a devnet and the tests are made from: compiled contracts, compiled circuits, development keys. Takes
 * minutes the first time and next to nothing after that; shows progress.
 */
export async function prepareArtefacts(): Promise<Circuits> {
  // The Solidity compiler runs in a process of its own and circom in worker threads: together they use both cores.
  const [, circuits] = await Promise.all([step("compiling contracts", compileContracts), prepareCircuits()]);
  return circuits;
}

/** Circuits and keys alone: all that a builder needs on an L1 that has the contracts. */
export function prepareCircuits(): Promise<Circuits> {
  return step("circuits and development keys", makeCircuits);
}

async function makeCircuits(report: Report): Promise<Circuits> {
  const progress = new Map<string, ArtefactProgress>();
  const proven = [...ROLLUP_KINDS.values()].filter(({ kind }) => kind.isProven);
  const names = proven.flatMap(({ kind }) => kind.circuits);
  const artefacts = await loadArtefacts(names, {
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
