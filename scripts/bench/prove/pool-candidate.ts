import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Candidate } from "./candidate.ts";
import type { BenchCircuit } from "./circuit.ts";
import { type Request, took } from "./messages.ts";
import { cpuSecondsOf, peakMebibytesOf } from "./usage.ts";

/** A backend in a pool that stays open. It has made one proof when this returns: it is warm. */
export async function poolCandidate(backend: string, { artefacts }: BenchCircuit): Promise<Candidate> {
  const child = fork(join(import.meta.dirname, "pool-process.ts"));
  const { pid } = child;
  if (pid === undefined) throw new Error(`the process of the pool of ${backend} could not be started`);
  const ended = new AbortController();
  child.once("exit", (code) => ended.abort(new Error(`the pool of ${backend} ended with ${String(code)}`)));
  const ask = (message: Request): Promise<unknown> => exchange(child, message, ended.signal);
  await ask({ do: "open", backend, artefacts });
  await ask({ do: "prove" });
  return {
    async prove() {
      const cpuBefore = cpuSecondsOf(pid);
      const { wall, witness, prove } = took.parse(await ask({ do: "prove" }));
      return {
        wall: wall - witness,
        cpuSeconds: cpuSecondsOf(pid) - cpuBefore,
        peakMebibytes: peakMebibytesOf(pid),
        pool: { witness, overhead: wall - witness - prove },
      };
    },
    async close() {
      if (ended.signal.aborted) return;
      child.disconnect();
      await once(child, "exit");
    },
  };
}

/** @throws the signal's reason when the process ends instead of answering. */
async function exchange(child: ChildProcess, message: Request, ended: AbortSignal): Promise<unknown> {
  ended.throwIfAborted();
  const answered = once(child, "message", { signal: ended });
  child.send(message);
  try {
    const answer: unknown[] = await answered;
    return answer[0];
  } catch (error) {
    ended.throwIfAborted();
    throw error;
  }
}
