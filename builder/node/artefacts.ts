import pc from "picocolors";
import type { ArtefactProgress } from "../proving/circuits/load.ts";
import type { Circuit, Circuits } from "./circuits.ts";
import { IS_INSTALLED } from "../places/places.ts";
import { compileContracts } from "./deployment/compile.ts";
import { type Report, step } from "./progress.mjs";
import { type KnownKind, ROLLUP_KINDS } from "./kinds/index.ts";

/** Which keys, and where they come from. */
export interface KeyOptions {
  /** Folder of ceremony keys; development keys are made without it. */
  readonly keys?: string | undefined;
  /** For whose circuits; by default all that there are. */
  readonly kinds?: Iterable<KnownKind>;
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
export function prepareCircuits(options: KeyOptions = {}): Promise<Circuits> {
  const title = options.keys === undefined ? "circuits and development keys" : "circuits and their keys";
  return step(title, (report) => makeCircuits(report, options));
}

async function makeCircuits(
  report: Report,
  { keys, kinds = ROLLUP_KINDS.values() }: KeyOptions,
): Promise<Circuits> {
  const names = [...kinds].filter(({ kind }) => kind.isProven).flatMap(({ kind }) => kind.circuits);
  // What makes circuits and keys takes long to load.
  if (names.length === 0) return new Map();
  const [{ buildNativeProvers }, { readTau }, { loadArtefacts }, { readVerificationKey }] = await Promise.all(
    [
      import("./native-provers.ts"),
      import("../proving/bus/code-powers.ts"),
      import("../proving/circuits/load.ts"),
      import("../proving/load-circuit.ts"),
    ],
  );
  const progress = new Map<string, ArtefactProgress>();
  const onProgress = (news: ArtefactProgress): void => {
    progress.set(news.instance, news);
    report([...progress.values()].map(describe).join(", "));
  };
  // In the repository scripts/bootstrap.mjs does it, before the command begins.
  if (IS_INSTALLED) for (const line of await buildNativeProvers({})) console.error(pc.yellow(`  ${line}`));
  const artefacts = [...(await loadArtefacts([...new Set(names)], { keys, onProgress }))];
  const circuits = artefacts.map(async ([name, files]) => {
    const codePowers = files.commitment?.codePowers;
    const circuit: Circuit = {
      artefacts: files,
      verificationKey: await readVerificationKey(files),
      ...(codePowers === undefined ? {} : { tau: await readTau(codePowers) }),
    };
    return [name, circuit] as const;
  });
  return new Map(await Promise.all(circuits));
}

function describe({ instance, step: current, fraction }: ArtefactProgress): string {
  return `${instance} ${current}${fraction === undefined ? "" : ` ${Math.floor(fraction * 100)} %`}`;
}
