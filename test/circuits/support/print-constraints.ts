/** Prints the constraint counts of all parts and instances: the content of `circuits/constraints.json`. */
import { compileTemplate, loadInstance } from "./compile.ts";
import { COUNTED_PARTS, partName } from "./counted.ts";

const counts: Record<string, number> = {};
for (const part of COUNTED_PARTS) {
  const { constraints } = await compileTemplate(part.file, part.template, part.params);
  counts[partName(part)] = constraints.count;
}
for (const name of ["ledger1", "ledger2"]) counts[name] = (await loadInstance(name)).constraints.count;
process.stdout.write(`${JSON.stringify(counts, undefined, 2)}\n`);
