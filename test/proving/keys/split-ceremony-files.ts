import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Artefacts } from "../../../builder/proving/circuits/artefacts.ts";
import { domainPower } from "../../../builder/proving/keys/arithmetisation.ts";
import { readConstraintSystem } from "../../../builder/proving/keys/r1cs.ts";
import { type CeremonyFiles, holdCeremony, sourcesOf } from "./ceremony-files.ts";
import { testArtefacts } from "./setting.ts";
import { endSnarkjs } from "./snarkjs-threads.ts";

/** A ceremony for a test circuit with committed wires. */
export interface SplitCeremony extends AsyncDisposable {
  readonly artefacts: Artefacts;
  /** How many wires the circuit commits to. */
  readonly committed: number;
  /** Where the files lie; each `.zkey` has its `.ckey` beside it. */
  readonly folder: string;
  readonly files: CeremonyFiles;
  /** What a key of the ceremony is held against. */
  readonly sources: ReturnType<typeof sourcesOf> & { readonly committed: number };
}

/** Alice and Bob contribute, then comes a beacon. */
export async function holdSplitCeremony(circuit: string): Promise<SplitCeremony> {
  const folder = await mkdtemp(join(tmpdir(), "lockstep-ceremony-"));
  const artefacts = await testArtefacts(circuit);
  const { r1cs, commitment } = artefacts;
  if (commitment === undefined) throw new RangeError(`${circuit} commits to nothing`);
  const committed = commitment.wires;
  const power = domainPower(readConstraintSystem(await readFile(r1cs)));
  const files = await holdCeremony(folder, { circuit, r1cs, power, committed });
  const sources = { ...sourcesOf(files), committed };
  return {
    artefacts,
    committed,
    folder,
    files,
    sources,
    async [Symbol.asyncDispose]() {
      await endSnarkjs();
      await rm(folder, { recursive: true });
    },
  };
}
