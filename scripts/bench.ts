/** `npm run bench <name> [argument…]`: runs `scripts/bench/<name>.ts` with the arguments. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { stayAlive } from "../builder/node/stay-alive.ts";

const folder = path.join(import.meta.dirname, "bench");
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => path.basename(file, ".ts"));
const [name = "", ...given] = process.argv.slice(2);
if (names.includes(name)) {
  // A bench is also a script of its own: it finds its arguments where it would then.
  process.argv.splice(1, Infinity, path.join(folder, `${name}.ts`), ...given);
  using _alive = stayAlive();
  await import(path.join(folder, `${name}.ts`));
} else {
  console.error(`usage: npm run bench ${names.join("|")}`);
  process.exitCode = 2;
}
