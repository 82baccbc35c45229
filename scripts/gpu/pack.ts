/**
 * `npm run gpu:pack`: what `measure.ts` needs on a machine that has Python and a GPU, but neither Node nor a
 * network, in one archive: `.lockstep/gpu/pack.tar.xz`. Unpacked in a checkout's root there, the repository's
 * own code runs. Keys are made there, since they do not compress.
 */
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { step } from "../../builder/node/progress.mjs";
import { CACHE_FOLDER, DATA_FOLDER, PROJECT_ROOT } from "../../builder/places/places.ts";
import { gnarkWorker } from "../../builder/proving/backends/gnark/worker.ts";
import { buildWorker } from "../../builder/proving/backends/native/build.ts";
import { snarkrsWorker } from "../../builder/proving/backends/snarkrs/worker.ts";
import { ARTEFACT_FILES, MANIFEST_FILE } from "../../builder/proving/circuits/artefacts.ts";
import { loadArtefacts } from "../../builder/proving/circuits/load.ts";
import { compiledKernels, copyLoaders } from "./pack/kernels.ts";
import { filesByPath, modulesOf, PLATFORM } from "./pack/modules.ts";
import { excess, LIMIT_MEBIBYTES, treeMebibytes } from "./pack/size.ts";

const run = promisify(execFile);
const CARRIED = path.join(DATA_FOLDER, "gpu");
const ARCHIVE = path.join(CARRIED, "pack.tar.xz");
/** What is worth keeping between packs, and the folder that is packed. */
const WORK = path.join(DATA_FOLDER, "gpu-pack");
const STAGE = path.join(WORK, "stage");
const PROGRAMS = ["scripts/gpu/measure.ts", "scripts/gpu/step.ts"];
const CIRCUITS = ["ledger1", "ledger2"];
const MEBIBYTE = 2 ** 20;

if (`${process.platform}-${process.arch}` !== PLATFORM)
  throw new Error(
    `what is packed here runs on ${process.platform}-${process.arch}, the machine is ${PLATFORM}`,
  );

rmSync(STAGE, { recursive: true, force: true });
const sizes: string[] = [];

await step("workers", async (onStep) => {
  const environment = { ...process.env, LOCKSTEP_GPU: "any" };
  for (const worker of [gnarkWorker, snarkrsWorker]) {
    const program = await buildWorker(worker, { environment, onStep });
    stage(program);
    if (worker !== snarkrsWorker) continue;
    onStep("compiling CUDA's kernels");
    try {
      for (const file of await compiledKernels(program, WORK))
        stageAs(file, path.join(CACHE_FOLDER, "gpu-cache", "nvrtc", path.basename(file)));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      sizes.push(`CUDA's kernels are compiled there, which takes minutes of the ten: ${reason}`);
    }
  }
});
await step("circuits", async () => {
  for (const artefacts of (await loadArtefacts(CIRCUITS)).values()) {
    const { r1cs, wasm, symbols, verificationKey } = ARTEFACT_FILES;
    for (const name of [r1cs, wasm, symbols, verificationKey, MANIFEST_FILE])
      stage(path.join(artefacts.folder, name));
  }
});
await step("modules, Node and loaders", async () => {
  for (const file of [...(await modulesOf(PROJECT_ROOT, PROGRAMS)), ...filesByPath(PROJECT_ROOT)])
    stage(path.join(PROJECT_ROOT, file));
  stageAs(process.execPath, path.join(CARRIED, "node"));
  const missing = copyLoaders(path.join(STAGE, path.relative(PROJECT_ROOT, CARRIED), "lib"));
  if (missing.length > 0) sizes.push(`not on this system, so not carried: ${missing.join(", ")}`);
});
await step("compressing", async () => {
  mkdirSync(CARRIED, { recursive: true });
  // Whole or not there: one that was cut off would be found out on the lent machine.
  const unfinished = path.join(WORK, "pack.tar.xz");
  const environment = { ...process.env, XZ_OPT: process.env.XZ_OPT ?? "-6" };
  await run(
    "tar",
    ["--create", "--xz", "--file", unfinished, "--directory", STAGE, "--owner=0", "--group=0", "."],
    {
      env: environment,
    },
  );
  renameSync(unfinished, ARCHIVE);
  rmSync(STAGE, { recursive: true });
});

const [tree, carried] = [await treeMebibytes(PROJECT_ROOT), statSync(ARCHIVE).size / MEBIBYTE];
for (const line of sizes) console.log(line);
console.log(
  `${path.relative(PROJECT_ROOT, ARCHIVE)}: ${carried.toFixed(1)} MiB, beside ${tree.toFixed(1)} MiB of the tree; ${LIMIT_MEBIBYTES} travel`,
);
const tooMuch = excess(tree, carried);
if (tooMuch !== undefined) throw new Error(tooMuch);
console.log("On a machine with a GPU, in the root of this checkout, with .lockstep/gpu carried there:");
console.log(
  '  python3 -m tarfile -e .lockstep/gpu/pack.tar.xz . && .lockstep/gpu/node scripts/gpu/measure.ts --out "$OUT"',
);

/** Puts a file of this checkout, or of its cache, into the archive under its own path. */
function stage(file: string): void {
  stageAs(file, file);
}

/** @param place where it is to lie, below the root. */
function stageAs(file: string, place: string): void {
  const name = path.relative(PROJECT_ROOT, place);
  if (name.startsWith(".."))
    throw new Error(`${place} is outside of this checkout: LOCKSTEP_HOME must not be set`);
  const target = path.join(STAGE, name);
  mkdirSync(path.dirname(target), { recursive: true });
  copyFileSync(file, target);
}
