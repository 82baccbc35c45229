import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, readFile, rename } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { findTools, RapidsnarkBuildError } from "../../../builder/proof/backends/rapidsnark/build.ts";
import { BENCH_CACHE } from "./circuit.ts";

const SOURCE = resolve(import.meta.dirname, "../rapidsnark-cli.cpp");
/** Its go.mod and go.sum pin the library, so that program and pool have the same one. */
const WORKER = resolve(import.meta.dirname, "../../../builder/proof/backends/rapidsnark/worker");
const MODULE = "github.com/iden3/go-rapidsnark/prover";
/** As the worker is compiled. */
const OPTIONS = ["-std=c++17", "-O2", "-pthread"];
const LINKER_OPTIONS = process.platform === "linux" ? ["-Wl,-z,noexecstack"] : [];
/** Milliseconds. */
const TIMEOUT = 120_000;

const run = promisify(execFile);
const download = z.object({ Dir: z.string() });

/** Path of rapidsnark's command line program, built first if that has not been done. @throws {RapidsnarkBuildError} */
export async function buildRapidsnarkCli(): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([OPTIONS, LINKER_OPTIONS]));
  for (const path of [SOURCE, join(WORKER, "go.sum")]) hash.update(await readFile(path));
  const folder = join(BENCH_CACHE, "rapidsnark-cli");
  const program = join(folder, hash.digest("hex").slice(0, 16));
  const isThere = await access(program).then(
    () => true,
    () => false,
  );
  if (isThere) return program;
  await mkdir(folder, { recursive: true });
  const { go, compiler } = await findTools();
  try {
    const environment = { ...process.env, GOTOOLCHAIN: "local", GOWORK: "off", GO111MODULE: "on" };
    const { stdout } = await run(go, ["mod", "download", "-json", MODULE], {
      cwd: WORKER,
      env: environment,
      timeout: TIMEOUT,
    });
    const libraries = join(download.parse(JSON.parse(stdout)).Dir, "rapidsnark_vendor");
    const platform = `${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
    const archives = ["rapidsnark", "gmp"].map((name) => join(libraries, `lib${name}-${platform}.a`));
    const unfinished = `${program}.${process.pid}`;
    const output = ["-I", libraries, SOURCE, ...archives, ...LINKER_OPTIONS, "-o", unfinished];
    await run(compiler, [...OPTIONS, ...output], { timeout: TIMEOUT });
    await rename(unfinished, program);
  } catch (cause) {
    throw new RapidsnarkBuildError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
  return program;
}
