import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Artefacts } from "../../../builder/proving/circuits/artefacts.ts";
import { domainPower } from "../../../builder/proving/keys/arithmetisation.ts";
import { exportKey } from "../../../builder/proving/keys/ceremony/export.ts";
import { applyBeacon, contribute, makeInitialKey } from "../../../builder/proving/keys/ceremony/steps.ts";
import { readConstraintSystem } from "../../../builder/proving/keys/r1cs.ts";
import { BEACON, type CeremonyFiles, sourcesOf } from "./ceremony-files.ts";
import { preparedPowersOfTau, TEST_SECRETS } from "./prepared-powers-of-tau.ts";
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
  const file = (name: string): string => join(folder, name);
  const files: CeremonyFiles = {
    r1cs,
    ptau: file("powers.ptau"),
    initial: file("0000.zkey"),
    first: file("0001.zkey"),
    second: file("0002.zkey"),
    final: file("final.zkey"),
    keys: file("keys"),
    transcript: join(folder, "keys", circuit, "transcript.json"),
  };
  const { ptau, initial, first, second, final, keys } = files;
  const power = domainPower(readConstraintSystem(await readFile(r1cs)));
  await writeFile(ptau, await preparedPowersOfTau(TEST_SECRETS, power));
  const sources = { ...sourcesOf(files), committed };
  await makeInitialKey({ r1cs, ptau, committed, to: initial, unknownPtau: true });
  await contribute({ from: initial, to: first, name: "Alice", received: sources });
  await contribute({ from: first, to: second, name: "Bob Größe", text: "dice: 4 6 1", received: sources });
  await applyBeacon({ from: second, to: final, name: "block 1", ...BEACON });
  await exportKey({ circuit, key: final, folder: keys, ...sources });
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
