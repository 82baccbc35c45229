/**
 * `npm run gpu:verify <folder>`: verifies with snarkjs, on this machine, the proofs that `measure.ts` brought
 * back, and shows its table. Of the keys of chains, which are development keys, α, β, γ and δ are known here;
 * with `-- --keys` they are made once more, which takes minutes for 2^20 constraints.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { step } from "../../builder/node/progress.mjs";
import type { VerificationKey } from "../../builder/proving/keys/verification-key.ts";
import { verdictsOn } from "./check.ts";
import { artefactsOf, makeKey, powerOf, verificationKeyOf } from "./circuits.ts";
import { readRecords } from "./records.ts";
import { tableOf } from "./table.ts";

const { values, positionals } = parseArgs({
  options: { keys: { type: "boolean", default: false } },
  allowPositionals: true,
});
const [folder] = positionals;
if (folder === undefined) throw new TypeError("usage: npm run gpu:verify <folder> [-- --keys]");

const records = readRecords(readFileSync(path.join(folder, "results.jsonl"), "utf8"));
const development = await verificationKeyOf(await artefactsOf("ledger1"));
const { verified, wrong } = await step("verifying", () => verdictsOn(records, development, keyHere));
console.log(tableOf(records));
for (const line of wrong) console.log(line);
console.log(`${verified} proofs verify under snarkjs, ${wrong.length} things are wrong`);
// snarkjs' threads would keep the process.
process.exit(wrong.length === 0 && verified > 0 ? 0 : 1);

async function keyHere(circuit: string): Promise<VerificationKey | undefined> {
  const artefacts = await artefactsOf(circuit);
  if (powerOf(circuit) === undefined) return await verificationKeyOf(artefacts);
  if (!existsSync(artefacts.verificationKey)) {
    if (!values.keys) return undefined;
    await makeKey(circuit);
  }
  return await verificationKeyOf(artefacts);
}
