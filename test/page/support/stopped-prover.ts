import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { rapidsnarkWorker } from "../../../builder/proving/backends/rapidsnark/worker.ts";
import { workerHere } from "../../proving/native-setting.ts";

/** snarkjs' command line takes the same files as rapidsnark's prover, and is there on every machine. */
const SNARKJS = path.resolve(import.meta.dirname, "../../../node_modules/.bin/snarkjs");

/** A program that proves, and that stops itself (SIGSTOP) before each proof as long as it is told to. */
export class StoppedProver implements AsyncDisposable {
  readonly program: string;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.program = path.join(folder, "prover");
  }

  static async make(): Promise<StoppedProver> {
    const here = await workerHere(rapidsnarkWorker);
    const proves =
      "program" in here ? `'${here.program}'` : `'${process.execPath}' '${SNARKJS}' groth16 prove`;
    const prover = new StoppedProver(await mkdtemp(path.join(tmpdir(), "lockstep-")));
    const script = [
      "#!/bin/sh",
      `if [ -e '${prover.#file("stop")}' ]; then echo $$ > '${prover.#file("pid")}'; kill -STOP $$; fi`,
      `exec ${proves} "$@"`,
    ];
    await writeFile(prover.program, `${script.join("\n")}\n`);
    await chmod(prover.program, 0o755);
    return prover;
  }

  /** From the next proof on. */
  async stop(): Promise<void> {
    await writeFile(this.#file("stop"), "");
  }

  /** Goes on with the proof that it stands at, and with all others. */
  async goOn(): Promise<void> {
    await rm(this.#file("stop"), { force: true });
    const pid = await readFile(this.#file("pid"), "utf8").catch(() => "");
    if (pid === "") return;
    await rm(this.#file("pid"));
    try {
      process.kill(Number(pid), "SIGCONT");
    } catch (error) {
      // The pool has given it up by now, and the next one does not stop.
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  }

  #file(name: string): string {
    return path.join(this.#folder, name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}
