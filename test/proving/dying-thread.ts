import { readFileSync, writeFileSync } from "node:fs";
import perform, {
  type ProveAnswer,
  type ProveTask,
} from "../../builder/proving/backends/snarkjs/prove-thread.ts";
import { DEATHS_VARIABLE } from "./deaths.ts";

/** The prover's thread, but it dies at work as often as the file says. */
export default async function dieOrProve(task: ProveTask): Promise<ProveAnswer> {
  const file = process.env[DEATHS_VARIABLE];
  if (file === undefined) throw new Error(`${DEATHS_VARIABLE} is not set`);
  const deaths = Number(readFileSync(file, "utf8"));
  if (deaths > 0) {
    writeFileSync(file, String(deaths - 1));
    process.exit(1);
  }
  return perform(task);
}
