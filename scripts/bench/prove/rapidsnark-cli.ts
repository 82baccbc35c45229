import { createHash } from "node:crypto";
import { access, mkdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { prepareCompiler } from "../../../builder/proving/backends/rapidsnark/worker.ts";
import { BENCH_CACHE } from "./circuit.ts";

const SOURCE = join(import.meta.dirname, "rapidsnark-cli.cpp");

/**
 * Path of rapidsnark's command line program, built first if that has not been done.
 * @throws {WorkerBuildError}
 */
export async function buildRapidsnarkCli(): Promise<string> {
  const folder = join(BENCH_CACHE, "rapidsnark-cli");
  const hash = createHash("sha256").update(await readFile(SOURCE));
  const program = join(folder, hash.digest("hex").slice(0, 16));
  const isThere = await access(program).then(
    () => true,
    () => false,
  );
  if (isThere) return program;
  await mkdir(folder, { recursive: true });
  const unfinished = `${program}.${process.pid}`;
  const compile = await prepareCompiler();
  await compile(SOURCE, unfinished);
  await rename(unfinished, program);
  return program;
}
