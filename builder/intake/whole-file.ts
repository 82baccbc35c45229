import { open, rename } from "node:fs/promises";

/**
 * Writes a file that is complete or absent, whenever the process dies: beside its name, flushed, then
 * renamed.
 */
export async function writeWholeFile(file: string, text: string): Promise<void> {
  const handle = await open(`${file}.new`, "w");
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}
