import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Artefacts } from "../../../builder/proving/circuits/artefacts.ts";
import { loadArtefacts } from "../../../builder/proving/circuits/load.ts";

/** Small circuits made for these tests. */
export const TEST_CIRCUITS = fileURLToPath(new URL("./circuits", import.meta.url));

/** Artefacts of a test circuit, kept between runs as a user's are. */
export async function testArtefacts(name: string): Promise<Artefacts> {
  const artefacts = (await loadArtefacts([name], { circuits: TEST_CIRCUITS })).get(name);
  if (artefacts === undefined) throw new Error(`No artefacts of ${name}`);
  return artefacts;
}

/** Runs the test with a folder of its own. */
export async function inTemporaryFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "lockstep-test-"));
  try {
    await test(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The `code` of the error with which the promise is rejected. */
export async function failureCode(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error instanceof Error && "code" in error ? error.code : error;
  }
  return "no failure";
}
