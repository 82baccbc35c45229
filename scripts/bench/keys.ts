/**
 * Times of the development set-up for synthetic circuits. CPU seconds count all threads: they are what to compare on a
 * busy machine. The hash is that of the key: every machine has to print the same.
 * Usage: node scripts/bench/keys.ts [power of two …]
 */
import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { createDevelopmentKey } from "../../builder/keys/development.ts";
import { syntheticR1cs } from "./keys/synthetic-r1cs.ts";

const DEFAULT_POWERS = [14, 16, 18];
/** Rows that the public signals take: with them the domain is filled, and not exceeded. */
const PUBLIC_ROWS = 4;

const given = process.argv.slice(2).map(Number);
console.log(`${availableParallelism()} processors`);
console.log("constraints   wall s    CPU s   key MB   sha256 of the key");
for (const power of given.length > 0 ? given : DEFAULT_POWERS) {
  const constraints = 2 ** power - PUBLIC_ROWS;
  const r1cs = syntheticR1cs(constraints);
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const key = await createDevelopmentKey(r1cs);
  const { user, system } = process.cpuUsage(cpu);
  const row = [
    `${constraints}`.padStart(11),
    ((performance.now() - start) / 1_000).toFixed(1).padStart(8),
    ((user + system) / 1e6).toFixed(1).padStart(8),
    (key.length / 1e6).toFixed(0).padStart(8),
  ];
  console.log(`${row.join(" ")}   ${createHash("sha256").update(key).digest("hex").slice(0, 16)}`);
}
