/**
 * `npm run pack`: packages that npm can install, in `.lockstep/packages/`. Each is put together in a folder
 * below `.lockstep/staging/` first.
 */
import { execFile } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { compileContracts } from "../builder/node/deployment/compile.ts";
import { step } from "../builder/node/progress.mjs";
import { DATA_FOLDER, PROJECT_ROOT } from "../builder/places/places.ts";
import { stageLibrary } from "./pack/library.ts";
import { stageProgram } from "./pack/program.ts";

const execute = promisify(execFile);
const packages = path.join(DATA_FOLDER, "packages");
const staging = path.join(DATA_FOLDER, "staging");

await step("compiling contracts", compileContracts);
await step("putting packages together", async () => {
  for (const folder of [packages, staging]) await rm(folder, { recursive: true, force: true });
  await mkdir(packages, { recursive: true });
  await stageProgram(PROJECT_ROOT, path.join(staging, "lockstep"));
  for (const [folder, name] of [
    ["client", "lockstep-client"],
    ["hardhat", "hardhat-lockstep"],
  ] as const)
    stageLibrary(PROJECT_ROOT, path.join(PROJECT_ROOT, "packages", folder), path.join(staging, name));
});
await step("packing", async () => {
  for (const name of ["lockstep", "lockstep-client", "hardhat-lockstep"]) {
    const given = ["pack", "--ignore-scripts", "--pack-destination", packages];
    const { stdout } = await execute("npm", given, { cwd: path.join(staging, name) });
    console.log(path.relative(PROJECT_ROOT, path.join(packages, stdout.trim().split("\n").at(-1) ?? "")));
  }
});
