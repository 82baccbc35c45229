import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { DATA_FOLDER } from "../../builder/places/places.ts";
import { ARTEFACT_FILES, type Artefacts } from "../../builder/proving/circuits/artefacts.ts";
import { loadArtefacts } from "../../builder/proving/circuits/load.ts";
import type { KeyFiles } from "../../builder/proving/keys/development.ts";
import { writeDevelopmentKey } from "../../builder/proving/keys/development.ts";
import { toSnarkjs, type VerificationKey } from "../../builder/proving/keys/verification-key.ts";
import { readVerificationKey } from "../../builder/proving/load-circuit.ts";
import { calculateWitness } from "../../builder/proving/threads/witness.ts";
import { jobOf } from "../bench/prove/circuit.ts";
import { chainConstraints, chainR1cs, chainWires, chainWitness } from "./chain.ts";

const LEDGERS = join(DATA_FOLDER, "artefacts");
/** Not in the folder that is carried: they have gigabytes. */
const CHAINS = join(DATA_FOLDER, "gpu-pack", "chains");

/** What a key took, and what it is. */
export interface MadeKey {
  readonly constraints: number;
  readonly seconds: number;
  readonly bytes: number;
  /** In snarkjs' form. */
  readonly verificationKey: unknown;
}

/** Makes the key of a circuit on this machine; keys are too large to be carried. */
export async function makeKey(circuit: string): Promise<MadeKey> {
  const start = performance.now();
  const power = powerOf(circuit);
  const key = power === undefined ? await makeLedgerKey(circuit) : await makeChainKey(circuit, power);
  const seconds = (performance.now() - start) / 1_000;
  const artefacts = await artefactsOf(circuit);
  const { size } = await stat(artefacts.zkey);
  return { constraints: artefacts.constraints, seconds, bytes: size, verificationKey: toSnarkjs(key) };
}

/** A key beside the compiled circuit that was carried here: the manifest has the hash of what it must be. */
async function makeLedgerKey(circuit: string): Promise<VerificationKey> {
  const name = (await readdir(LEDGERS)).find((each) => each.startsWith(`${circuit}-`));
  if (name === undefined) throw new RangeError(`${circuit} was not carried here`);
  const file = (of: keyof typeof ARTEFACT_FILES): string => join(LEDGERS, name, ARTEFACT_FILES[of]);
  const files = { zkey: file("zkey"), verificationKey: file("verificationKey") };
  // A checkout has it, and may be using it.
  if (existsSync(files.zkey)) return await verificationKeyOf(files);
  return await writeDevelopmentKey(await readFile(file("r1cs")), files, {});
}

async function makeChainKey(circuit: string, power: number): Promise<VerificationKey> {
  await mkdir(join(CHAINS, circuit), { recursive: true });
  return await writeDevelopmentKey(chainR1cs(power), chainFiles(circuit), {});
}

/** The circuit with the key that {@link makeKey} made. */
export async function artefactsOf(circuit: string): Promise<Artefacts> {
  const power = powerOf(circuit);
  if (power === undefined) {
    const artefacts = (await loadArtefacts([circuit])).get(circuit);
    if (artefacts === undefined) throw new RangeError(`no artefacts of ${circuit}`);
    return artefacts;
  }
  return {
    ...chainFiles(circuit),
    instance: circuit,
    folder: join(CHAINS, circuit),
    constraints: chainConstraints(power),
    wires: chainWires(power),
    publicSignals: ["commitment", "challenge", "evaluation"],
    // Not written: nothing of these that a backend on this machine reads.
    ...{ r1cs: "", wasm: "", symbols: "" },
  };
}

/** What verifies its proofs. */
export async function verificationKeyOf(
  files: Pick<Artefacts, "verificationKey" | "commitment">,
): Promise<VerificationKey> {
  const key = await readVerificationKey(files);
  if ("eta" in key) throw new RangeError(`${files.verificationKey} is of a circuit with committed wires`);
  return key;
}

/** Content of the `.wtns` file that is proven. */
export async function witnessOf(artefacts: Artefacts): Promise<Uint8Array<ArrayBuffer>> {
  const { instance } = artefacts;
  const power = powerOf(instance);
  if (power !== undefined) return chainWitness(power, jobOf(instance).input);
  const { standardJob } = await import("../../builder/kinds/ledger/standard-job.ts");
  const { circuit, input } = await standardJob();
  if (circuit !== instance) throw new RangeError(`the standard visit is of ${circuit}`);
  return await calculateWitness(await WebAssembly.compile(await readFile(artefacts.wasm)), input);
}

function chainFiles(circuit: string): KeyFiles {
  const folder = join(CHAINS, circuit);
  return {
    zkey: join(folder, ARTEFACT_FILES.zkey),
    verificationKey: join(folder, ARTEFACT_FILES.verificationKey),
  };
}

/** Of a circuit that fills a domain; none for a ledger's. */
export function powerOf(circuit: string): number | undefined {
  const [, digits] = /^chain(\d+)$/.exec(circuit) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
