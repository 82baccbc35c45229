import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { CIRCOM_OPTIONS } from "../../../builder/artefacts/build.ts";
import compileCircuit from "../../../builder/artefacts/compile-worker.ts";
import { mainComponent } from "../../../builder/artefacts/main-component.ts";
import { collectSources, hashSources } from "../../../builder/artefacts/sources.ts";
import { loadArtefacts } from "../../../builder/artefacts/load.ts";
import { Circuit } from "./circuit.ts";

const PROJECT = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
export const CIRCUITS = join(PROJECT, "circuits");
const CACHE = join(PROJECT, ".lockstep/test-circuits");

/** A template as a circuit of its own, compiled as the instances are, and cached by content. */
export async function compileTemplate(
  file: string,
  template: string,
  params: readonly number[] = [],
): Promise<Circuit> {
  const library = dirname(dirname(createRequire(import.meta.url).resolve("circomlib/package.json")));
  const paths = { circuits: CIRCUITS, library };
  const sources = await collectSources(file, paths);
  const hash = createHash("sha256")
    .update(JSON.stringify([file, template, params, CIRCOM_OPTIONS]))
    .update(hashSources(sources, paths))
    .digest("hex")
    .slice(0, 16);
  const folder = join(CACHE, `${template}-${hash}`);
  try {
    return await open(folder);
  } catch {
    // Not made yet.
  }
  const output = join(CACHE, `tmp-${randomUUID()}`);
  await mkdir(output, { recursive: true });
  const path = resolve(CIRCUITS, file);
  const instance = { name: "main", file, template, params, public: [] };
  const main = join(output, "main.circom");
  await writeFile(main, mainComponent(instance, sources.get(path) ?? "", path));
  const result = await compileCircuit({ main, library, output, options: CIRCOM_OPTIONS });
  if (!result.succeeded) throw new Error(`${template} does not compile: ${result.output}`);
  // Another run may have been faster; then its folder stays.
  await rename(output, folder).catch(() => rm(output, { recursive: true }));
  return open(folder);
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

async function open(folder: string): Promise<Circuit> {
  const [wasm, r1cs, symbols] = await Promise.all([
    readFile(join(folder, "main_js/main.wasm")),
    readFile(join(folder, "main.r1cs")),
    readFile(join(folder, "main.sym"), "utf8"),
  ]);
  return Circuit.open(wasm, r1cs, symbols);
}
