import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";

/** Stands beside the entry that was to be made, and goes when the next build begins. */
const fileFor = (entry: string): string => join(dirname(entry), "failure.json");

const failure = z.object({ entry: z.string(), reason: z.string(), at: z.number() });
/** Of one build. `entry` is the folder that it was to make, `at` a time in milliseconds. */
type BuildFailure = z.infer<typeof failure>;

/** Where nothing can be written, the next command tries the build again. */
export async function rememberFailure(entry: string, reason: string): Promise<void> {
  const failed: BuildFailure = { entry, reason, at: Date.now() };
  await writeFile(fileFor(entry), JSON.stringify(failed)).catch(() => undefined);
}

/** How the last build failed, if it did, was to make this entry, and is not `age` milliseconds old. */
export async function recentFailure(entry: string, age: number): Promise<BuildFailure | undefined> {
  const text = await readFile(fileFor(entry), "utf8").catch(() => undefined);
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
