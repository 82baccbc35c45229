import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Artefacts } from "../../../builder/proving/circuits/artefacts.ts";
import { CEREMONY_FILES, exportKey } from "../../../builder/proving/keys/ceremony/export.ts";
import { applyBeacon, contribute, makeInitialKey } from "../../../builder/proving/keys/ceremony/steps.ts";
import type { KeySources } from "../../../builder/proving/keys/ceremony/verify.ts";
import { preparedPowersOfTau, TEST_SECRETS } from "./prepared-powers-of-tau.ts";
import { testArtefacts } from "./setting.ts";
import { endSnarkjs } from "./snarkjs-threads.ts";

/** 2^4 rows: what `bits` needs. */
export const POWER = 4;
export const BEACON = { value: "0102030405060708090a0b0c0d0e0f10", iterationsExponent: 10 } as const;

/** Paths of what a ceremony wrote, in the order in which it did. */
export interface CeremonyFiles {
  readonly r1cs: string;
  readonly ptau: string;
  readonly initial: string;
  readonly first: string;
  readonly second: string;
  readonly final: string;
  /** Folder of exported keys. */
  readonly keys: string;
  readonly transcript: string;
}

/** What a ceremony is held for. */
interface Occasion {
  readonly circuit: string;
  readonly r1cs: string;
  /** Its powers of tau have 2^power rows. */
  readonly power: number;
  /** How many wires the circuit commits to. */
  readonly committed?: number;
}

/** A ceremony from its start to its end: Alice and Bob contribute, then comes a beacon. */
export async function holdCeremony(
  folder: string,
  { circuit, r1cs, power, ...split }: Occasion,
): Promise<CeremonyFiles> {
  await mkdir(folder, { recursive: true });
  const file = (name: string): string => join(folder, name);
  const files: CeremonyFiles = {
    r1cs,
    ptau: file("powers.ptau"),
    initial: file("0000.zkey"),
    first: file("0001.zkey"),
    second: file("0002.zkey"),
    final: file("final.zkey"),
    keys: file("keys"),
    transcript: join(folder, "keys", circuit, CEREMONY_FILES.transcript),
  };
  const { ptau, initial, first, second, final, keys } = files;
  await writeFile(ptau, await preparedPowersOfTau(TEST_SECRETS, power));
  await makeInitialKey({ r1cs, ptau, to: initial, unknownPtau: true, ...split });
  const received = { ...sourcesOf(files), ...split };
  await contribute({ from: initial, to: first, name: "Alice", received });
  await contribute({ from: first, to: second, name: "Bob Größe", text: "dice: 4 6 1", received });
  await applyBeacon({ from: second, to: final, name: "block 1", ...BEACON });
  await exportKey({ circuit, key: final, folder: keys, ...received });
  return files;
}

/** What a key of the ceremony is held against. Its powers of tau are unpublished. */
export function sourcesOf({
  r1cs,
  ptau,
  initial,
}: CeremonyFiles): Required<Omit<KeySources, "rehearsal" | "committed">> {
  return { r1cs, ptau, initial, unknownPtau: true };
}

/** A ceremony that was held for the test circuit `bits`. */
export interface BitsCeremony extends AsyncDisposable {
  readonly bits: Artefacts;
  readonly files: CeremonyFiles;
}

/** For a suite of tests to begin with and to dispose of at its end, snarkjs' threads included. */
export async function holdBitsCeremony(): Promise<BitsCeremony> {
  const folder = await mkdtemp(join(tmpdir(), "lockstep-ceremony-"));
  const bits = await testArtefacts("bits");
  const files = await holdCeremony(folder, { circuit: "bits", r1cs: bits.r1cs, power: POWER });
  return {
    bits,
    files,
    async [Symbol.asyncDispose]() {
      await endSnarkjs();
      await rm(folder, { recursive: true });
    },
  };
}
