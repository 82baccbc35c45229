import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { CACHE_FOLDER } from "../places/places.ts";

/**
 * SHA-256 of the WebAssembly that circomlibjs makes of its Poseidon: what is kept is used if it is this, and
 * nothing else, whatever stands in the file.
 */
const HASH = "75f1722456f06b5e8d7de0d3432f8705a0a35e9a7f988a4d911628f67fdc85ed";

/**
 * The WebAssembly of circomlib's Poseidon: from this machine's cache, else as circomlibjs makes it, which
 * takes half a second of each process (it has the whole curve in it).
 * @param folder where it is kept.
 */
export async function poseidonCode(folder = CACHE_FOLDER): Promise<Uint8Array> {
  const file = path.join(folder, `poseidon-${HASH.slice(0, 16)}.wasm`);
  const kept = await readFile(file).catch(() => undefined);
  if (kept !== undefined && hashOf(kept) === HASH) return kept;
  const { buildPoseidon } = await import("circomlibjs");
  const { code } = (await buildPoseidon()).F.tm;
  if (hashOf(code) === HASH) await keep(file, code);
  return code;
}

/** A folder that cannot be written to costs time, and is no reason to fail. */
async function keep(file: string, code: Uint8Array): Promise<void> {
  const partial = `${file}.${randomUUID()}`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(partial, code);
    await rename(partial, file);
  } catch {
    await rm(partial, { force: true }).catch(() => undefined);
  }
}

function hashOf(code: Uint8Array): string {
  return createHash("sha256").update(code).digest("hex");
}
