/** A prover worker for tests, in a process of its own: `node worker.ts <redis url> <behaviour>`. */
import type { Prover, ProverResult } from "../../../builder/proving/prover.ts";
import { createLocalProver } from "../../../builder/proving/local-prover.ts";
import { ProverWorker } from "../../../builder/proving/redis/prover-worker.ts";
import { testArtefacts } from "../keys/setting.ts";
import { isBehaviour, type Behaviour } from "./behaviours.ts";

const [url = "", behaviour = ""] = process.argv.slice(2);
if (!isBehaviour(behaviour)) throw new RangeError(`no behaviour ${behaviour}`);

/** What a worker of this behaviour does with a job, before it answers. */
const answers: Readonly<Record<Behaviour, (result: ProverResult) => ProverResult | Promise<ProverResult>>> = {
  honest: (result) => result,
  lying: (result) => ({ ...result, proof: { ...result.proof, a: result.proof.c } }),
  dying: (result) => {
    process.kill(process.pid, "SIGKILL");
    return result;
  },
  hanging: () => new Promise<never>(() => undefined),
};

const artefacts = [await testArtefacts("bits")];
const local = await createLocalProver({ artefacts, threads: 1, backend: "snarkjs" });
const prover: Prover = {
  prove: async (job, options) => await answers[behaviour](await local.prove(job, options)),
  commit: (job, options) => local.commit(job, options),
  proveCommitted: (job, options) => local.proveCommitted(job, options),
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
