/**
 * One step of `measure.ts`, in a process of its own: one that hangs, runs out of memory or takes its driver
 * down costs the run this step alone. What it measures it sends, each thing when it is known.
 */
import { availableParallelism } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { fieldElement } from "../../builder/protocol/ids.ts";
import type { Backend } from "../../builder/proving/backends/backend.ts";
import { chooseBackend, openReady } from "../../builder/proving/local-prover.ts";
import { compileCurve } from "../../builder/proving/keys/curve-module.ts";
import { ProverPool } from "../../builder/proving/pool/pool.ts";
import type { Groth16Proof } from "../../builder/proving/prover.ts";
import { ProofVerifier } from "../../builder/proving/threads/proof-verifier.ts";
import { childrenOf, peakMebibytesOf } from "../bench/prove/usage.ts";
import { artefactsOf, makeKey, verificationKeyOf, witnessOf } from "./circuits.ts";
import { gpuMebibytes } from "./machine.ts";
import { type Step, stepSchema } from "./plan.ts";
import type { MeasuredRecord } from "./records.ts";

const MEBIBYTE = 2 ** 20;
/** Tries to have each backend prove a circuit before anything is timed. */
const WARM_UPS = 5;
const THREADS = availableParallelism();

// It does not outlive what started it, and the worker ends with its input.
process.once("disconnect", () => process.exit());

await run(stepSchema.parse(JSON.parse(process.argv[2] ?? "")));
process.disconnect();
process.exit();

async function run(step: Step): Promise<void> {
  switch (step.do) {
    case "key": {
      const { bytes, ...made } = await makeKey(step.circuit);
      await tell({ kind: "key", circuit: step.circuit, mebibytes: bytes / MEBIBYTE, ...made });
      return;
    }
    case "prove":
      await prove(step);
      return;
    case "batch":
      await batch(step);
      return;
  }
}

async function prove({ backend: name, circuit, proofs }: Extract<Step, { do: "prove" }>): Promise<void> {
  const artefacts = await artefactsOf(circuit);
  const witness = await witnessOf(artefacts);
  const verifier = await ProofVerifier.create(await compileCurve(), await verificationKeyOf(artefacts));
  const kind = await chooseBackend(name);
  const opened = performance.now();
  const backend = await openReady(kind, { circuits: [artefacts], threads: THREADS });
  const readyMilliseconds = performance.now() - opened;
  try {
    for (let number = 0; number <= proofs; number++) {
      const start = performance.now();
      const made = await backend.prove(
        // Input and commitment are for backends elsewhere.
        { circuit, witness: async () => witness, input: {}, commitment: fieldElement(0n) },
        new AbortController().signal,
      );
      const milliseconds = performance.now() - start;
      const { proof, publicSignals, proveMilliseconds } = made;
      const gpu = await gpuMebibytes();
      await tell({
        kind: "proof",
        ...{ backend: name, circuit, number, milliseconds, proveMilliseconds, readyMilliseconds },
        isValid: verifier.verify(publicSignals, proof),
        peakMebibytes: peakMebibytesOf(process.pid),
        ...(gpu === undefined ? {} : { gpuMebibytes: gpu }),
        proof: inSnarkjsForm(proof),
        publicSignals: publicSignals.map(String),
      });
    }
  } finally {
    await backend.close();
  }
}

async function batch({
  backends: names,
  visits,
  losesDevice,
}: Extract<Step, { do: "batch" }>): Promise<void> {
  // A ledger and all that it stands on, which other steps do not wait for.
  const { batchJobs } = await import("../bench/batch/visits.ts");
  const { jobs } = await batchJobs(visits);
  const circuits = await Promise.all([...new Set(jobs.map(({ circuit }) => circuit))].map(artefactsOf));
  const backends: Backend[] = [];
  for (const name of names)
    backends.push(await openReady(await chooseBackend(name), { circuits, threads: THREADS }));
  const pool = await ProverPool.open({ circuits, backends });
  try {
    // Each backend has the keys, and the pool knows its speed with each circuit.
    for (const { instance } of circuits) {
      const job = jobs.find(({ circuit }) => circuit === instance);
      const warm = new Set<string>();
      for (let round = 0; job !== undefined && round < WARM_UPS && warm.size < names.length; round++) {
        const made = await Promise.all(names.map(() => pool.prove(job)));
        for (const { backend } of made) warm.add(backend);
      }
    }
    const start = performance.now();
    const proofs: Record<string, number> = {};
    const made = jobs.map(async (job) => {
      const { backend } = await pool.prove(job);
      proofs[backend] = (proofs[backend] ?? 0) + 1;
    });
    if (losesDevice) await loseDevices(proofs, visits);
    await Promise.all(made);
    const seconds = (performance.now() - start) / 1_000;
    await tell({ kind: "batch", backends: names, visits, seconds, proofs, isDeviceLost: losesDevice });
  } finally {
    await pool.close();
  }
}

/** Kills the devices' processes once a quarter of the batch is proven. */
async function loseDevices(proofs: Readonly<Record<string, number>>, visits: number): Promise<void> {
  const done = (): number => Object.values(proofs).reduce((sum, count) => sum + count, 0);
  while (done() < visits / 4) await delay(5);
  for (const { pid, name } of childrenOf(process.pid)) if (name === "snarkrs") process.kill(pid, "SIGKILL");
}

function inSnarkjsForm({ a, b: [[x1, x0], [y1, y0]], c }: Groth16Proof): object {
  const text = (...values: readonly bigint[]): string[] => values.map(String);
  return {
    pi_a: text(...a, 1n),
    pi_b: [text(x0, x1), text(y0, y1), text(1n, 0n)],
    pi_c: text(...c, 1n),
    protocol: "groth16",
    curve: "bn128",
  };
}

/** Resolves when it is on its way: a process that ends would lose it. */
async function tell(record: MeasuredRecord): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    if (process.send === undefined) throw new TypeError("measure.ts starts this");
    process.send(record, undefined, undefined, (error) => (error === null ? resolve() : reject(error)));
  });
}
