import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** Stands among what has been built, and goes when the next build begins. */
const FILE = "failure.json";

const failure = z.object({ entry: z.string(), reason: z.string(), at: z.number() });
/** Of one build. `entry` is the folder that it was to make, `at` a time in milliseconds. */
export type BuildFailure = z.infer<typeof failure>;

/** Where nothing can be written, the next command tries the build again. @param folder of all builds of a worker. */
export async function rememberFailure(folder: string, failed: BuildFailure): Promise<void> {
  await writeFile(join(folder, FILE), JSON.stringify(failed)).catch(() => undefined);
}

/** How the last build failed, if it did, was to make this entry, and is not `age` milliseconds old. */
export async function recentFailure(
  folder: string,
  entry: string,
  age: number,
): Promise<BuildFailure | undefined> {
  const text = await readFile(join(folder, FILE), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const failed = failure.parse(JSON.parse(text));
    const since = Date.now() - failed.at;
    return failed.entry === entry && since >= 0 && since < age ? failed : undefined;
  } catch {
    // Half written by a killed build, or by another version: as if there were none.
    return undefined;
  }
}
