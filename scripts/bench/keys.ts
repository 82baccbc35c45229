/**
 * Times of key set-up and of proving for a synthetic circuit of some 60,000 constraints.
 * Usage: node scripts/bench/keys.ts [jobs]
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { buildPoseidon } from "circomlibjs";
import { loadArtefacts } from "../../builder/artefacts/load.ts";
import { createDevelopmentKey } from "../../builder/keys/development.ts";
import { createLocalProver } from "../../builder/proof/local-prover.ts";
import { fieldElement } from "../../builder/protocol/ids.ts";

const CIRCUIT = "long_chain";
const LINKS = 250;
const circuits = fileURLToPath(new URL("../../test/keys/circuits", import.meta.url));
const jobs = Number(process.argv[2] ?? 3);

function report(what: string, milliseconds: number): void {
  console.log(`${what.padEnd(34)} ${(milliseconds / 1000).toFixed(2).padStart(8)} s`);
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  report(what, performance.now() - start);
  return result;
}

const artefacts = (
  await timed("compile and make key, or find them", () => loadArtefacts([CIRCUIT], { circuits }))
).get(CIRCUIT);
if (artefacts === undefined) throw new Error(`no artefacts of ${CIRCUIT}`);
const r1cs = await readFile(artefacts.r1cs);
const key = await timed(`key for ${artefacts.constraints} constraints`, () => createDevelopmentKey(r1cs));
if (Buffer.compare(key, await readFile(artefacts.zkey)) !== 0)
  throw new Error("The key is not the cached one");

const poseidon = await buildPoseidon();
let end = 5n;
for (let link = 0; link < LINKS; link++) end = poseidon.F.toObject(poseidon([end, 7n]));
const job = {
  circuit: CIRCUIT,
  input: { challenge: 7n, evaluation: 35n, secret: 5n },
  commitment: fieldElement(end),
};
const prover = await timed("start prover", () => createLocalProver({ artefacts: [artefacts] }));
try {
  await timed("first proof", () => prover.prove(job));
  const results = await timed(`${jobs} proofs`, () =>
    Promise.all(Array.from({ length: jobs }, () => prover.prove(job))),
  );
  for (const { witnessMilliseconds, proveMilliseconds } of results) {
    report("  witness", witnessMilliseconds);
    report("  proof and its verification", proveMilliseconds);
  }
} finally {
  await prover.close();
}
