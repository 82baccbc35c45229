import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Piscina } from "piscina";
import {
  DEVELOPMENT_SETUP_VERSION,
  type KeyFiles,
  writeDevelopmentKey,
  writeSplitDevelopmentKey,
} from "../keys/development.ts";
import { readConstraintSystem } from "../keys/r1cs.ts";
import { ARTEFACT_FILES, type Artefacts, COMMITMENT_KEY_FILE } from "./artefacts.ts";
import { type CacheEntry, publishEntry, reuseKey, temporaryFolder } from "./cache.ts";
import type { CompileResult, CompileTask } from "./compile-worker.ts";
import { CircuitCompilationError } from "./errors.ts";
import type { CircuitInstance } from "./instances.ts";
import { movable } from "./sources.ts";
import { assertPublicSignals, countCommittedWires, mainComponent } from "./main-component.ts";

/** Options of every compilation; part of the hash of the artefacts. */
export const CIRCOM_OPTIONS = ["--O2", "--r1cs", "--wasm", "--sym"] as const;

/** Where the text of a circuit that is made of rows can be read. */
const CIRCUIT_TEXT = "circuit.circom";

/** What {@link buildArtefacts} works with. */
export interface BuildContext {
  readonly compiler: Piscina<CompileTask, CompileResult>;
  readonly library: string;
  /** Keys are made one at a time: each uses all processors. */
  readonly keyQueue: <T>(work: () => Promise<T>) => Promise<T>;
  readonly onStep: (step: "compile" | "key", fraction?: number) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Compiles an instance, makes its development key, unless there is one for the same constraints, and puts
 * both into the cache.
 * @param source the circuit's file,
 * @param path where it lies.
 * @throws `CIRCUIT_COMPILATION`, `CIRCUIT_DECLARATION`.
 */
export async function buildArtefacts(
  entry: CacheEntry,
  instance: CircuitInstance,
  source: string,
  path: string,
  context: BuildContext,
): Promise<Artefacts> {
  const folder = await temporaryFolder(entry.root);
  const file = (name: keyof typeof ARTEFACT_FILES): string => join(folder, ARTEFACT_FILES[name]);
  try {
    context.onStep("compile");
    const shown = join(folder, CIRCUIT_TEXT);
    if (instance.text !== undefined) await writeFile(shown, movable(instance.text, path));
    const main = mainComponent(instance, source, instance.text === undefined ? path : shown);
    await compile(folder, instance, main, context);
    const r1cs = await readFile(file("r1cs"));
    const { constraints, wires, publicSignals } = readConstraintSystem(r1cs, instance.name);
    const symbols = await readFile(file("symbols"), "utf8");
    assertPublicSignals(instance, symbols, publicSignals);
    const committed = countCommittedWires(instance, symbols, publicSignals);

    const setup = DEVELOPMENT_SETUP_VERSION;
    if (!(await reuseKey(entry, folder, { setup, committed }))) {
      const files = { zkey: file("zkey"), verificationKey: file("verificationKey") };
      await makeKey(files, join(folder, COMMITMENT_KEY_FILE), r1cs, committed, context);
    }
    return await publishEntry(entry, folder, {
      constraints,
      wires,
      publicSignals: [...instance.public],
      ...(committed === 0 ? {} : { committed }),
      setup,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function makeKey(
  files: KeyFiles,
  commitmentKey: string,
  r1cs: Uint8Array,
  committed: number,
  { keyQueue, onStep, signal }: BuildContext,
): Promise<void> {
  await keyQueue(() => {
    onStep("key", 0);
    const onProgress = (fraction: number): void => {
      onStep("key", fraction);
    };
    return committed === 0
      ? writeDevelopmentKey(r1cs, files, { onProgress, signal })
      : writeSplitDevelopmentKey(r1cs, committed, { ...files, commitmentKey }, { onProgress, signal });
  });
}

async function compile(
  folder: string,
  instance: CircuitInstance,
  main: string,
  context: BuildContext,
): Promise<void> {
  const output = join(folder, "circom");
  await mkdir(output);
  const mainFile = join(output, `${instance.name}.circom`);
  await writeFile(mainFile, main);
  const result = await context.compiler.run(
    { main: mainFile, library: context.library, output, options: CIRCOM_OPTIONS },
    { signal: context.signal ?? null },
  );
  if (!result.succeeded) throw new CircuitCompilationError(instance.name, result.output);
  const name = basename(mainFile, ".circom");
  await rename(join(output, `${name}.r1cs`), join(folder, ARTEFACT_FILES.r1cs));
  await rename(join(output, `${name}.sym`), join(folder, ARTEFACT_FILES.symbols));
  await rename(join(output, `${name}_js`, `${name}.wasm`), join(folder, ARTEFACT_FILES.wasm));
  await rm(output, { recursive: true });
}
