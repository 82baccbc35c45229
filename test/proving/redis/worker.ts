/**
 * A prover worker for tests, in a process of its own: `node worker.ts <redis url> <behaviour> <circuit>`. It
 * behaves so in the second of two steps, and is honest in the first.
 */
import type { CommittedResult, Prover, ProverResult } from "../../../builder/proving/prover.ts";
import { createLocalProver } from "../../../builder/proving/local-prover.ts";
import { ProverWorker } from "../../../builder/proving/redis/prover-worker.ts";
import { testArtefacts } from "../keys/setting.ts";
import { isBehaviour } from "./behaviours.ts";

const [url = "", behaviour = "", circuit = ""] = process.argv.slice(2);
if (!isBehaviour(behaviour)) throw new RangeError(`no behaviour ${behaviour}`);

/** What it does with a result before it answers. */
async function answer<Result extends ProverResult | CommittedResult>(result: Result): Promise<Result> {
  switch (behaviour) {
    case "lying":
      return { ...result, proof: { ...result.proof, a: result.proof.c } };
    case "dying":
      process.kill(process.pid, "SIGKILL");
      return result;
    case "hanging":
      return await new Promise<never>(() => undefined);
    default:
      return result;
  }
}

const artefacts = [await testArtefacts(circuit)];
const local = await createLocalProver({ artefacts, threads: 1, backend: "snarkjs" });
const prover: Prover = {
  prove: async (job, options) => await answer(await local.prove(job, options)),
  commit: (job, options) => local.commit(job, options),
  proveCommitted: async (job, options) => await answer(await local.proveCommitted(job, options)),
  close: () => local.close(),
};
const worker = await ProverWorker.start({
  url,
  prover,
  slots: 1,
  circuits: artefacts,
  listener: (event) => process.send?.(event),
});
process.send?.({ id: worker.id });
process.once("disconnect", () => process.exit());
