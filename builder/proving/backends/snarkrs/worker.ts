import { copyFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { WorkerBuildError } from "../build.ts";
import type { NativeWorker } from "../native/build.ts";
import { findTool, runTool } from "../native/tools.ts";
import { isAdapterPossible } from "./adapters.ts";

const SOURCES = join(import.meta.dirname, "worker");
/** What Cargo.toml says: 1.88. */
const LEAST_RUST = 88;
/** Exactly what Cargo.lock says, of which hashes are compared. */
const BUILD_OPTIONS = ["build", "--release", "--locked"];
const VERSION_TIMEOUT_MS = 10_000;
/** Milliseconds. Some 190 packages are fetched and compiled: about five minutes of one processor. */
const COMPILE_TIMEOUT_MS = 1_800_000;

/** Groth16 of the crates snarkrs on GPUs, in Rust. */
export const snarkrsWorker: NativeWorker = {
  name: "snarkrs",
  sources: SOURCES,
  settings: BUILD_OPTIONS,
  async prepare(options) {
    if (!(await isAdapterPossible(options.environment)))
      throw new WorkerBuildError(
        "this machine shows no GPU (no /dev/nvidia0, no /dev/dri); LOCKSTEP_GPU=any has it built all the same",
      );
    const cargo = await findTool(["cargo"], options);
    // Also what one that is too old, or none, says.
    const version =
      cargo === undefined
        ? ""
        : await runTool(cargo, ["--version"], SOURCES, VERSION_TIMEOUT_MS, options).catch(() => "");
    const minor = Number(/^cargo 1\.(\d+)/.exec(version)?.[1] ?? "0");
    if (cargo === undefined || minor < LEAST_RUST)
      throw new WorkerBuildError(`install Rust 1.${LEAST_RUST} or newer to have it built`);
    return async (output) => {
      options.onStep?.("compiling some 190 packages");
      const target = join(dirname(output), "target");
      await runTool(cargo, [...BUILD_OPTIONS, "--target-dir", target], SOURCES, COMPILE_TIMEOUT_MS, options);
      await copyFile(join(target, "release", "snarkrs"), output);
      // Some 500 MB.
      await rm(target, { recursive: true });
    };
  },
};
