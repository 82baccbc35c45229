/**
 * Times of the development set-up and of verification, for synthetic circuits. CPU seconds count all threads:
 * they are what to compare on a busy machine. The hash is that of the key: every machine has to print the
 * same. Usage: node scripts/bench/keys.ts [power of two …]
 *        node scripts/bench/keys.ts verify <folder> [--compare] [power of two …]
 * The folder keeps the files of a rehearsed ceremony. With --compare snarkjs makes the initial key and
 * verifies as well: at 2^17 rows that takes half an hour.
 */
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createDevelopmentKey } from "../../builder/proving/keys/development.ts";
import { syntheticR1cs } from "./keys/synthetic-r1cs.ts";
import { type Cost, rehearse, timeContribution, timeSnarkjs, timeVerification } from "./keys/verification.ts";

const DEFAULT_POWERS = [14, 16, 18];
const DEFAULT_VERIFIED_POWERS = [16, 17];
/** Rows that the public signals take: with them the domain is filled, and not exceeded. */
const PUBLIC_ROWS = 4;

const [mode, folder, ...rest] = process.argv.slice(2);
console.log(`${availableParallelism()} processors`);
if (mode === "verify") await benchVerification(folder, rest);
else await benchSetUp(process.argv.slice(2).map(Number));

async function benchSetUp(given: readonly number[]): Promise<void> {
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
}

async function benchVerification(place: string | undefined, options: readonly string[]): Promise<void> {
  if (place === undefined) throw new Error("usage: keys.ts verify <folder> [--compare] [power of two …]");
  const given = options.filter((option) => option !== "--compare").map(Number);
  console.log("rows                                                 wall s    CPU s");
  for (const power of given.length > 0 ? given : DEFAULT_VERIFIED_POWERS) {
    const row = (what: string, { wallSeconds, cpuSeconds }: Cost): void => {
      const times = [wallSeconds, cpuSeconds].map((seconds) => seconds.toFixed(1).padStart(8)).join(" ");
      console.log(`2^${power} ${what.padEnd(46)} ${times}`);
    };
    const files = await rehearse(place, power, 2 ** power - PUBLIC_ROWS);
    const verification = await timeVerification(files);
    row("full verification", verification);
    const next = join(place, `${power}-next.zkey`);
    await rm(next, { force: true });
    row("contribution with full verification", await timeContribution(files, next));
    await rm(next, { force: true });
    if (!options.includes("--compare")) continue;
    const { initial, verify } = await timeSnarkjs(files);
    row("snarkjs: the initial key again", initial);
    row("snarkjs: verification", verify);
    const before = initial.cpuSeconds + verify.cpuSeconds;
    console.log(`2^${power} CPU before / after: ${(before / verification.cpuSeconds).toFixed(1)}`);
  }
}
