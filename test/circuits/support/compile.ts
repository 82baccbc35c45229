import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { RowCircuit } from "../../../circuits/bus/circuit.ts";
import { emitCircuit } from "../../../circuits/bus/emit.ts";
import { CIRCOM_OPTIONS } from "../../../builder/proving/circuits/build.ts";
import compileCircuit from "../../../builder/proving/circuits/compile-worker.ts";
import { readInstances } from "../../../builder/proving/circuits/instances.ts";
import { mainComponent } from "../../../builder/proving/circuits/main-component.ts";
import { collectSources, hashSources, movable } from "../../../builder/proving/circuits/sources.ts";
import { loadArtefacts } from "../../../builder/proving/circuits/load.ts";
import { Circuit } from "./circuit.ts";
import { standIn, type StandInOptions, taggedInputs } from "./stand-in.ts";

const PROJECT = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
export const CIRCUITS = join(PROJECT, "circuits");
const CACHE = join(PROJECT, ".lockstep/test-circuits");
const LIBRARY = dirname(dirname(createRequire(import.meta.url).resolve("circomlib/package.json")));
/**
 * A system that the compiler did not simplify: every signal has its wire, and every constraint of the source
 * is there.
 */
const PLAIN_OPTIONS = ["--O0", "--r1cs", "--sym"] as const;

/** A constraint system as the compiler wrote it, with the names of its wires. */
export interface CompiledSystem {
  readonly r1cs: Uint8Array;
  readonly symbols: string;
}

/** A constraint system as it is deployed, and as it was before the compiler simplified it. */
export interface BothSystems {
  readonly plain: CompiledSystem;
  readonly simplified: CompiledSystem;
}

/** A template as a circuit of its own, compiled as the instances are, and cached by content. */
export async function compileTemplate(
  file: string,
  template: string,
  params: readonly number[] = [],
): Promise<Circuit> {
  return openCircuit(await compiled(file, template, params, [], CIRCOM_OPTIONS));
}

async function openCircuit(folder: string): Promise<Circuit> {
  return Circuit.open(
    await readFile(join(folder, "main_js/main.wasm")),
    await readFile(join(folder, "main.r1cs")),
    await readFile(join(folder, "main.sym"), "utf8"),
  );
}

/** A circuit of rows, compiled as the instances are, and cached by content. */
export async function compileRows(circuit: RowCircuit): Promise<Circuit> {
  const { text, template, public: signals } = emitCircuit(circuit);
  return openCircuit(await compiled(await writeRows(text), template, [], signals, CIRCOM_OPTIONS));
}

/** The constraint system of a circuit of rows, as {@link compileBoth}. */
export async function compileRowsBoth(circuit: RowCircuit): Promise<BothSystems> {
  const { text, template, public: signals } = emitCircuit(circuit);
  const file = await writeRows(text);
  return await both((options) => compiled(file, template, [], signals, options));
}

/** A file of the text of a circuit that is made of rows. */
async function writeRows(text: string): Promise<string> {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 16);
  const file = join(CACHE, `rows-${hash}.circom`);
  await mkdir(CACHE, { recursive: true });
  await writeFile(file, text);
  return file;
}

/** The template's constraint system as it is deployed, and as it was before the compiler simplified it. */
export async function compileBoth(
  file: string,
  template: string,
  params: readonly number[] = [],
): Promise<BothSystems> {
  return await both((options) => compiled(file, template, params, [], options));
}

async function both(compileWith: (options: readonly string[]) => Promise<string>): Promise<BothSystems> {
  const read = async (options: readonly string[]): Promise<CompiledSystem> =>
    readSystem(await compileWith(options));
  return { plain: await read(PLAIN_OPTIONS), simplified: await read(["--O2", "--r1cs", "--sym"]) };
}

/** What the compiler says to a caller that has not established what the template's tags ask for. */
export async function compilerErrors(
  file: string,
  template: string,
  params: readonly number[],
  options: StandInOptions,
): Promise<string> {
  const output = await temporaryFolder();
  try {
    const path = resolve(CIRCUITS, file);
    const main = join(output, "main.circom");
    await writeFile(main, standIn(template, params, await readFile(path, "utf8"), path, options));
    const result = await compileCircuit({ main, library: LIBRARY, output, options: ["--O1"] });
    return result.succeeded ? "" : result.output;
  } finally {
    await rm(output, { recursive: true });
  }
}

/** An instance of `circuits.json`, from the cache that proving uses. */
export async function loadInstance(name: string): Promise<Circuit> {
  const artefacts = (await loadArtefacts([name])).get(name);
  if (artefacts === undefined) throw new Error(`no artefacts of ${name}`);
  const [wasm, r1cs, symbols] = await Promise.all([
    readFile(artefacts.wasm),
    readFile(artefacts.r1cs),
    readFile(artefacts.symbols, "utf8"),
  ]);
  return Circuit.open(wasm, r1cs, symbols);
}

/**
 * The constraint system of an instance as it is deployed, and as it was before the compiler simplified it.
 */
export async function loadBoth(name: string): Promise<BothSystems> {
  const [instance] = await readInstances(CIRCUITS, [name]);
  const artefacts = (await loadArtefacts([name])).get(name);
  if (instance === undefined || artefacts === undefined) throw new Error(`no artefacts of ${name}`);
  const { template, params, text } = instance;
  const file =
    text === undefined ? instance.file : await writeRows(movable(text, resolve(CIRCUITS, instance.file)));
  return {
    plain: await readSystem(await compiled(file, template, params, instance.public, PLAIN_OPTIONS)),
    simplified: {
      r1cs: await readFile(artefacts.r1cs),
      symbols: await readFile(artefacts.symbols, "utf8"),
    },
  };
}

/** Folder of the compiled template. */
async function compiled(
  file: string,
  template: string,
  params: readonly number[],
  publicInputs: readonly string[],
  options: readonly string[],
): Promise<string> {
  const paths = { circuits: CIRCUITS, library: LIBRARY };
  const sources = await collectSources({ file }, paths);
  const path = resolve(CIRCUITS, file);
  const source = sources.get(path) ?? "";
  const instance = { name: "main", file, template, params, public: publicInputs };
  const main =
    taggedInputs(template, source).length === 0
      ? mainComponent(instance, source, path)
      : standIn(template, params, source, path);
  const hash = createHash("sha256")
    .update(JSON.stringify([main.replaceAll(PROJECT, ""), params, options]))
    .update(hashSources(sources, paths))
    .digest("hex")
    .slice(0, 16);
  const folder = join(CACHE, `${template}-${hash}`);
  try {
    await readFile(join(folder, "main.sym"));
    return folder;
  } catch {
    // Not made yet.
  }
  const output = await temporaryFolder();
  const mainFile = join(output, "main.circom");
  await writeFile(mainFile, main);
  const result = await compileCircuit({ main: mainFile, library: LIBRARY, output, options });
  if (!result.succeeded) throw new Error(`${template} does not compile: ${result.output}`);
  // Another run may have been faster; then its folder stays.
  await rename(output, folder).catch(() => rm(output, { recursive: true }));
  return folder;
}

async function temporaryFolder(): Promise<string> {
  const folder = join(CACHE, `tmp-${randomUUID()}`);
  await mkdir(folder, { recursive: true });
  return folder;
}

async function readSystem(folder: string): Promise<CompiledSystem> {
  const [r1cs, symbols] = await Promise.all([
    readFile(join(folder, "main.r1cs")),
    readFile(join(folder, "main.sym"), "utf8"),
  ]);
  return { r1cs, symbols };
}
