/**
 * One visit of a ledger proven by Lockstep's prover and by snarkjs, in turns, with the same key, witness and threads.
 * CPU seconds count all threads: they are what to compare on a busy machine.
 * Usage: node scripts/bench/prove.ts [rounds]
 */
import { buildBn128 } from "ffjavascript";
import * as snarkjs from "snarkjs";
import { loadArtefacts } from "../../builder/artefacts/load.ts";
import { readBinaryFile } from "../../builder/keys/binary-file.ts";
import { proveGroth16 } from "../../builder/proof/backends/snarkjs/groth16.ts";
import { loadCircuit, loadProvingKey } from "../../builder/proof/load-circuit.ts";
import { installMultiExponentiation } from "../../builder/proof/backends/snarkjs/multi-exponentiation.ts";
import { verifyProof } from "../../builder/proof/verify.ts";
import { calculateWitness } from "../../builder/proof/threads/witness.ts";
import { ask, jobOf, LedgerScene, ALICE, BOB, call } from "../../test/circuits/support/visits.ts";
import { L1 } from "../../builder/protocol/ids.ts";

const rounds = Number(process.argv[2] ?? 2);

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  const wall = (performance.now() - start) / 1000;
  console.log(
    `${what.padEnd(20)} ${wall.toFixed(2).padStart(6)} s, CPU ${((user + system) / 1e6).toFixed(2)} s`,
  );
  return result;
}

const scene = await LedgerScene.open();
await scene.fund(L1, ALICE, 1000n);
const job = await jobOf(await scene.visit(call(ask.transfer(L1, BOB, 5n))));
await scene.close();
const artefacts = (await timed("artefacts", () => loadArtefacts([job.circuit]))).get(job.circuit);
if (artefacts === undefined) throw new Error(`no artefacts of ${job.circuit}`);
const { wasm, verificationKey } = await timed("load", () => loadCircuit(artefacts));
const zkey = await loadProvingKey(artefacts);
const file = await timed("witness", () => calculateWitness(wasm, job.input));
const witness = readBinaryFile(file, "wtns", "witness").section(2);

const curve = await buildBn128(false);
const theirs = { G1: { ...curve.G1 }, G2: { ...curve.G2 } };
for (let round = 0; round < rounds; round++) {
  installMultiExponentiation(curve);
  const { proof, publicSignals } = await timed("Lockstep", () => proveGroth16(curve, zkey, witness));
  if (!verifyProof(verificationKey, publicSignals, proof)) throw new Error("the proof does not verify");
  await timed("snarkjs, our sums", () => snarkjs.groth16.prove(zkey, file));
  Object.assign(curve.G1, theirs.G1);
  Object.assign(curve.G2, theirs.G2);
  await timed("snarkjs", () => snarkjs.groth16.prove(zkey, file));
}
await curve.terminate();
