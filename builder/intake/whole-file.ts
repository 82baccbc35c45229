import { renameSync, writeFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";

/*
 * Node's own functions, for write-file-atomic and atomically take a write that was cut short for success:
 * on a disk that is almost full they put half a file in the place of a whole one.
 */

/**
 * Writes a file that is complete or absent, whenever the process dies: beside its name, flushed, then
 * renamed. What was there stays if the write fails.
 */
export async function writeWholeFile(file: string, text: string): Promise<void> {
  const partial = partialName(file);
  await writeFile(partial, text, { flush: true });
  await rename(partial, file);
}

/** The same, synchronously. */
export function writeWholeFileSync(file: string, text: string): void {
  const partial = partialName(file);
  writeFileSync(partial, text, { flush: true });
  renameSync(partial, file);
}

function partialName(file: string): string {
  return `${file}.new`;
}
