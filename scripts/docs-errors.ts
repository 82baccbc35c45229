/** `npm run docs:errors`: writes what docs/ says of errors. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { errorDocs } from "./docs/errors.ts";

const root = path.resolve(import.meta.dirname, "..");
for (const { file, text } of await errorDocs(root)) {
  writeFileSync(path.join(root, file), text);
  console.log(file);
}
