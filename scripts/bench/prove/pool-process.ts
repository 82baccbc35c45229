/**
 * One backend in a pool in a process of its own, so that its memory and CPU time can be told from others'.
 * Started by `pool-candidate.ts`.
 */
import { createLocalProver } from "../../../builder/proving/local-prover.ts";
import type { CircuitJob } from "../../../builder/proving/circuit-job.ts";
import type { Prover } from "../../../builder/proving/prover.ts";
import { jobOf } from "./circuit.ts";
import { request, type Took } from "./messages.ts";

let opened: { readonly prover: Prover; readonly job: CircuitJob } | undefined;

process.on("message", (message) => void answer(message));
process.once("disconnect", () => void close());

async function answer(message: unknown): Promise<void> {
  const asked = request.parse(message);
  if (asked.do === "open") {
    const { artefacts, backend } = asked;
    const prover = await createLocalProver({ artefacts: [artefacts], backend });
    opened = { prover, job: jobOf(artefacts.instance) };
    process.send?.("ready");
    return;
  }
  if (opened === undefined) throw new RangeError("nothing is opened");
  const start = performance.now();
  const { witnessMilliseconds, proveMilliseconds } = await opened.prover.prove(opened.job);
  const took: Took = {
    wall: performance.now() - start,
    witness: witnessMilliseconds,
    prove: proveMilliseconds,
  };
  process.send?.(took);
}

async function close(): Promise<void> {
  await opened?.prover.close();
  process.exit();
}
