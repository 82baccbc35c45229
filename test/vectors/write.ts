/**
 * Writes the shared test vectors anew: `node test/vectors/write.ts`. A change of theirs is a change of the
 * protocol.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { allVectors, vectorText } from "./vectors.ts";

for (const [file, vectors] of Object.entries(await allVectors()))
  await writeFile(join(import.meta.dirname, file), vectorText(vectors));
