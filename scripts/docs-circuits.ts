/** `npm run docs:circuits`: writes what circuits/README.md says of tuples and rows. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { circuitDocs } from "./docs/circuits.ts";

const root = path.resolve(import.meta.dirname, "..");
const { file, text } = await circuitDocs(root);
writeFileSync(path.join(root, file), text);
console.log(file);
